"""Deep network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.deep_network.settings import DeepNetwork
from tui_dl.lesson import Dataset, View


def spread(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw the standard deviation of units' outputs over the images, by layer."""
    h, spreads = data.held_out.x[:200], {}
    for layer in model.layers[:-1]:
        h = layer(h)
        spreads[layer.name] = float(np.std(h, axis=0).mean())
    labels, values = list(spreads), list(spreads.values())
    title = "spread of a unit over the images"
    return {"kind": "bars", "title": title, "labels": labels, "values": values}


def unit(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw the weights from every pixel to the first unit after the pixels, as an image."""
    height, width = data.x.shape[1:]
    weights = np.asarray(model.layers[1].kernel)[:, 0].reshape(height, width)
    size = float(np.abs(weights).max())
    return {
        "kind": "heatmap", "title": f"weights into unit 1 of {model.layers[1].name}",
        "values": weights[::-1].tolist(),  # an image's first row is its top row
        "x_label": "column", "y_label": "row from below", "x_range": [0.0, width - 1.0],
        "y_range": [0.0, height - 1.0], "low": -size, "high": size,
    }  # fmt: skip


def confusion(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw how many of 500 validation images of each digit (row) are read as which (column)."""
    truth, read = (
        data.held_out.y[:500],
        np.argmax(model(data.held_out.x[:500], training=False), axis=1),
    )
    counts = np.zeros((10, 10))
    np.add.at(counts, (truth, read), 1)
    return {
        "kind": "matrix", "title": "the digit (row) and what the network reads (column)",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": counts.tolist(),
    }  # fmt: skip


VIEWS = (
    View("spread", "Activations by layer", spread),
    View("unit", "One unit's weights", unit),
    View("confusion", "Confusion matrix", confusion),
)
