"""Iris: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.iris.settings import Iris
from tui_dl.lesson import Dataset, View

FEATURES = ("sepal length", "sepal width", "petal length", "petal width")
SHORT = ("s.len", "s.wid", "p.len", "p.wid")
LENGTH, WIDTH = (0.5, 7.5), (0.0, 3.0)  # of petals, in cm
LINES, SHOWN = 16, 6  # units in a picture: lines over the plane, and units of the network


def petals(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw the likeliest species over the petals, and where each hidden unit switches: u = 0.

    The sepals are at their mean.
    """
    across, up = np.linspace(*LENGTH, 32), np.linspace(*WIDTH, 24)
    x = np.tile(data.x.mean(axis=0), (across.size * up.size, 1))
    x[:, 2:] = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    species = np.argmax(np.asarray(model(x, training=False)), axis=1)
    borders = [each for each in switches(model, data) if each["x"]]
    return {
        "kind": "plane", "title": f"likeliest species; {len(borders)} of {p.units} units' lines u = 0",
        "x_label": "petal length, cm", "y_label": "petal width, cm",
        "x_range": list(LENGTH), "y_range": list(WIDTH),
        "regions": {"values": species.reshape(up.size, across.size).tolist(), "scale": "categorical"},
        "lines": borders[:LINES],
        "groups": [
            {"name": name, "x": data.x[data.y == k, 2].tolist(), "y": data.x[data.y == k, 3].tolist()}
            for k, name in enumerate(data.classes)
        ],
    }  # fmt: skip


def switches(model: Any, data: Dataset) -> list[dict[str, Any]]:
    """Return the line u = 0 of each hidden unit within the petals' window; without ends if outside."""
    W, b = (np.asarray(w, float) for w in model.layers[0].get_weights())
    offsets = data.x.mean(axis=0)[:2].astype(float) @ W[:2] + b
    return [
        {"name": f"unit {i + 1}", "x": xs, "y": ys, "quiet": True}
        for i, (w, c) in enumerate(zip(W[2:].T, offsets, strict=True))
        for xs, ys in [_across(w[0], w[1], c)]
    ]


def _across(w1: float, w2: float, c: float) -> tuple[list[float], list[float]]:
    """Return the two places where w1 x + w2 y + c = 0 meets the window's border, or none."""
    ends = {(x, -(w1 * x + c) / w2) for x in LENGTH if w2}
    ends |= {(-(w2 * y + c) / w1, y) for y in WIDTH if w1}
    inside = sorted(
        (x, y) for x, y in ends if LENGTH[0] <= x <= LENGTH[1] and WIDTH[0] <= y <= WIDTH[1]
    )
    if len(inside) < 2:
        return [], []
    return [inside[0][0], inside[-1][0]], [inside[0][1], inside[-1][1]]


def hardest(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw input times weight along each connection, for the validation flower with the highest loss."""
    y_hat = np.asarray(model(data.held_out.x, training=False), float)
    at = int(y_hat[np.arange(len(y_hat)), data.held_out.y].argmin())
    x, truth = data.held_out.x[at : at + 1], int(data.held_out.y[at])
    h = np.asarray(model.layers[0](x), float)[0]
    W1, W2 = (np.asarray(layer.kernel, float) for layer in model.layers)
    passed = x[0][:, None] * W1, h[:, None] * W2
    shown = np.sort(np.argsort(-np.abs(h), kind="stable")[:SHOWN])
    loss = -np.log(max(y_hat[at, truth], 1e-7))
    right = "right" if y_hat[at].argmax() == truth else "wrong"
    return {
        "kind": "network", "title": f"hardest flower, a {data.classes[truth]}: {right}, L = {loss:.2f}",
        "legend": "value, of its largest",
        "layers": [
            {"name": "x in cm", "values": (x[0] / 8.0).tolist(),
             "labels": [f"{name} {cm:.1f}" for name, cm in zip(SHORT, x[0], strict=True)]},
            {"name": f"{len(shown)} of {p.units} units", "values": (h[shown] / (np.abs(h).max() or 1.0)).tolist()},
            {"name": "ŷ", "values": y_hat[at].tolist(),
             "labels": [f"{name[:4]}. {share:.2f}" for name, share in zip(data.classes, y_hat[at], strict=True)]},
        ],
        "weights": [passed[0][:, shown].tolist(), passed[1][shown].tolist()],
        "low": -1.0 if h.min() < 0 else 0.0, "high": 1.0,
    }  # fmt: skip


def confusion(model: Any, data: Dataset, p: Iris) -> dict[str, Any]:
    """Draw how many validation flowers of each species (row) are classified as each (column)."""
    answers = np.argmax(np.asarray(model(data.held_out.x, training=False)), axis=1)
    counts = np.zeros((3, 3), int)
    np.add.at(counts, (data.held_out.y, answers), 1)
    return {
        "kind": "matrix", "title": f"{np.trace(counts)} of {counts.sum()} validation flowers are right",
        "row_labels": [f"is {name}" for name in data.classes],
        "column_labels": [f"as {name[:4]}." for name in data.classes], "values": counts.tolist(),
        "scale": "sequential", "low": 0,
    }  # fmt: skip


VIEWS = (
    View("petals", "Species over the petals", petals),
    View("hardest", "The hardest flower", hardest),
    View("confusion", "Confusion matrix", confusion),
)
