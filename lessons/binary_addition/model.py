"""A recurrent network learns to add two binary numbers: its state has to hold the carry."""

from __future__ import annotations

import keras
import numpy as np

from lessons.binary_addition.settings import BinaryAddition
from tui_dl.lesson import Dataset, Split

BITS = 8


def bits(numbers: np.ndarray) -> np.ndarray:
    """Return eight bits of each number, lowest first: (pairs,) to (pairs, 8)."""
    return (numbers[:, None] >> np.arange(BITS) & 1).astype("float32")


TRAINING, UNSEEN = 10_000, 9_999


def data(p: BinaryAddition, rng: np.random.Generator) -> Dataset:
    """Return pairs from 0 to 127: bits x (pairs, 8, 2) of a and b, y (pairs, 8, 1) of a + b."""
    a, b = rng.integers(0, 2 ** (BITS - 1), size=(2, TRAINING + UNSEEN))
    x = np.stack([bits(a), bits(b)], axis=-1)
    y = bits(a + b)[..., None]
    return Dataset(
        "8-bit sums", x[:TRAINING], y[:TRAINING], Split(x[TRAINING:], y[TRAINING:]),
        note="16,384 pairs exist and 10,000 are drawn with replacement: validation repeats many of them",
    )  # fmt: skip


def model(p: BinaryAddition, data: Dataset) -> keras.Model:
    """Return hᵗ = f(xᵗ W_in + hᵗ⁻¹ W + b), ŷᵗ = σ(hᵗ W_out + b_out)."""
    recurrent = keras.layers.SimpleRNN(
        p.units,
        activation=p.activation,
        return_sequences=True,
        dropout=p.dropout,
        recurrent_dropout=p.recurrent_dropout,
        unroll=p.unroll,
    )
    output = keras.layers.Dense(1, activation="sigmoid")
    adder = keras.Sequential([keras.Input((BITS, 2)), recurrent, output])
    optimizer = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[p.optimizer]
    adder.compile(optimizer(p.learning_rate), "mean_squared_error", metrics=["accuracy"])
    return adder
