"""Dropout: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_dl.lesson import Dataset, View

SHOWN, IMAGES, VOTERS = 48, 64, 7


def keeps(layer: Any) -> float:
    """Return 1 − r of a dropout layer."""
    return 1 - float(layer.rate)


def drop(h: np.ndarray, layer: Any, rescale: str, rng: np.random.Generator | None) -> np.ndarray:
    """Apply a dropout layer: with `rng` in training (a mask is drawn), without it at inference."""
    keep = keeps(layer)
    if rng is None:
        return h * keep if rescale == "inference" else h
    m = rng.random(h.shape) < keep
    return m * h / keep if rescale == "training" else m * h


def forward(model: Any, h: np.ndarray, p: Any, rng: np.random.Generator | None) -> np.ndarray:
    """Map images (n, height, width) to probabilities (n, 10), with dropout masks from `rng`."""
    h = h.reshape(len(h), -1)
    for layer in model.layers[1:]:
        if layer.name.startswith("dropout"):
            h = drop(h, layer, p.rescale, rng)
        else:
            W, b = layer.get_weights()
            a = np.einsum("ni,ij->nj", h, W) + b  # h @ W's threads would wait for busy cores
            h = np.maximum(a, 0) if layer.name != "output" else softmax(a)
    return h


def softmax(a: np.ndarray) -> np.ndarray:
    """Map numbers (n, k) to probabilities (n, k)."""
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def chance(model: Any, p: Any) -> np.random.Generator:
    """Return a generator for this step that leaves the model's own random state unchanged.

    The layer's state counts its calls, so each step has different masks, and a replay the same.
    """
    layers = [layer for layer in model.layers if hasattr(layer, "seed_generator")]
    state = [np.asarray(layer.seed_generator.state).tolist() for layer in layers[-1:]]
    return np.random.default_rng([abs(int(n)) for n in state[0]] if state else 0)


def masks(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the output of hidden layer 1 for a batch of 16 images: −1 where a unit is dropped."""
    W, b = model.get_layer("hidden_1").get_weights()
    x = data.x[:16].reshape(min(16, len(data.x)), -1)
    h = np.maximum(np.einsum("ni,ij->nj", x, W[:, :SHOWN]) + b[:SHOWN], 0)
    dropped = chance(model, p).random(h.shape) >= keeps(model.get_layer("dropout_1"))
    top = float(h.max()) or 1.0
    values = np.where(dropped, -1.0, h / top)
    return {
        "kind": "heatmap", "title": "a unit in a step: dropped (−1), silent (0) or passed on",
        "values": values.tolist(), "x_label": "unit of hidden layer 1", "y_label": "image of the batch",
        "x_range": [1.0, float(h.shape[1])], "y_range": [1.0, float(len(h))], "low": -1.0, "high": 1.0,
    }  # fmt: skip


def losses(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the loss on training images, with and without dropout, and on unseen images."""
    x, y = data.x[:IMAGES], data.y[:IMAGES]
    rng = chance(model, p)
    bars = {
        "training, units dropped": cross_entropy(forward(model, x, p, rng), y),
        "training, whole network": cross_entropy(forward(model, x, p, None), y),
        "validation, whole": cross_entropy(
            forward(model, data.held_out.x[:IMAGES], p, None), data.held_out.y[:IMAGES]
        ),
    }
    title = f"loss on {len(x)} images at a time"
    return {"kind": "bars", "title": title, "labels": list(bars), "values": list(bars.values())}


def cross_entropy(probability: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of −log of the probability (n, 10) of the right digit y (n,)."""
    right = probability[np.arange(len(y)), y]
    return float(-np.log(np.maximum(right, 1e-7)).mean())


def thinned(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Tabulate one unseen image as read by thinned networks, their mean and the whole network."""
    rng, image = chance(model, p), data.held_out.x[:1]
    votes = forward(model, np.repeat(image, VOTERS, axis=0), p, rng)
    rows = [*votes, votes.mean(axis=0), forward(model, image, p, None)[0]]
    names = [*(f"thinned {n}" for n in range(1, VOTERS + 1)), "their mean", "whole"]
    return {
        "kind": "matrix", "title": f"a {data.held_out.y[0]}, read with other units dropped each time",
        "row_labels": names, "column_labels": list(data.classes),
        "values": [[round(float(v), 2) for v in row] for row in rows], "low": 0.0, "high": 1.0,
    }  # fmt: skip


def measure(model: Any, data: Dataset, p: Any) -> dict[str, float]:
    """Measure the whole network's loss and accuracy on seen and unseen images, and their gap."""
    seen = model.evaluate(data.x, data.y, batch_size=512, verbose=0)
    unseen = model.evaluate(data.held_out.x, data.held_out.y, batch_size=512, verbose=0)
    return {
        "seen_loss": seen[0],
        "gap": unseen[0] - seen[0],
        "accuracy_gap": seen[1] - unseen[1],
    }


VIEWS = (
    View("masks", "Who is dropped", masks),
    View("losses", "Three losses", losses),
    View("thinned", "Thinned networks vote", thinned),
)
