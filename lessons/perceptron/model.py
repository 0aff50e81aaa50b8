"""A single sigmoid unit learns OR and AND, but cannot learn XOR."""

from __future__ import annotations

import keras
import numpy as np

from lessons.perceptron.settings import Perceptron
from tui_dl.lesson import Dataset

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
TARGETS = {"or": [0, 1, 1, 1], "and": [0, 0, 0, 1], "xor": [0, 1, 1, 0]}


def data(p: Perceptron, rng: np.random.Generator) -> Dataset:
    """Return the truth table of the gate: it is all the data, so there is no validation."""
    targets = np.array(TARGETS[p.gate], "float32").reshape(4, 1)
    return Dataset(f"truth table of {p.gate.upper()}", INPUTS, targets)


def model(p: Perceptron, data: Dataset) -> keras.Model:
    """Return ŷ = σ(xW + b)."""
    unit = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    unit.compile(keras.optimizers.SGD(p.learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return unit
