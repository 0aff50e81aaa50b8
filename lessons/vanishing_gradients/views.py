"""Vanishing gradients: the views and the measured values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from lessons.vanishing_gradients.model import SLOPES, follow, one_unit
from lessons.vanishing_gradients.settings import VanishingGradients
from tui_dl.lesson import Dataset, View, evenly_spaced

SHOWN, FEW = 8, 16
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda u: 1 / (1 + np.exp(-np.clip(u, -60, 60))),
    "tanh": np.tanh,
    "relu": lambda u: np.maximum(u, 0),
}
NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}


def measure(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, float]:
    """Measure the share of the last hidden layer's δ left at the first, and the first gradient."""
    links = follow(model, data.x, data.y)
    return {"share": links[0].delta / links[-2].delta, "first gradient": links[0].gradient}


def gradients(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw the share of the output's |δ| that reaches each layer, here and with another activation.

    The other network has the same weights, and ReLU in place of sigmoid or tanh, or sigmoid in
    place of ReLU.
    """
    here = np.array([link.delta for link in follow(model, data.x, data.y)])
    other = "sigmoid" if p.activation == "relu" else "relu"
    there = error_signals(model, data.x[:FEW], data.y[:FEW], other)
    share = here[0] / (here[-1] or 1.0)
    return {
        "kind": "panels", "title": f"{share:.2g} of the output's |δ| reaches layer 1",
        "panels": [
            _shares(NAMES[p.activation], here),
            _shares(f"with {NAMES[other]} instead", there),
        ],
    }  # fmt: skip


def _shares(name: str, deltas: np.ndarray) -> dict[str, Any]:
    """Draw |δ| of some layers relative to the output's."""
    shown = evenly_spaced(len(deltas), SHOWN)
    labels = ["output" if i == len(deltas) - 1 else str(i + 1) for i in shown]
    values = (deltas[shown] / (deltas[-1] or 1.0)).tolist()
    return {
        "kind": "bars", "title": name, "labels": labels, "values": values, "low": 0.0, "high": 1.0,
        "decimals": 4,
    }  # fmt: skip


def error_signals(model: Any, x: np.ndarray, y: np.ndarray, activation: str) -> np.ndarray:
    """Return |δ| by layer, averaged over images, of the model's weights with this activation."""
    weights = [layer.get_weights() for layer in model.layers if layer.weights]
    hs = [x.reshape(len(x), -1)]
    for W, b in weights[:-1]:
        hs.append(ACTIVATIONS[activation](hs[-1] @ W + b))
    u = hs[-1] @ weights[-1][0] + weights[-1][1]
    e = np.exp(u - u.max(axis=1, keepdims=True))
    deltas = [e / e.sum(axis=1, keepdims=True) - np.eye(10, dtype="float32")[y]]
    for (W, _), h in zip(weights[:0:-1], hs[:0:-1], strict=True):
        deltas.insert(0, SLOPES[activation](h) * (deltas[0] @ W.T))
    return np.array([np.linalg.norm(delta, axis=1).mean() for delta in deltas])


def links(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw, layer by layer, the slope f′ and the gain of the next weights.

    The third panel is the share of δ that is left, by automatic differentiation: about their product.
    """
    chained = follow(model, data.x, data.y)
    steps = [
        (link.slope, above.gain, link.delta / above.delta if above.delta else 0.0)
        for link, above in pairwise(chained)
    ]
    shown = evenly_spaced(len(steps), SHOWN)
    slopes, gains, left = np.array(steps)[shown].T.tolist()
    most = max(1.0, *gains)
    return {
        "kind": "panels", "title": "layer by layer: slope × gain ≈ the share of |δ| that is left",
        "widths": [1, 1, 1],
        "panels": [
            _factors(shown, "slope f′(u)", slopes, most),
            _factors(shown, "gain of next W", gains, most),
            _factors(shown, "|δ| / next |δ|", left, most),
        ],
    }  # fmt: skip


def _factors(
    layers: Sequence[int], title: str, values: Sequence[float], high: float
) -> dict[str, Any]:
    return {
        "kind": "bars", "title": title, "labels": [str(i + 1) for i in layers],
        "values": list(values), "low": 0.0, "high": high, "decimals": 2,
    }  # fmt: skip


def signs(model: Any, data: Dataset, p: VanishingGradients) -> dict[str, Any]:
    """Draw the loss of one sigmoid unit with target 1, by the right rule and by the wrong sign."""
    rate = float(model.optimizer.learning_rate)
    rules = (("right: ŷ − y", 1.0), ("wrong: y − ŷ", -1.0))
    steps = list(range(0, 101, 2))
    series = [
        {"name": name, "x": steps, "y": one_unit(sign, rate, 100)[::2]} for name, sign in rules
    ]
    title = f"loss of one unit with y = 1, learning rate {rate:g}"
    return {"kind": "lines", "title": title, "x_label": "step", "series": series}


VIEWS = (
    View("gradients", "Gradient by layer", gradients),
    View("links", "The chain, link by link", links),
    View("signs", "A wrong sign", signs),
)
