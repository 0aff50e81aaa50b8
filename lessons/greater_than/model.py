"""Is a larger than b? An easy task, made harder by wrong labels, useless inputs and bad scales."""

from __future__ import annotations

import keras
import numpy as np
from keras.layers import Dense

from lessons.greater_than.settings import GreaterThan
from tui_dl.lesson import Dataset, Split


def data(p: GreaterThan, rng: np.random.Generator) -> Dataset:
    """Return 10,000 rows from U(0,1): a, b and the dummies; the target is 1 where a > b."""
    raw = rng.random((10_000, 2 + p.dummies))
    flipped = rng.random(10_000) < p.noise
    targets = ((raw[:, 0] > raw[:, 1]) != flipped).astype("float32").reshape(-1, 1)
    inputs = (p.scale * raw + p.shift).astype("float32")
    return Dataset(
        "pairs from U(0,1)", inputs[:8000], targets[:8000], Split(inputs[8000:], targets[8000:])
    )


def model(p: GreaterThan, data: Dataset) -> keras.Model:
    """Return three tanh layers, a little wider than the input, and a sigmoid unit."""
    inputs = 2 + p.dummies
    width = int(1.2 * inputs + 1)
    hidden = [Dense(width, activation="tanh") for _ in range(3)]
    net = keras.Sequential([keras.Input((inputs,)), *hidden, Dense(1, activation="sigmoid")])
    net.compile(keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return net
