"""Greater than: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.greater_than.settings import GreaterThan
from tui_dl.lesson import Dataset, View

CELLS = 24  # of the square, on each side
PAIRS = 40  # points in a picture
UNITS = 6  # small pictures of units
REACH = 5.0  # of u in them: beyond, tanh is flat


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
    """Draw the output over all pairs, the diagonal a = b, and some pairs with their labels."""
    a, b = np.meshgrid(np.linspace(0, 1, CELLS), np.linspace(0, 1, CELLS))
    output = np.asarray(model(fed(p, a, b), training=False)).reshape(CELLS, CELLS)
    right = float(np.mean(((output > 0.5) == (a > b))[a != b]))
    x, y = data.held_out.x[:PAIRS].astype(float), data.held_out.y[:PAIRS, 0]
    pairs = (x[:, :2] - p.shift) / p.scale
    return {
        "kind": "plane", "title": f"{100 * right:.1f} % of the square is on the right side of a = b",
        "x_label": "a", "y_label": "b", "x_range": [0, 1], "y_range": [0, 1],
        "regions": {"values": output.tolist(), "scale": "classes", "name": "output ŷ"},
        "groups": [
            {"name": f"label {t}", "x": pairs[y == t, 0].tolist(), "y": pairs[y == t, 1].tolist()}
            for t in (0, 1)
        ],
        "lines": [{"name": "a = b", "x": [0, 1], "y": [0, 1]}],
    }  # fmt: skip


def saturation(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """Draw where pairs fall on the tanh of first-layer units; pairs outside the window are at its edge."""
    x = data.held_out.x[:PAIRS]
    first = model.layers[0]
    u = x.astype(float) @ np.asarray(first.kernel, float) + np.asarray(first.bias, float)
    slopes = 1 - np.tanh(u) ** 2
    flat = 100 * float(np.mean(slopes < 0.05))
    above = x[:, 0] > x[:, 1]
    return {
        "kind": "panels", "columns": 3, "least": 12,
        "title": f"pairs on tanh, layer 1: slope below 0.05 for {flat:.0f} %",
        "panels": [_unit(u[:, i], above) for i in range(min(u.shape[1], UNITS))],
    }  # fmt: skip


def _unit(u: np.ndarray, above: np.ndarray) -> dict[str, Any]:
    """Return one unit's tanh with the pairs on it; those with a > b have a separate mark."""
    axis = np.linspace(-REACH, REACH, 41)
    at = np.clip(u, -REACH, REACH)
    return {
        "kind": "plane", "title": f"u {_short(u.min())}…{_short(u.max())}", "x_range": [-REACH, REACH],
        "y_range": [-1.2, 1.2],
        "lines": [{"name": "", "x": axis.tolist(), "y": np.tanh(axis).tolist()}],
        "groups": [
            {"name": name, "x": at[chosen].tolist(), "y": np.tanh(at[chosen]).tolist()}
            for name, chosen in (("a<b", ~above), ("a>b", above))
        ],
    }  # fmt: skip


def _short(u: float) -> str:
    return f"{u:.1f}" if abs(u) < 10 else f"{u:.0f}"


def activations(model: Any, data: Dataset, p: GreaterThan) -> dict[str, Any]:
    """Draw the output of every hidden unit from a < b to a > b, with a + b = 1."""
    a = np.linspace(0, 1, 5)
    h, rows, names = fed(p, a, 1 - a), [], []
    for number, layer in enumerate(model.layers[:-1], start=1):
        h = layer(h)
        rows += np.asarray(h, float).T.round(2).tolist()
        names += [f"{number}.{unit + 1}" for unit in range(h.shape[1])]
    return {
        "kind": "matrix", "title": "activations of hidden layer.unit, by a − b", "row_labels": names,
        "column_labels": [f"{d:+.2g}" for d in 2 * a - 1], "values": rows,
        "scale": "diverging", "low": -1.0, "high": 1.0,
    }  # fmt: skip


VIEWS = (
    View("boundary", "Decision boundary", boundary),
    View("saturation", "Where pairs fall on tanh", saturation),
    View("activations", "Hidden activations", activations),
)
