"""Initialization: the views and the measured values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import tensorflow as tf
from keras.initializers import RandomNormal

from lessons.initialization.model import spread
from lessons.initialization.settings import Initialization
from tui_dl.lesson import Dataset, View


def measure(model: Any, data: Dataset, p: Initialization) -> dict[str, float]:
    """Measure the spread of n = 256 initial weights and of the last layer's first activations."""
    fresh = np.asarray(RandomNormal(stddev=spread(p.weights, 256))((256,)))
    pixels = data.x[:SHOWN].reshape(SHOWN, -1)
    deepest = fresh_spreads(p.weights, p.activation, p.hidden_layers, p.units, pixels)[-1]
    return {"spread": float(fresh.std()), "deepest": deepest}


SHOWN = 100
LAWS = ("normal", "xavier", "he")
BENDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda a: np.maximum(a, 0),
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-np.clip(a, -60, 60))),
}


def fresh_spreads(
    weights: str, activation: str, layers: int, units: int, h: np.ndarray
) -> list[float]:
    """Return each layer's standard deviation of activations before training, images h (m, n)."""
    rng, spreads = np.random.default_rng(0), []
    for _ in range(layers):
        n = h.shape[1]
        W = rng.normal(0, spread(weights, n), (n, units)).astype("float32")
        h = BENDS[activation](h @ W)
        spreads.append(float(h.std(dtype="float64")))
    return spreads


@lru_cache(maxsize=16)
def starts(activation: str, layers: int, units: int, pixels: bytes) -> dict[str, list[float]]:
    """Return the same for the three laws, computed once per setting of the form."""
    h = np.frombuffer(pixels, "float32").reshape(SHOWN, -1)
    return {law: fresh_spreads(law, activation, layers, units, h) for law in LAWS}


@lru_cache(maxsize=2)
def forward(model: Any) -> Callable[[np.ndarray], list[Any]]:
    """Return a function, compiled once per model, from images x to each hidden layer's output."""

    @tf.function(reduce_retracing=True)
    def outputs(x: Any) -> list[Any]:
        h, sent = x, []
        for layer in model.layers[:-1]:
            h = layer(h)
            sent.append(h)
        return sent[1:]

    return outputs


def activations(model: Any, data: Dataset) -> list[np.ndarray]:
    """Return each hidden layer's present output, (m, units), for the first training images."""
    return [np.asarray(h, "float64") for h in forward(model)(data.x[:SHOWN])]


def by_depth(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw the activations' standard deviation by layer, now and for the three initializations."""
    fresh = starts(p.activation, p.hidden_layers, p.units, data.x[:SHOWN].tobytes())
    now = [float(np.nan_to_num(h.std(), posinf=1e38)) for h in activations(model, data)]
    number = list(range(1, p.hidden_layers + 1))
    series = [
        {"name": name, "x": number, "y": np.log10(np.maximum(y, 1e-12)).tolist()}
        for name, y in {**{f"{law} at first": y for law, y in fresh.items()}, "now": now}.items()
    ]
    title = f"log₁₀ of the activations' spread by layer ({p.activation})"
    return {"kind": "lines", "title": title, "x_label": "hidden layer", "series": series}


def values(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw the present distribution of each layer's activations: the share of each value."""
    low, high = {"relu": (0.0, 4.0), "tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}[p.activation]
    columns = []
    for h in activations(model, data):
        counts, _ = np.histogram(np.clip(h, low, high), bins=24, range=(low, high))
        columns.append(counts / h.size)
    title = f"share of each value, by layer (outermost: {high:g} or more)"
    title = title if p.activation == "relu" else "share of each value, by layer"
    return {
        "kind": "heatmap", "title": title, "values": np.array(columns).T.tolist(),
        "x_label": "hidden layer", "y_label": "activation", "x_range": [1.0, float(p.hidden_layers)],
        "y_range": [low, high], "low": 0.0, "high": 0.5,
    }  # fmt: skip


def bells(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw the three laws' densities for n inputs, and the last hidden layer's weights now."""
    kernel = np.asarray(model.layers[-2].kernel)
    n, w = kernel.shape[0], np.linspace(-0.5, 0.5, 101)
    curves = {}
    for law in LAWS:
        sigma = spread(law, n)
        curves[law] = np.exp(-((w / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
    counts, edges = np.histogram(kernel, bins=50, range=(-0.5, 0.5))
    series = [{"name": name, "x": w.tolist(), "y": y.tolist()} for name, y in curves.items()]
    middle = (edges[:-1] + edges[1:]) / 2
    now = counts / (kernel.size * (edges[1] - edges[0]))
    series.append({"name": "now", "x": middle.tolist(), "y": now.tolist()})
    title = f"density of the weights of layer {p.hidden_layers} (n = {n})"
    return {"kind": "lines", "title": title, "x_label": "weight", "series": series}


VIEWS = (
    View("by-depth", "Spread by depth", by_depth),
    View("values", "Values by layer", values),
    View("bells", "First weights", bells),
)
