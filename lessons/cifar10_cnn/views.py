"""Convolution in colour: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.cifar10_cnn.settings import Cifar10Cnn
from lessons.mnist_cnn.mosaic import mosaic, stretched
from tui_dl.lesson import Dataset, View

FILTERS, TILES, READ = 8, 4, 5
COLOURS = "red, green, blue"


def filters(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw eight filters of the first convolution, each in a row with one image per colour."""
    kernel = np.asarray(model.get_layer("convolution_1a").kernel)[..., :FILTERS]
    tiles = kernel.transpose(2, 3, 0, 1).reshape(-1, 3, 3)  # colour by colour
    size = float(np.abs(tiles).max())
    return {
        "kind": "heatmap", "title": f"eight filters; from the top: {COLOURS}",
        "values": mosaic(tiles, columns=kernel.shape[-1]), "low": -size, "high": size,
    }  # fmt: skip


def first_maps(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Draw one validation image in grey, and three feature maps of the first convolution."""
    image = data.held_out.x[:1]
    found = np.moveaxis(np.asarray(model.get_layer("convolution_1a")(image))[0], -1, 0)
    tiles = stretched(np.concatenate([image.mean(axis=-1), found[: TILES - 1]]))
    title = (
        f"the image ({data.classes[data.held_out.y[0]]}), then three maps of the first convolution"
    )
    values = mosaic(tiles, columns=TILES, gap=0.5)
    return {"kind": "heatmap", "title": title, "values": values, "low": 0.0, "high": 1.0}


def readings(model: Any, data: Dataset, p: Cifar10Cnn) -> dict[str, Any]:
    """Tabulate five validation images: the true class, the prediction and its probability."""
    y = np.asarray(model(data.held_out.x[:READ], training=False), float)
    rows = []
    for output, truth in zip(y, data.held_out.y[:READ], strict=True):
        best, second = np.argsort(output)[::-1][:2]
        mark = "yes" if best == truth else "no"
        sure = float(output[best])
        rows.append([data.classes[truth], data.classes[best], sure, data.classes[second], mark])
    columns = ["shows", "read as", "probability", "else", "right"]
    return {"kind": "table", "title": "five new images", "columns": columns, "rows": rows}


VIEWS = (
    View("filters", "Filters", filters),
    View("first-maps", "Feature maps", first_maps),
    View("readings", "What it reads", readings),
)
