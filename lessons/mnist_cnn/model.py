"""Two convolutions and pooling classify handwritten digits."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
from keras import layers

from lessons.mnist_cnn.settings import MnistCnn
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Split


def data(p: MnistCnn, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    every = digits.load(rng, p.images)
    n = min(p.training_images, len(every.x))
    if n == len(every.x):
        return every
    m = max(1, min(n // 5, len(every.held_out.x)))
    note = f"{n} of {len(every.x)} images; {every.note}"
    held = Split(every.held_out.x[:m], every.held_out.y[:m])
    return replace(every, x=every.x[:n], y=every.y[:n], note=note, validation=held)


def model(p: MnistCnn, data: Dataset) -> keras.Model:
    """Return h = relu(K ∗ x + b) twice, the maximum of each 2×2, then dense layers and softmax."""
    convolutions = [
        layers.Conv2D(p.filters_1, p.size, activation="relu", name="convolution_1"),
        layers.Conv2D(p.filters_2, p.size, activation="relu", name="convolution_2"),
    ]
    pool = [layers.MaxPooling2D(2, name="pool")] if p.pooling else []
    network = keras.Sequential(
        [
            keras.Input(data.x.shape[1:]),
            layers.Reshape((*data.x.shape[1:], 1), name="one_channel"),
            *convolutions,
            *pool,
            layers.Dropout(p.dropout),
            layers.Flatten(name="features"),
            layers.Dense(p.units, "relu", name="dense"),
            layers.Dropout(p.dense_dropout),
            layers.Dense(10, "softmax", name="output"),
        ]
    )
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network
