"""Overfitting: the views and the measured values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from lessons.overfitting.model import moons
from lessons.overfitting.settings import Overfitting
from tui_dl.lesson import Dataset, View


@lru_cache(maxsize=4)
def unseen(noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the test set: 2000 points used neither for training nor for choosing an epoch."""
    return moons(2000, noise, np.random.default_rng(2**32))


def measure(model: Any, data: Dataset, p: Overfitting) -> dict[str, float]:
    """Measure the kept weights on the test set, and the epoch they come from."""
    x, y = unseen(p.noise)
    loss, accuracy = cross_entropy(model, x, y)
    kept = {"kept_epoch": float(model.kept_epoch)} if hasattr(model, "kept_epoch") else {}
    return {"test_loss": loss, "test_accuracy": accuracy, **kept}


def cross_entropy(model: Any, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy without the penalty, and the share of correct points."""
    output = np.asarray(model(x, training=False), "float64")[:, 0].clip(1e-7, 1 - 1e-7)
    loss = -np.where(y == 1, np.log(output), np.log(1 - output)).mean()
    return float(loss), float(np.mean((output > 0.5) == (y == 1)))


SQUARE = (-2.0, 3.0, -1.75, 2.25)


def boundary(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Draw the output over the plane, with the training points."""
    left, right, bottom, top = SQUARE
    grid = np.meshgrid(np.linspace(left, right, 36), np.linspace(bottom, top, 28))
    plane = np.stack(grid, axis=-1).reshape(-1, 2).astype("float32")
    output = np.asarray(model(plane, training=False)).reshape(28, 36)
    shown = zip(data.x[:100], data.y[:100], strict=True)
    points = [[float(x), float(y), int(t)] for (x, y), t in shown]
    return {
        "kind": "heatmap", "title": "probability of the lower moon, and training points",
        "values": output.tolist(), "points": points, "low": 0.0, "high": 1.0,
        "x_label": "x₁", "y_label": "x₂", "x_range": [left, right], "y_range": [bottom, top],
    }  # fmt: skip


def three_sets(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Tabulate loss and accuracy on the training, the validation and the test set."""
    sets = (
        ("training", data.x, data.y),
        ("validation", data.held_out.x, data.held_out.y),
        ("test", *unseen(p.noise)),
    )
    rows = [[name, len(x), *cross_entropy(model, x, y)] for name, x, y in sets]
    columns = ["set", "points", "loss", "accuracy"]
    return {"kind": "table", "title": "three sets, one network", "columns": columns, "rows": rows}


def saved(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Tabulate the epochs at which the checkpoint saved the weights, newest first, with values."""
    history = getattr(model, "kept", ())
    rows = [[epoch, value] for epoch, value in reversed(history[-12:])]
    rows = rows or [["none yet", 0.0]]
    title = f"kept {len(history)} times: the best epochs so far"
    return {"kind": "table", "title": title, "columns": ["epoch", p.monitor], "rows": rows}


VIEWS = (
    View("boundary", "Boundary", boundary),
    View("sets", "Three sets", three_sets),
    View("saved", "What the checkpoint keeps", saved),
)
