"""Perceptron: what goes on inside, drawn and measured."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.perceptron.settings import Perceptron
from tui_dl.lesson import Dataset, View

SPAN = [-0.5, 1.5]


def boundary(model: Any, data: Dataset, p: Perceptron) -> dict[str, Any]:
    """Draw the output over the square, the line w·x + b = 0 where it is ½, and w as an arrow."""
    axis = np.linspace(-0.5, 1.5, 32, dtype="float32")
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    y = np.asarray(model(grid, training=False)).reshape(32, 32)
    (w1, w2), b = weights(model)
    normal = np.array([w1, w2]) / (np.hypot(w1, w2) + 1e-9)
    foot = -b * normal / (np.hypot(w1, w2) + 1e-9)  # the point of the line nearest to (0, 0)
    along = np.array([-normal[1], normal[0]])
    targets = data.y[:, 0]
    groups = [
        {
            "name": f"target {t}",
            "x": data.x[targets == t, 0].tolist(),
            "y": data.x[targets == t, 1].tolist(),
        }
        for t in (0, 1)
    ]
    ends = np.stack([foot - 4 * along, foot + 4 * along]).T.tolist()
    head = foot + 0.4 * normal
    return {
        "kind": "plane", "title": f"{w1:.2f} x₁ + {w2:.2f} x₂ + {b:.2f} = 0 divides the plane",
        "x_label": "x₁", "y_label": "x₂", "x_range": SPAN, "y_range": SPAN,
        "regions": {"values": y.tolist(), "scale": "classes", "name": "output ŷ"},
        "groups": groups,
        "lines": [{"name": "ŷ = ½", "x": ends[0], "y": ends[1]}],
        "arrows": [{"name": "w", "x": [foot[0], head[0]], "y": [foot[1], head[1]]}],
    }  # fmt: skip


def table(model: Any, data: Dataset, p: Perceptron) -> dict[str, Any]:
    """List what each point asks of the weights: −η (y − t) x."""
    y, t = outputs(model, data), data.y[:, 0]
    eta = float(model.optimizer.learning_rate)
    rows = [
        [int(x1), int(x2), int(target), float(out), *(-eta * (out - target) * np.array([x1, x2, 1.0])).tolist(),
         "✓" if (out > 0.5) == (target == 1) else "✗"]
        for (x1, x2), target, out in zip(data.x, t, y, strict=True)
    ]  # fmt: skip
    wrong = [i for i, row in enumerate(rows) if row[-1] == "✗"]
    return {
        "kind": "table", "title": "what each point asks of the weights", "rows": rows,
        "columns": ["x₁", "x₂", "y", "ŷ", "Δw₁", "Δw₂", "Δb", ""],
        "highlight": wrong,
    }  # fmt: skip


def weights(model: Any) -> tuple[np.ndarray, float]:
    """Return w (2,) and b."""
    w, b = (np.asarray(each, float) for each in model.get_weights())
    return w[:, 0], float(b[0])


def outputs(model: Any, data: Dataset) -> np.ndarray:
    """Return the unit's output for each of the four points, shape (4,)."""
    return np.asarray(model(data.x, training=False), float)[:, 0]


def measure(model: Any, data: Dataset, p: Perceptron) -> dict[str, float]:
    """Count the points on the wrong side at the end: the accuracy counts while weights move."""
    return {"wrong": float(np.sum((outputs(model, data) > 0.5) != (data.y[:, 0] == 1)))}


VIEWS = (
    View("boundary", "Decision boundary", boundary),
    View("table", "This step's update", table),
)
