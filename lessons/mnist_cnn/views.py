"""Convolution: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.mnist_cnn.mosaic import mosaic, stretched
from lessons.mnist_cnn.settings import MnistCnn
from tui_dl.lesson import Dataset, View

SHOWN = 8


def filters(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the first convolution's filters, k × k weights each, on one scale."""
    kernel = np.asarray(model.get_layer("convolution_1").kernel)[:, :, 0]
    size = float(np.abs(kernel).max())
    return {
        "kind": "heatmap", "title": "filters of the first convolution, below 0 and above",
        "values": mosaic(np.moveaxis(kernel, -1, 0), columns=8), "low": -size, "high": size,
    }  # fmt: skip


def maps(model: Any, data: Dataset, layer: int) -> np.ndarray:
    """Return a convolution's maps (filters, height, width) of the first validation image."""
    z = data.held_out.x[:1, :, :, None]
    for number in range(1, layer + 1):
        z = model.get_layer(f"convolution_{number}")(z)
    return np.moveaxis(np.asarray(z)[0], -1, 0)


def first_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the image and the feature maps of seven filters of the first convolution."""
    found = stretched(maps(model, data, 1)[: SHOWN - 1])
    height, width = found.shape[1:]
    image = stretched(
        data.held_out.x[:1, :height, :width]
    )  # the edge is cropped, as it is in the maps
    return _sheet(np.concatenate([image, found]), "the image, then seven maps of convolution 1")


def second_maps(model: Any, data: Dataset, p: MnistCnn) -> dict[str, Any]:
    """Draw the feature maps of eight filters of the second convolution."""
    found = stretched(maps(model, data, 2)[:SHOWN])
    return _sheet(found, "eight feature maps of convolution 2")


def _sheet(tiles: np.ndarray, title: str) -> dict[str, Any]:
    values = mosaic(tiles, columns=4, gap=0.5)
    return {"kind": "heatmap", "title": title, "values": values, "low": 0.0, "high": 1.0}


VIEWS = (
    View("filters", "Filters", filters),
    View("first-maps", "Feature maps 1", first_maps),
    View("second-maps", "Feature maps 2", second_maps),
)
