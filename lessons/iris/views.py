"""Iris: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.iris.settings import Iris
from tui_dl.lesson import Dataset, View

FEATURES = ("sepal length", "sepal width", "petal length", "petal width")


def petals(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw the likeliest species for every petal size (sepals at their mean), with the flowers."""
    across, up = np.linspace(0.5, 7.5, 36), np.linspace(0.0, 3.0, 24)
    x = np.tile(data.x.mean(axis=0), (across.size * up.size, 1))
    x[:, 2:] = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    species = np.argmax(np.asarray(model(x, training=False)), axis=1)
    points = [[float(x[2]), float(x[3]), int(y)] for x, y in zip(data.x, data.y, strict=True)]
    return {
        "kind": "heatmap", "title": "likeliest species by petal (sepals at their mean)",
        "values": species.reshape(up.size, across.size).tolist(), "levels": list(data.classes),
        "x_label": "petal length, cm", "y_label": "petal width, cm",
        "x_range": [0.5, 7.5], "y_range": [0.0, 3.0], "low": 0, "high": 2, "points": points,
    }  # fmt: skip


def weights(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw each hidden unit's weights for the four lengths: the first 16 rows of W₁."""
    rows = np.asarray(model.layers[0].kernel, float).T[:16]
    return {
        "kind": "matrix", "title": "weights of the hidden layer, a row each unit",
        "row_labels": [str(unit + 1) for unit in range(len(rows))],
        "column_labels": list(FEATURES), "values": rows.round(2).tolist(),
    }  # fmt: skip


def confusion(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw how many validation flowers of each species (row) are classified as each (column)."""
    answers = np.argmax(np.asarray(model(data.held_out.x, training=False)), axis=1)
    counts = np.zeros((3, 3), int)
    np.add.at(counts, (data.held_out.y, answers), 1)
    return {
        "kind": "matrix", "title": "30 held-out flowers: is (row), taken for (column)",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": counts.tolist(), "low": 0,
    }  # fmt: skip


VIEWS = (
    View("petals", "Species over the petals", petals),
    View("weights", "Hidden weights", weights),
    View("confusion", "Confusion matrix", confusion),
)
