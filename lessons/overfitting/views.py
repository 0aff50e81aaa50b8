"""Overfitting: the views and the measured values."""

from __future__ import annotations

from collections.abc import Sequence
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
    return judged(np.asarray(model(x, training=False))[:, 0], y)


def judged(output: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the mean cross-entropy of probabilities (n,), and the share of correct points."""
    output = output.astype("float64").clip(1e-7, 1 - 1e-7)
    loss = -np.where(y == 1, np.log(output), np.log(1 - output)).mean()
    return float(loss), float(np.mean((output > 0.5) == (y == 1)))


SQUARE = (-2.0, 3.0, -1.75, 2.25)
SIDE, POINTS = 24, 60


def boundary(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Draw the output over the plane at the best epoch and now, with the training points."""
    held, now = data.held_out, model.get_weights()
    loss, _ = judged(forward(now, held.x), held.y)
    panels = [_plane("now", now, data)]
    title = f"validation loss {loss:.3g}"
    if kept := getattr(model, "kept", ()):
        best, _ = judged(forward(model.kept_weights, held.x), held.y)
        panels.insert(0, _plane(f"best: epoch {kept[-1][0]}", model.kept_weights, data))
        title = f"validation loss {best:.3g} at the best epoch, {loss:.3g} now"
    return {"kind": "panels", "title": title, "panels": panels}


def forward(weights: Sequence[np.ndarray], x: np.ndarray) -> np.ndarray:
    """Return the network's output (n,) for points (n, 2), with these weights."""
    h = x
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        h = np.maximum(h @ W + b, 0)
    u = (h @ weights[-2] + weights[-1])[:, 0]
    return np.asarray(1 / (1 + np.exp(-u.clip(-60, 60))))


def _plane(title: str, weights: Sequence[np.ndarray], data: Dataset) -> dict[str, Any]:
    """Draw the probability of the lower moon with these weights, row 0 at the bottom."""
    left, right, bottom, top = SQUARE
    grid = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(bottom, top, SIDE))
    output = forward(weights, np.stack(grid, axis=-1).reshape(-1, 2).astype("float32"))
    x, y = data.x[:POINTS], data.y[:POINTS]
    return {
        "kind": "plane", "title": title, "x_label": "x₁", "y_label": "x₂",
        "x_range": [left, right], "y_range": [bottom, top],
        "regions": {"values": output.reshape(SIDE, SIDE).round(2).tolist(), "scale": "classes",
                    "legend": False},
        "groups": [
            {"name": name, "x": x[y == t, 0].tolist(), "y": x[y == t, 1].tolist()}
            for t, name in enumerate(data.classes)
        ],
    }  # fmt: skip


def three_sets(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Draw loss and accuracy on the training, the validation and the test set."""
    sets = {
        "training": (data.x, data.y),
        "validation": (data.held_out.x, data.held_out.y),
        "test": unseen(p.noise),
    }
    losses, accuracies = zip(*(cross_entropy(model, *each) for each in sets.values()), strict=True)
    common = {"kind": "bars", "labels": list(sets), "low": 0.0}
    sizes = ", ".join(str(len(x)) for x, _ in sets.values())
    return {
        "kind": "panels", "title": f"one network, three sets of {sizes} points",
        "panels": [
            {**common, "title": "loss", "values": list(losses), "decimals": 2},
            {**common, "title": "accuracy", "values": list(accuracies), "high": 1.0, "decimals": 2},
        ],
    }  # fmt: skip


def saved(model: Any, data: Dataset, p: Overfitting) -> dict[str, Any]:
    """Draw the epochs at which the checkpoint saved the weights, and the values it saw there."""
    history = getattr(model, "kept", ())[-40:]
    count = len(getattr(model, "kept", ()))
    last = f", last in epoch {history[-1][0]}" if history else ""
    epochs, values = ([entry[i] for entry in history] for i in (0, 1))
    return {
        "kind": "plane", "title": f"saved {count} times{last}", "x_label": "epoch", "y_label": p.monitor,
        "x_range": [0, p.epochs],
        "groups": [{"name": "weights saved", "x": epochs, "y": values}],
        "lines": [{"name": "", "x": epochs, "y": values}],
    }  # fmt: skip


VIEWS = (
    View("boundary", "Boundary", boundary),
    View("sets", "Three sets", three_sets),
    View("saved", "What the checkpoint keeps", saved),
)
