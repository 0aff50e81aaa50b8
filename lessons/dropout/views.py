"""Dropout: the views and the measured values."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tui_dl.lesson import Dataset, View, evenly_spaced

UNITS, IMAGES, VOTERS = 6, 64, 7
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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
            u = np.einsum("ni,ij->nj", h, W) + b  # h @ W's threads would wait for busy cores
            h = np.maximum(u, 0) if layer.name != "output" else softmax(u)
    return h


def softmax(u: np.ndarray) -> np.ndarray:
    """Map logits (n, k) to probabilities (n, k)."""
    e = np.exp(u - u.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def chance(model: Any, p: Any) -> np.random.Generator:
    """Return a generator for this step that leaves the model's own random state unchanged.

    The layer's state counts its calls, so each step has different masks, and a replay the same.
    """
    layers = [layer for layer in model.layers if hasattr(layer, "seed_generator")]
    state = [np.asarray(layer.seed_generator.state).tolist() for layer in layers[-1:]]
    return np.random.default_rng([abs(int(n)) for n in state[0]] if state else 0)


class Layer(NamedTuple):
    """What a layer of the network passes on in a step, and the weights into it."""

    name: str
    h: np.ndarray  # activations (units,) before some are dropped
    passed: np.ndarray  # True for the units that are not dropped
    W: np.ndarray  # (units of the layer before, units)


def masks(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the network of this step for one image: some units, those that are dropped crossed out.

    Of more than three hidden layers the first two and the last are drawn.
    """
    layers = thin(model, data.x[0], p, chance(model, p))
    end = len(layers) - 1
    drawn = list(range(end + 1)) if end < 5 else [0, 1, 2, end - 1, end]
    units = [_some(layers[i]) for i in drawn]
    tables = [
        layers[after].W[np.ix_(sent, received)] * (after == before + 1)
        for (before, after), (sent, received) in zip(pairwise(drawn), pairwise(units), strict=True)
    ]
    off = sum(int((~layer.passed).sum()) for layer in layers[1:-1])
    total = sum(len(layer.h) for layer in layers[1:-1])
    return {
        "kind": "network", "title": f"this step {off} of {total} hidden units are dropped (✕)",
        "scale": "sequential", "low": 0.0, "high": 1.0, "legend": "h / max h",
        "layers": [_column(layers[i], some) for i, some in zip(drawn, units, strict=True)],
        "weights": [table.tolist() for table in tables],
    }  # fmt: skip


def thin(model: Any, image: np.ndarray, p: Any, rng: np.random.Generator) -> list[Layer]:
    """Pass an image (height, width) through the network with masks from `rng`, layer by layer."""
    h, W, name, layers = image.reshape(1, -1), np.zeros((0, image.size)), "pixels", []
    for layer in model.layers[1:]:
        if layer.name.startswith("dropout"):
            factor = drop(np.ones_like(h), layer, p.rescale, rng)
            layers.append(Layer(name, h[0], factor[0] > 0, W))
            h = h * factor
        else:
            W, b = layer.get_weights()
            name = f"h⁽{layer.name.removeprefix('hidden_').translate(RAISED)}⁾"
            u = np.einsum("ni,ij->nj", h, W) + b
            h = np.maximum(u, 0) if layer.name != "output" else softmax(u)
    return [*layers, Layer("ŷ", h[0], np.full(h.shape[1], True), W)]


def _some(layer: Layer) -> np.ndarray:
    """Return which units are drawn: a few, evenly spaced; of pixels bright ones; all outputs."""
    units = np.arange(len(layer.h))
    if layer.name == "ŷ":
        return units
    if layer.name == "pixels":
        units = np.flatnonzero(layer.h > 0.3) if (layer.h > 0.3).any() else units
    return units[evenly_spaced(len(units), UNITS)]


def _column(layer: Layer, units: np.ndarray) -> dict[str, Any]:
    """Return a layer of the drawing: each unit's share of the greatest activation."""
    shares = layer.h / (float(layer.h.max()) or 1.0)
    values = [float(shares[i]) if layer.passed[i] else None for i in units]
    if layer.name != "ŷ":
        return {"name": layer.name, "values": values}
    labels = [f"{digit} {layer.h[digit]:.2f}" for digit in units]
    return {"name": layer.name, "values": values, "labels": labels, "dense": True}


def losses(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the loss on training images, with and without dropout, and on unseen images."""
    x, y = data.x[:IMAGES], data.y[:IMAGES]
    rng = chance(model, p)
    bars = {
        "training, thinned": cross_entropy(forward(model, x, p, rng), y),
        "training, whole": cross_entropy(forward(model, x, p, None), y),
        "validation, whole": cross_entropy(
            forward(model, data.held_out.x[:IMAGES], p, None), data.held_out.y[:IMAGES]
        ),
    }
    return {
        "kind": "bars", "title": f"loss on {len(x)} images at a time", "labels": list(bars),
        "values": list(bars.values()), "low": 0.0, "decimals": 3,
    }  # fmt: skip


def cross_entropy(probability: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of −log of the probability (n, 10) of the right digit y (n,)."""
    right = probability[np.arange(len(y)), y]
    return float(-np.log(np.maximum(right, 1e-7)).mean())


def thinned(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the answers of thinned networks to one unseen image, their mean, and the whole network's."""
    rng, image, truth = chance(model, p), data.held_out.x[:1], int(data.held_out.y[0])
    votes = forward(model, np.repeat(image, VOTERS, axis=0), p, rng)
    rows = np.array([*votes, votes.mean(axis=0), forward(model, image, p, None)[0]])
    answers = rows.argmax(axis=1).tolist()
    names = [*(f"net {n}" for n in range(1, VOTERS + 1)), "mean", "whole"]
    agree = answers[:VOTERS].count(truth)
    heatmap = {
        "kind": "heatmap", "title": "probability of each digit", "fill": True,
        "scale": "sequential", "low": 0.0, "high": 1.0, "values": rows.round(3).tolist(),
        "row_labels": [f"{name} {answer}" for name, answer in zip(names, answers, strict=True)],
        "column_labels": list(data.classes),
    }  # fmt: skip
    picture = {
        "kind": "tiles", "title": f"a {truth}", "scale": "gray", "low": 0.0, "high": 1.0,
        "legend": False, "tiles": [{"values": image[0].round(2).tolist()}],
    }  # fmt: skip
    return {
        "kind": "panels", "widths": [1, 2.2], "panels": [picture, heatmap],
        "title": f"{agree} of {VOTERS} thinned networks read the {truth}; their mean reads {answers[-2]}",
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
    View("masks", "Dropped units", masks),
    View("losses", "Three losses", losses),
    View("thinned", "Thinned networks vote", thinned),
)
