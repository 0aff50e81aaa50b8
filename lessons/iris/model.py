"""Three species of iris classified by four lengths, with a hidden layer and softmax."""

from __future__ import annotations

import keras
import numpy as np
from keras.layers import Dense

from lessons.iris.settings import Iris
from tui_dl.datasets import iris
from tui_dl.lesson import Dataset


def data(p: Iris, rng: np.random.Generator) -> Dataset:
    """Return 120 flowers for training, 30 for validation; x (·, 4) in cm, y species 0, 1, 2."""
    return iris.load(rng)


def model(p: Iris, data: Dataset) -> keras.Model:
    """Return the network h = f(xW₁ + b₁), ŷ = softmax(hW₂ + b₂)."""
    hidden, output = Dense(p.units, activation=p.activation), Dense(3, activation="softmax")
    net = keras.Sequential([keras.Input((4,)), hidden, output])
    loss = "sparse_categorical_crossentropy"
    net.compile(keras.optimizers.SGD(p.learning_rate), loss, metrics=["accuracy"])
    return net
