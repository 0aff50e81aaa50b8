"""Perceptron: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.perceptron.settings import Perceptron
from tui_dl.lesson import Dataset, View


def boundary(model: Any, data: Dataset, p: Perceptron) -> dict[str, Any]:
    """Draw the unit's output over the square [-0.5, 1.5]², with the four points."""
    axis = np.linspace(-0.5, 1.5, 32, dtype="float32")
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    output = np.asarray(model(grid, training=False)).reshape(32, 32)
    points = [[float(x), float(y), int(t)] for (x, y), t in zip(data.x, data.y[:, 0], strict=True)]
    span = [-0.5, 1.5]
    return {
        "kind": "heatmap", "title": "output y over the inputs", "values": output.tolist(),
        "x_label": "x₁", "y_label": "x₂", "x_range": span, "y_range": span,
        "low": 0.0, "high": 1.0, "points": points,
    }  # fmt: skip


def table(model: Any, data: Dataset, p: Perceptron) -> dict[str, Any]:
    """Tabulate the four points with target, output of the unit and their part of the loss."""
    output = outputs(model, data)
    loss = -np.log(np.where(data.y[:, 0] == 1, output, 1 - output))
    columns = (data.x[:, 0], data.x[:, 1], data.y[:, 0])
    rows = [
        [*map(int, point), float(y), float(e), "yes" if (y > 0.5) == point[2] else "no"]
        for *point, y, e in zip(*columns, output, loss, strict=True)
    ]
    return {
        "kind": "table", "title": "the four points", "rows": rows,
        "columns": ["x₁", "x₂", "target t", "output y", "loss", "right"],
    }  # fmt: skip


def outputs(model: Any, data: Dataset) -> np.ndarray:
    """Return the unit's output for each of the four points, (4,)."""
    return np.asarray(model(data.x, training=False), float)[:, 0]


def measure(model: Any, data: Dataset, p: Perceptron) -> dict[str, float]:
    """Count misclassified points after training; the accuracy is measured while weights change."""
    return {"wrong": float(np.sum((outputs(model, data) > 0.5) != (data.y[:, 0] == 1)))}


VIEWS = (
    View("boundary", "Decision boundary", boundary),
    View("table", "The four points", table),
)
