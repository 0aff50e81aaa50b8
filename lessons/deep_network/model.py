"""Four hidden layers of 32 units read handwritten digits."""

from __future__ import annotations

import keras
import numpy as np

from lessons.deep_network.settings import DeepNetwork
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: DeepNetwork, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def model(p: DeepNetwork, data: Dataset) -> keras.Model:
    """Return hₗ = f(hₗ₋₁ Wₗ + bₗ) for each hidden layer l, then ŷ = softmax(h W + b)."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")])
    for layer in range(1, p.hidden_layers + 1):
        network.add(keras.layers.Dense(p.units, p.activation, name=f"hidden_{layer}"))
    network.add(keras.layers.Dense(10, "softmax", name="output"))
    network.compile(
        keras.optimizers.SGD(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network
