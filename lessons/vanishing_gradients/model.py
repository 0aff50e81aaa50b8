"""The backward pass: how much of the gradient reaches the first layer of a deep network."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras.layers import Activation, Dense, Flatten

from lessons.vanishing_gradients.settings import VanishingGradients
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset

IMAGES = 128
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": lambda h: h * (1 - h),
    "tanh": lambda h: 1 - h**2,
    "relu": lambda h: np.where(h > 0, 1.0, 0.0),
}
"""The slope f′(u), from the output h = f(u) alone."""


class Link(NamedTuple):
    """One layer's factors in the chain rule; sizes are norms, δ's averaged over the images."""

    delta: float  # |∂L/∂u|, the error signal of the layer
    gradient: float  # |∂L/∂W|
    slope: float  # f′(u), its root mean square over images and units
    gain: float  # root mean square factor by which W passes δ on: |W| / √(its outputs)


def follow(model: Any, x: np.ndarray, y: np.ndarray) -> list[Link]:
    """Return the links of a stack of `sum_…` layers, first layer first, for the first 128 images.

    δ is that of a single image: the gradient of the mean loss is multiplied by their number.
    """
    deltas, outputs, gradients = differentiator(model)(x[:IMAGES], y[:IMAGES])
    layers = [layer for layer in model.layers if layer.name.startswith("sum")]
    slope = SLOPES.get(model.layers[2].activation.__name__, np.ones_like)
    return [
        Link(
            delta=float(np.linalg.norm(delta, axis=1).mean()) * len(delta),
            gradient=float(np.linalg.norm(gradient)),
            slope=float(np.sqrt(np.mean(slope(np.asarray(h)) ** 2))),
            gain=float(np.linalg.norm(layer.kernel) / np.sqrt(layer.kernel.shape[1])),
        )
        for delta, h, gradient, layer in zip(deltas, outputs, gradients, layers, strict=True)
    ]


@lru_cache(maxsize=2)
def differentiator(model: Any) -> Callable[[np.ndarray, np.ndarray], Any]:
    """Return a compiled function (x, y) → δ = ∂L/∂u, h = f(u) and ∂L/∂W of every layer."""

    @tf.function(reduce_retracing=True)
    def differentiate(x: Any, y: Any) -> Any:
        h, sums, outputs, kernels = x, [], [], []
        with tf.GradientTape() as tape:
            for layer in model.layers:
                h = layer(h)
                if layer.name.startswith("sum"):
                    tape.watch(h)
                    sums.append(h)
                    kernels.append(layer.kernel.value)
                elif sums:
                    outputs.append(h)
            loss = tf.reduce_mean(tf.keras.losses.sparse_categorical_crossentropy(y, h))
        deltas, gradients = tape.gradient(loss, (sums, kernels))
        return deltas, outputs, gradients

    return differentiate


def one_unit(sign: float, rate: float, steps: int) -> list[float]:
    """Return L = (ŷ − y)²/2 before each step of w ← w − η · sign · x (ŷ − y) ŷ (1 − ŷ), from w = 0.

    The unit is ŷ = σ(w x) with x = 1 and y = 1; sign −1 is the rule with (y − ŷ).
    """
    w, x, y, losses = 0.0, 1.0, 1.0, []
    for _ in range(steps + 1):
        y_hat = 1 / (1 + np.exp(-np.clip(w * x, -500, 500)))
        losses.append(float((y_hat - y) ** 2 / 2))
        w -= rate * sign * x * (y_hat - y) * (1 - y_hat) * y_hat
    return losses


def data(p: VanishingGradients, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def model(p: VanishingGradients, data: Dataset) -> keras.Model:
    """Return uₗ = hₗ₋₁ Wₗ + bₗ and hₗ = f(uₗ) as separate layers, then softmax."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), Flatten(name="pixels")])
    for layer in range(1, p.hidden_layers + 1):
        network.add(Dense(p.units, name=f"sum_{layer}"))
        network.add(Activation(p.activation, name=f"hidden_{layer}"))
    network.add(Dense(10, name="sum_output"))
    network.add(Activation("softmax", name="output"))
    rule = keras.optimizers.SGD(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
