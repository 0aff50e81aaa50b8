"""Handwritten digits with one layer and with three: the effects of size and optimizer."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
from keras.layers import Dense, Flatten

from lessons.mnist_mlp.settings import MnistMlp
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: MnistMlp, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    images, n = digits.load(rng, p.images), p.training_images
    return replace(images, x=images.x[:n], y=images.y[:n])


def model(p: MnistMlp, data: Dataset) -> keras.Model:
    """Return ŷ = softmax(h W + b), where h is the image itself or the output of two ReLU layers."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), Flatten(name="pixels")])
    if p.layers == "three":
        network.add(Dense(p.units_1, "relu", name="hidden_1"))
        network.add(Dense(p.units_2, "relu", name="hidden_2"))
    network.add(Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam if p.optimizer == "adam" else keras.optimizers.SGD
    network.compile(rule(p.learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
