"""Overfitting: what goes on inside, drawn and measured."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from lessons.overfitting.model import moons
from lessons.overfitting.settings import Overfitting
from tui_dl.lesson import Dataset, View


@lru_cache(maxsize=4)
def unseen(noise: float) -> tuple[np.ndarray, np.ndarray]:
    """2000 points that neither the training nor the choice of an epoch ever sees: the test set."""
    return moons(2000, noise, np.random.default_rng(2**32))


def measure(model: Any, data: Dataset, p: Overfitting) -> dict[str, float]:
    """The weights that remain, on the test set, and the epoch they come from."""
    x, y = unseen(p.noise)
    loss, accuracy = cross_entropy(model, x, y)
    kept = {"kept_epoch": float(model.kept_epoch)} if hasattr(model, "kept_epoch") else {}
    return {"test_loss": loss, "test_accuracy": accuracy, **kept}


def cross_entropy(model: Any, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The mean cross-entropy without the penalty, and the share of points on their side."""
    output = np.asarray(model(x, training=False), "float64")[:, 0].clip(1e-7, 1 - 1e-7)
    loss = -np.where(y == 1, np.log(output), np.log(1 - output)).mean()
    return float(loss), float(np.mean((output > 0.5) == (y == 1)))


SQUARE = (-2.0, 3.0, -1.75, 2.25)


def boundary(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """The output over the plane, with the training points."""
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
    """Loss and accuracy on what is trained on, on what is watched, and on what nobody looked at."""
    sets = (
        ("training", data.x, data.y),
        ("validation", data.held_out.x, data.held_out.y),
        ("test", *unseen(p.noise)),
    )
    rows = [[name, len(x), *cross_entropy(model, x, y)] for name, x, y in sets]
    columns = ["set", "points", "loss", "accuracy"]
    return {"kind": "table", "title": "three sets, one network", "columns": columns, "rows": rows}


def saved(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Each epoch at which the checkpoint kept the weights, newest first, and what it saw."""
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
