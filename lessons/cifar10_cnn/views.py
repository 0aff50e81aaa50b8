"""Convolution in color: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.cifar10_cnn.settings import Cifar10Cnn
from tui_dl.lesson import Dataset, View

SHORT = {
    "airplane": "plane", "automobile": "car",
    "triangle": "▲", "upright bars": "|||", "level bars": "≡", "chequers": "▚",
}  # fmt: skip
FILTERS, MAPS, SEEN = 16, 8, 16


def one_filter(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw a photograph, the three layers of the filter that answers most to it, and its map."""
    image = data.held_out.x[0]
    kernel = np.asarray(model.get_layer("convolution_1a").kernel)
    found = maps(model, data.held_out.x[:1])[0]
    chosen = int(found.reshape(len(found), -1).max(axis=1).argmax())
    weights = kernel[..., chosen] / (np.abs(kernel[..., chosen]).max() or 1.0)
    layers = [
        {"values": weights[..., i].tolist(), "label": name}
        for i, name in enumerate(("red", "green", "blue"))
    ]
    name = data.classes[data.held_out.y[0]]
    return {
        "kind": "panels", "columns": 3,
        "title": f"filter {chosen + 1} on red, green and blue answers up to {found[chosen].max():.2f}",
        "panels": [
            {"kind": "tiles", "title": f"the {name}", "scale": "color",
             "tiles": [{"values": _plain(halved(image))}]},
            {"kind": "tiles", "title": f"filter {chosen + 1}", "scale": "diverging",
             "low": -1.0, "high": 1.0, "tiles": layers},
            {"kind": "tiles", "title": "its map", "scale": "gray", "low": 0.0,
             "tiles": [{"values": _plain(halved(found[chosen]))}]},
        ],
    }  # fmt: skip


def maps(model: Any, images: np.ndarray) -> np.ndarray:
    """Return the first convolution's maps (images, filters, height, width)."""
    return np.moveaxis(np.asarray(model.get_layer("convolution_1a")(images)), -1, 1)


def halved(image: np.ndarray) -> np.ndarray:
    """Return the mean of every 2 × 2 values of an image (height, width, …)."""
    height, width, *rest = image.shape
    means: np.ndarray = image.reshape(height // 2, 2, width // 2, 2, *rest).mean(axis=(1, 3))
    return means


def _plain(values: np.ndarray) -> list[Any]:
    """Return values with two decimals, which pictures need no more than."""
    rounded: list[Any] = np.round(values.astype(float), 2).tolist()
    return rounded


def reading(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw one photograph beside the probability of each class; it changes as training goes on."""
    place = int(model.optimizer.iterations) % min(SEEN, len(data.held_out.x))
    image, truth = data.held_out.x[place], int(data.held_out.y[place])
    y = np.asarray(model(image[None], training=False), float)[0]
    best = int(y.argmax())
    mark = "✓" if best == truth else "✗"
    return {
        "kind": "panels",
        "title": f"{data.classes[truth]}, read as {data.classes[best]} with {y[best]:.0%} {mark}",
        "panels": [
            {"kind": "tiles", "title": data.classes[truth], "scale": "color",
             "tiles": [{"values": _plain(image)}]},
            {"kind": "bars", "title": "ŷ", "low": 0.0, "high": 1.0,
             "labels": [SHORT.get(name, name) for name in data.classes], "values": y.tolist(),
             "highlight": [best], "target": truth},
        ],
    }  # fmt: skip


def feature_maps(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw eight maps of the first convolution, each to its own maximum, and mark dead filters.

    A filter is dead if its map is 0 for each of the first validation images.
    """
    found = maps(model, data.held_out.x[:SEEN])
    most = found.max(axis=(0, 2, 3))
    tiles = [
        {"values": _plain(halved(each) / (halved(each).max() or 1.0)), "mark": "dead" if top <= 0 else ""}
        for each, top in zip(found[0, :MAPS], most, strict=False)
    ]  # fmt: skip
    return {
        "kind": "tiles", "scale": "gray", "low": 0.0, "high": 1.0, "tiles": tiles,
        "title": f"maps of a {data.classes[data.held_out.y[0]]}; {np.sum(most <= 0)} of {len(most)} filters dead",
    }  # fmt: skip


def filters(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw filters of the first convolution in the colors that they look for; gray is 0."""
    kernel = np.asarray(model.get_layer("convolution_1a").kernel)[..., :FILTERS]
    colors = 0.5 + 0.5 * kernel / (np.abs(kernel).max() or 1.0)
    return {
        "kind": "tiles", "scale": "color", "title": "filters in the colors they look for",
        "tiles": [{"values": _plain(colors[..., i])} for i in range(kernel.shape[-1])],
    }  # fmt: skip


VIEWS = (
    View("filter", "One filter", one_filter),
    View("reading", "What it reads", reading),
    View("first-maps", "Feature maps", feature_maps),
    View("filters", "Filters", filters),
)
