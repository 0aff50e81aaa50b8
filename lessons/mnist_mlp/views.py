"""MNIST, one layer and three: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.mnist_mlp.settings import MnistMlp
from tui_dl.lesson import Dataset, View

SEARCHED, SHOWN = 300, 10


def reading(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw the image with the highest loss, and the probabilities of the ten digits for it."""
    output, worst = hardest(model, data)
    k = int(worst[0])
    truth, read = int(data.held_out.y[k]), int(output[k].argmax())
    sure = f"{read} with {output[k, read]:.2f}, {truth} with {output[k, truth]:.2g}"
    return {
        "kind": "panels", "title": f"worst of {len(output)}: this {truth} is read as {sure}",
        "widths": [1, 1.2],
        "panels": [
            {"kind": "tiles", "title": f"a {truth}", "scale": "gray", "low": 0.0, "high": 1.0,
             "legend": False, "tiles": [{"values": data.held_out.x[k].round(2).tolist()}]},
            {"kind": "bars", "title": "ŷ", "low": 0.0, "high": 1.0,
             "labels": list(data.classes), "values": output[k].round(4).tolist(),
             "highlight": [read], "target": truth, "decimals": 2},
        ],
    }  # fmt: skip


def hardest(model: Any, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return ŷ (n, 10) of the first validation images, and which of them have the highest loss."""
    truth = data.held_out.y[:SEARCHED]
    output = np.asarray(model(data.held_out.x[:SEARCHED], training=False), float)
    return output, output[np.arange(len(truth)), truth].argsort(kind="stable")[:SHOWN]


def templates(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw the weight of every pixel for each of ten digits, ∂u/∂x at one image.

    With ReLU layers the image decides which units are on; while the same units are on, the network
    is linear.
    """
    image = data.held_out.x[0]
    weights = pixel_weights(model, image)
    tiles = [
        {"values": pooled(weights[:, digit].reshape(image.shape)).round(4).tolist(), "label": name}
        for digit, name in enumerate(data.classes)
    ]
    title = "the template of each digit: the weight of every pixel"
    if p.layers == "three":
        title = f"weight of every pixel for each digit, for the image of a {data.held_out.y[0]}"
    return {"kind": "tiles", "title": title, "scale": "diverging", "tiles": tiles}


def pixel_weights(model: Any, image: np.ndarray) -> np.ndarray:
    """Return ∂u/∂x (pixels, 10) of the ten sums u before the softmax, at one image."""
    layers = [layer.get_weights() for layer in model.layers if layer.weights]
    h, way = image.reshape(1, -1), []
    for W, b in layers[:-1]:
        h = np.maximum(h @ W + b, 0)
        way.append((W, h[0] > 0))
    weights = layers[-1][0]
    for W, on in reversed(way):
        weights = W[:, on] @ weights[on]
    return np.asarray(weights, float)


def pooled(image: np.ndarray, most: int = 14) -> np.ndarray:
    """Return an image of up to `most` pixels a side; each pixel is the mean of a square."""
    side = -(-len(image) // most)
    return image.reshape(len(image) // side, side, -1, side).mean(axis=(1, 3))


def gallery(model: Any, data: Dataset, p: MnistMlp) -> dict[str, Any]:
    """Draw the ten images with the highest loss, with their digit and the answer."""
    output, worst = hardest(model, data)
    tiles = [
        {
            "values": pooled(data.held_out.x[k]).round(2).tolist(),
            "label": f"{data.held_out.y[k]}→{output[k].argmax()}"
            + (" ✓" if output[k].argmax() == data.held_out.y[k] else " ✗"),
        }
        for k in worst
    ]
    wrong = int(np.sum(output.argmax(axis=1) != data.held_out.y[: len(output)]))
    return {
        "kind": "tiles", "title": f"{wrong} of {len(output)} are misread; the ten worst: digit → answer",
        "scale": "gray", "low": 0.0, "high": 1.0, "legend": False, "tiles": tiles,
    }  # fmt: skip


VIEWS = (
    View("reading", "The worst digit", reading),
    View("templates", "What each digit looks for", templates),
    View("gallery", "The ten worst digits", gallery),
)
