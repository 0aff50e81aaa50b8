"""Greater than: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.greater_than.settings import GreaterThan
from tui_dl.lesson import Dataset, View


def fed(p: GreaterThan, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the inputs (n, 2 + dummies) for pairs a, b (n,) from U(0,1); dummies are at 0.5."""
    raw = np.full((a.size, 2 + p.dummies), 0.5)
    raw[:, 0], raw[:, 1] = a.ravel(), b.ravel()
    return (p.scale * raw + p.shift).astype("float32")


def measure(model: Any, data: Dataset, p: GreaterThan) -> dict[str, float]:
    """Measure the share of validation pairs answered by the rule a > b, not by their labels."""
    answers = np.asarray(model(data.held_out.x, training=False))[:, 0] > 0.5
    rule = data.held_out.x[:, 0] > data.held_out.x[:, 1]
    return {"rule_accuracy": float(np.mean(answers == rule))}


def boundary(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """Draw the network's output over all pairs; it should change from 0 to 1 on the diagonal."""
    a, b = np.meshgrid(np.linspace(0, 1, 32), np.linspace(0, 1, 32))
    output = np.asarray(model(fed(p, a, b), training=False)).reshape(32, 32)
    return {
        "kind": "heatmap", "title": "output y over (a, b)", "values": output.tolist(),
        "x_label": "a", "y_label": "b", "x_range": [0.0, 1.0], "y_range": [0.0, 1.0],
        "low": 0.0, "high": 1.0,
    }  # fmt: skip


def activations(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """Draw the output of every hidden unit from a < b to a > b, with a + b = 1."""
    a = np.linspace(0, 1, 9)
    z, rows, names = fed(p, a, 1 - a), [], []
    for number, layer in enumerate(model.layers[:-1], start=1):
        z = layer(z)
        rows += np.asarray(z, float).T.round(2).tolist()
        names += [f"{number}.{unit + 1}" for unit in range(z.shape[1])]
    return {
        "kind": "matrix", "title": "hidden activations (layer.unit) against a-b", "row_labels": names,
        "column_labels": [f"{d:+.2g}" for d in 2 * a - 1], "values": rows, "low": -1.0, "high": 1.0,
    }  # fmt: skip


VIEWS = (
    View("boundary", "Decision boundary", boundary),
    View("activations", "Hidden activations", activations),
)
