"""Tensors and gradients: the views and the measured values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf

from lessons.tensors.model import AXIS, FUNCTIONS, descent
from lessons.tensors.settings import Tensors
from tui_dl.lesson import Dataset, View

NUMBERED, ARROWS = 6, 4  # points with a number, points joined by arrows: later ones are too close
LISTED = 14


def measure(model: None, data: Dataset, p: Tensors) -> dict[str, float]:
    """Measure the end of the descent, and the slope there."""
    w, height, gradient = descent(p)[-1]
    return {"w": w, "f": height, "gradient": gradient}


def descent_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Draw the steps from point to point of the curve, and the tangent at the start."""
    path = [(w, f) for w, f, _ in descent(p) if abs(w) <= 2]
    left = len(descent(p)) - len(path)
    w, height, gradient = descent(p)[0]
    xs, (low, high) = _window(p, [x for x, _ in path])
    half = min(0.2 * float(np.ptp(xs)), 0.3 * (high - low) / (abs(gradient) or 1.0))
    title = (
        f"f′({w:.3g}) = {gradient:.3g}: step 1 moves w by −η f′ = {-p.learning_rate * gradient:.3g}"
    )
    return {
        "kind": "plane", "title": title.replace("-", "−"),
        "x_label": "w" + f" ({left} points lie outside)" * bool(left), "y_label": "f(w)",
        "x_range": [float(xs[0]), float(xs[-1])], "y_range": [low, high],
        "lines": [
            {"name": "f", "x": xs.tolist(), "y": FUNCTIONS[p.function](xs).tolist(), "quiet": True},
            {"name": "steps", "x": [x for x, _ in path], "y": [y for _, y in path]},
            {"name": "tangent at the start", "dashed": True, "x": [w - half, w + half],
             "y": [height - half * gradient, height + half * gradient]},
        ],
        "groups": [{"name": f"step {len(path) - 1}: w = {path[-1][0]:.4g}", "x": [path[-1][0]], "y": [path[-1][1]]}],
        "arrows": [
            {"name": "", "x": [a[0], b[0]], "y": [a[1], b[1]]} for a, b in pairwise(path[:ARROWS])
        ],
        "words": [
            {"text": f" {step}", "x": x, "y": y} for step, (x, y) in enumerate(path[:NUMBERED])
        ],
    }  # fmt: skip


def _window(p: Tensors, ws: list[float]) -> tuple[np.ndarray, tuple[float, float]]:
    """Return values of w that cover the steps `ws`, and the range of f over them."""
    room = max(0.3, 0.3 * (max(ws) - min(ws)))
    wide = 1.6 if p.function == "two-valleys" else 0.0  # both valleys are in the picture
    ends = min(min(ws) - room, -wide), max(max(ws) + room, wide)
    xs = np.linspace(max(-2.0, ends[0]), min(2.0, ends[1]), len(AXIS) // 2)
    curve = FUNCTIONS[p.function](xs)
    spare = 0.1 * float(np.ptp(curve))
    return xs, (float(curve.min()) - spare, float(curve.max()) + spare)


def slopes_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Draw the tape's gradient before each step as a bar, with the difference beside it."""
    path = descent(p)
    shown = path[:LISTED]
    more = f", {len(path)} in all" if len(path) > LISTED else ""
    return {
        "kind": "bars", "title": f"f′(w): bars from the tape, ≈ from a difference{more}",
        "labels": [f"{step}: w = {w:.2g}" for step, (w, _, _) in enumerate(shown)],
        "values": [gradient for _, _, gradient in shown],
        "notes": [f"≈ {difference(p, w):.4g}" for w, _, _ in shown],
    }  # fmt: skip


def difference(p: Tensors, w: float) -> float:
    """Return the slope between two near points: (f(w + Δ) - f(w - Δ)) / 2Δ."""
    f, near = FUNCTIONS[p.function], 1e-4 * max(1.0, abs(w))
    return float((f(w + near) - f(w - near)) / (2 * near))


def tensors_view(model: None, data: Dataset, p: Tensors) -> dict[str, Any]:
    """Tabulate tensors and variables, each with the line of code that makes it."""
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
    View("steps", "Step by step", slopes_view),
    View("tensors", "Tensors", tensors_view),
)
