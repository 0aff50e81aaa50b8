"""MNIST, one layer and three: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.mnist_mlp.settings import MnistMlp
from tui_dl.lesson import Dataset, View


def templates(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw the weights from each pixel to ten units of the first layer, in two rows of five."""
    height, width = data.x.shape[1:]
    kernel = np.asarray(model.layers[1].kernel)[:, :10]
    missing = np.zeros((height * width, 10 - kernel.shape[1]))  # a layer may be narrower than ten
    images = np.hstack([kernel, missing]).T.reshape(2, 5, height, width)
    sheet = images.transpose(0, 2, 1, 3).reshape(2 * height, 5 * width)
    size = float(np.abs(sheet).max())
    single = p.layers == "one"
    return {
        "kind": "heatmap", "values": sheet[::-1].tolist(),  # an image's first row is its top row
        "title": "what each digit looks for: 0–4 above 5–9" if single else "what ten hidden units look for",
        "x_label": "column", "y_label": "row from below", "x_range": [0.0, 5.0 * width - 1],
        "y_range": [0.0, 2.0 * height - 1], "low": -size, "high": size,
    }  # fmt: skip


def probabilities(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw the softmax output for one validation image of each digit (row)."""
    first = [int(np.argmax(data.held_out.y == digit)) for digit in range(10)]
    output = np.asarray(model(data.held_out.x[first], training=False), float)
    return {
        "kind": "matrix", "title": "one image of each digit (row): probability of each answer",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": output.tolist(),
    }  # fmt: skip


def hardest(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw those of 300 validation images whose true digit gets the lowest probability."""
    truth = data.held_out.y[:300]
    output = np.asarray(model(data.held_out.x[:300], training=False), float)
    believed = output[np.arange(len(truth)), truth]
    rows = []
    for k in np.argsort(believed)[:10]:
        read = int(output[k].argmax())
        loss = -float(np.log(max(believed[k], 1e-30)))
        rows.append([int(k), int(truth[k]), read, float(output[k, read]), loss])
    columns = ["image", "digit", "read as", "probability", "loss"]
    return {"kind": "table", "title": "the hardest images", "columns": columns, "rows": rows}


VIEWS = (
    View("templates", "What the first layer looks for", templates),
    View("probabilities", "Answers to ten images", probabilities),
    View("hardest", "The hardest images", hardest),
)
