"""Tensors and gradients: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from lessons.tensors.model import AXIS, FUNCTIONS, descent
from lessons.tensors.settings import Tensors
from tui_dl.lesson import Dataset, View


def measure(model: None, data: Dataset, p: Tensors) -> dict[str, float]:
    """Measure the end of the descent, and the slope there."""
    w, height, gradient = descent(p)[-1]
    return {"w": w, "f": height, "gradient": gradient}


def descent_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Draw the curve, and each step's point on it as far as it is in the picture."""
    path = descent(p)
    inside = [(w, f) for w, f, _ in path if abs(w) <= 2]
    left = f"{len(path) - len(inside)} points lie outside" if len(inside) < len(path) else ""
    ws, heights = [list(column) for column in zip(*inside, strict=True)]
    return {
        "kind": "scatter", "title": left or f"{len(path) - 1} steps end at w = {path[-1][0]:.4g}",
        "x_label": "w", "y_label": "f(w)",
        "lines": [{"name": "f", "x": AXIS.tolist(), "y": FUNCTIONS[p.function](AXIS).tolist()}],
        "groups": [
            {"name": "steps", "x": ws[1:], "y": heights[1:]},
            {"name": "start", "x": ws[:1], "y": heights[:1]},
        ],
    }  # fmt: skip


def steps_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Tabulate the descent: the tape's gradient beside a numerical one."""
    rows = [
        [step, w, f, gradient, difference(p, w), -p.learning_rate * gradient]
        for step, (w, f, gradient) in enumerate(descent(p))
    ]
    return {
        "kind": "table", "title": "f' by the tape, and by a small difference", "rows": rows,
        "columns": ["step", "w", "f(w)", "tape", "difference", "change of w"],
    }  # fmt: skip


def difference(p: Tensors, w: float) -> float:
    """Return the slope between two points close by: (f(w + h) - f(w - h)) / 2h."""
    f, h = FUNCTIONS[p.function], 1e-4 * max(1.0, abs(w))
    return float((f(w + h) - f(w - h)) / (2 * h))


def tensors_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Tabulate the objects, each made by the line of code in its first column."""
    f = FUNCTIONS[p.function]
    start = tf.constant(p.start)
    w = tf.Variable(start)
    with tf.GradientTape() as tape:
        height = f(w)
    gradient = tape.gradient(height, w)
    with tf.GradientTape() as forgetful:
        height = f(start)
    rows = [
        _row("tf.constant([[1., 2.]])", tf.constant([[1.0, 2.0]]), "no"),
        _row(f"start = tf.constant({p.start:g})", start, "no"),
        _row("w = tf.Variable(start)", w, "yes"),
        _row("height = f(w)", f(w), "no"),
        _row("tape.gradient(height, w)", gradient, "no"),
        ["… of f(start), a constant", str(forgetful.gradient(height, start)), "", ""],
        _row("w.assign_sub(rate * gradient)", w.assign_sub(p.learning_rate * gradient), "yes"),
    ]
    columns = ["made by", "value", "shape", "assign?"]
    return {
        "kind": "table",
        "title": "tensors and variables (float32)",
        "columns": columns,
        "rows": rows,
    }


def _row(code: str, tensor: Any, assignable: str) -> list[str]:
    value = np.array2string(tensor.numpy(), precision=4, separator=", ").replace("\n", "")
    return [code, value, str(tuple(tensor.shape)), assignable]


VIEWS = (
    View("descent", "Down the curve", descent_view),
    View("steps", "Step by step", steps_view),
    View("tensors", "Tensors", tensors_view),
)
