"""Convolution: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.mnist_cnn.settings import MnistCnn
from tui_dl.lesson import Dataset, View

SHOWN = 8


def sliding(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw one filter at one place of a digit: the products, and the map up to that place.

    The place moves with the steps of training, as the filter slides over the image.
    """
    image = data.held_out.x[0].reshape(data.held_out.x.shape[1:3])
    kernel, bias = (np.asarray(w) for w in model.get_layer("convolution_1").get_weights())
    found = maps(model, data, 1)
    chosen = int(found.reshape(len(found), -1).max(axis=1).argmax())
    height, width = found.shape[1:]
    place = int(model.optimizer.iterations) * 7 % (height * width)
    row, column = divmod(place, width)
    k = kernel.shape[0]
    patch = image[row : row + k, column : column + k]
    filled = [v if i <= place else None for i, v in enumerate(found[chosen].ravel().tolist())]
    total = float((patch * kernel[:, :, 0, chosen]).sum() + bias[chosen])
    return {
        "kind": "panels", "columns": 3,
        "title": f"filter {chosen + 1} at row {row + 1}, column {column + 1}: Σ K·x + b = {total:.2f}",
        "panels": [
            {"kind": "tiles", "title": "the digit", "scale": "gray", "tiles": [{"values": image.tolist()}]},
            {"kind": "matrix", "title": "weight · pixel", "scale": "diverging",
             "values": (patch * kernel[:, :, 0, chosen]).tolist()},
            {"kind": "tiles", "title": "its map so far", "scale": "sequential",
             "tiles": [{"values": [filled[i : i + width] for i in range(0, height * width, width)]}]},
        ],
    }  # fmt: skip


def filters(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the first convolution's filters, k × k weights each, on one scale."""
    kernel = np.asarray(model.get_layer("convolution_1").kernel)[:, :, 0]
    tiles = [{"values": kernel[:, :, i].tolist()} for i in range(kernel.shape[-1])]
    return {
        "kind": "tiles",
        "title": "filters of the first convolution",
        "scale": "diverging",
        "tiles": tiles,
    }


def maps(model: Any, data: Dataset, layer: int) -> np.ndarray:
    """Return a convolution's maps (filters, height, width) of the first validation image."""
    h = data.held_out.x[:1, :, :, None]
    for number in range(1, layer + 1):
        h = model.get_layer(f"convolution_{number}")(h)
    return np.moveaxis(np.asarray(h)[0], -1, 0)


def feature_maps(model: Any, data: Dataset, p: MnistCnn, layer: int) -> dict[str, Any]:
    """Draw the feature maps of eight filters, each scaled to its own maximum."""
    found = maps(model, data, layer)[:SHOWN]
    most = found.reshape(len(found), -1).max(axis=1)
    tiles = [
        {"values": (each / (top or 1.0)).tolist(), "mark": "dead" if top <= 0 else ""}
        for each, top in zip(found, most, strict=True)
    ]
    title = f"feature maps of convolution {layer}"
    return {
        "kind": "tiles",
        "title": title,
        "scale": "gray",
        "low": 0.0,
        "high": 1.0,
        "tiles": tiles,
    }


def first_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the feature maps of the first convolution."""
    return feature_maps(model, data, p, 1)


def second_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the feature maps of the second convolution."""
    return feature_maps(model, data, p, 2)


VIEWS = (
    View("sliding", "The filter slides", sliding),
    View("filters", "Filters", filters),
    View("first-maps", "Feature maps 1", first_maps),
    View("second-maps", "Feature maps 2", second_maps),
)
