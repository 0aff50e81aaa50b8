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
from tui_dl.lesson import Dataset, View, evenly_spaced


def measure(model: Any, data: Dataset, p: Initialization) -> dict[str, float]:
    """Measure the spread of n = 256 initial weights and of the deepest activations at the start."""
    fresh = np.asarray(RandomNormal(stddev=spread(p.weights, 256))((256,)))
    pixels = data.x[:SHOWN].reshape(SHOWN, -1)
    deepest = fresh_spreads(p.weights, p.activation, p.hidden_layers, p.units, pixels)[-1]
    return {"spread": float(fresh.std()), "deepest": deepest}


SHOWN = 100
BINS = 30
LAWS = ("normal", "xavier", "he")
NAMES = {"normal": "N(0, 1)", "xavier": "Xavier", "he": "He"}
RANGES = {"relu": (0.0, 3.0), "tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda u: np.maximum(u, 0),
    "tanh": np.tanh,
    "sigmoid": lambda u: 1 / (1 + np.exp(-np.clip(u, -60, 60))),
}


def fresh(
    weights: str, activation: str, layers: int, units: int, h: np.ndarray
) -> list[np.ndarray]:
    """Return each layer's activations (m, units) before training, of images h (m, n)."""
    rng, sent = np.random.default_rng(0), []
    for _ in range(layers):
        n = h.shape[1]
        W = rng.normal(0, spread(weights, n), (n, units)).astype("float32")
        h = ACTIVATIONS[activation](h @ W)
        sent.append(h)
    return sent


def fresh_spreads(
    weights: str, activation: str, layers: int, units: int, h: np.ndarray
) -> list[float]:
    """Return each layer's standard deviation of activations before training, images h (m, n)."""
    return [float(h.std(dtype="float64")) for h in fresh(weights, activation, layers, units, h)]


@lru_cache(maxsize=16)
def starts(
    activation: str, layers: int, units: int, pixels: bytes
) -> dict[str, list[dict[str, Any]]]:
    """Return, for each law, the histograms of some layers, computed once per setting."""
    h = np.frombuffer(pixels, "float32").reshape(SHOWN, -1)
    return {
        law: histograms(fresh(law, activation, layers, units, h), activation, 4) for law in LAWS
    }


def histograms(layers: list[np.ndarray], activation: str, most: int) -> list[dict[str, Any]]:
    """Return histograms of some layers' activations; the outermost bins count values beyond.

    For ReLU the zeros, units that are off, are left out.
    """
    found = []
    for i in evenly_spaced(len(layers), most):
        h = layers[i].astype("float64")
        on = h[h > 0] if activation == "relu" else h.ravel()
        counts, _ = np.histogram(np.clip(on, *RANGES[activation]), BINS, RANGES[activation])
        sigma = float(np.nan_to_num(h.std(), posinf=1e38))
        found.append({"name": str(i + 1), "counts": counts.tolist(), "note": f"σ {brief(sigma)}"})
    return found


def brief(value: float) -> str:
    """Return a number with two digits, and a short power of ten where it needs one."""
    if 1e-3 <= value < 1e3 or value == 0:
        return f"{value:.2g}"
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(power)}"


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
    """Return each hidden layer's output now, (m, units), for the first training images."""
    return [np.asarray(h, "float64") for h in forward(model)(data.x[:SHOWN])]


def by_depth(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw histograms of some layers' activations before training, for three initializations."""
    found = starts(p.activation, p.hidden_layers, p.units, data.x[:SHOWN].tobytes())
    panels = [
        {"kind": "ridges", "title": NAMES[law],
         "x_range": RANGES[p.activation],
         "layers": [{"name": each["name"], "counts": each["counts"]} for each in layers]}
        for law, layers in found.items()
    ]  # fmt: skip
    last = ", ".join(layers[-1]["note"].removeprefix("σ ") for layers in found.values())
    title = f"before training, σ of layer {p.hidden_layers} ({p.activation}): {last}"
    return {"kind": "panels", "title": title, "widths": [1, 1, 1], "panels": panels}


def values(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw histograms of the activations now, layer by layer."""
    kept = " > 0" if p.activation == "relu" else ""
    return {
        "kind": "ridges", "title": f"activations h{kept} by layer, now ({p.activation})",
        "x_range": RANGES[p.activation],
        "layers": histograms(activations(model, data), p.activation, 6),
    }  # fmt: skip


def bells(model: Any, data: Dataset, p: Initialization) -> dict[str, Any]:
    """Draw the density of the last hidden layer's weights over that of each initialization."""
    kernel = np.asarray(model.layers[-2].kernel)
    n, w = kernel.shape[0], np.linspace(-0.5, 0.5, 51)
    counts, edges = np.histogram(kernel, bins=51, range=(-0.51, 0.51))
    now = counts / (kernel.size * (edges[1] - edges[0]))
    laws = {law: density(w, spread(law, n)) for law in LAWS}
    top = 1.1 * max(float(now.max()), *(float(y.max()) for y in laws.values()))
    panels = [
        {"kind": "plane", "title": NAMES[law], "x_range": [-0.5, 0.5],
         "y_range": [0.0, min(top, 40.0)],
         "lines": [{"name": "now", "x": w.tolist(), "y": now.tolist()},
                   {"name": "at the start", "x": w.tolist(), "y": y.tolist()}]}
        for law, y in laws.items()
    ]  # fmt: skip
    title = f"density of layer {p.hidden_layers}'s weights (n = {n}), now and at the start"
    return {"kind": "panels", "title": title, "widths": [1, 1, 1], "panels": panels}


def density(w: np.ndarray, sigma: float) -> np.ndarray:
    """Return the density of N(0, σ²) at w."""
    return np.asarray(np.exp(-((w / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi)))


VIEWS = (
    View("by-depth", "Spread by depth", by_depth),
    View("values", "Values by layer", values),
    View("bells", "Initial weights", bells),
)
