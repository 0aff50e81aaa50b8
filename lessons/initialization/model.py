"""Initial weights: their spread decides which signals reach the last layer."""

from __future__ import annotations

import keras
import numpy as np
from keras.initializers import RandomNormal
from keras.layers import Dense, Flatten

from lessons.initialization.settings import Initialization
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: Initialization, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def spread(weights: str, n: int) -> float:
    """Return the standard deviation σ of the initial weights of a unit with n inputs."""
    return {"normal": 1.0, "xavier": np.sqrt(1 / n), "he": np.sqrt(2 / n), "zero": 0.0}[weights]


def model(p: Initialization, data: Dataset) -> keras.Model:
    """Return hidden layers, weights w ~ N(0, σ²) and biases 0, then softmax (Xavier's weights)."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), Flatten(name="pixels")])
    n = data.x[0].size
    for layer in range(1, p.hidden_layers + 1):
        first = RandomNormal(stddev=spread(p.weights, n))
        network.add(Dense(p.units, p.activation, kernel_initializer=first, name=f"hidden_{layer}"))
        n = p.units
    first = RandomNormal(stddev=spread("zero" if p.weights == "zero" else "xavier", n))
    network.add(Dense(10, "softmax", kernel_initializer=first, name="output"))
    rule = keras.optimizers.SGD(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
