"""Four convolutions in two blocks classify small color images in ten classes."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from lessons.cifar10_cnn.settings import Cifar10Cnn
from tui_dl.datasets import cifar10
from tui_dl.lesson import Dataset


def data(p: Cifar10Cnn, rng: np.random.Generator) -> Dataset:
    """Return RGB images (N, 32, 32, 3) with values from 0 to 1, and their classes (N,)."""
    return cifar10.load(rng, p.images, p.training_images)


def block(p: Cifar10Cnn, number: int) -> list[keras.Layer]:
    """Return two convolutions, the first padded to keep the size, then pooling and dropout."""
    n = p.filters * 2 ** (number - 1)
    return [
        layers.Conv2D(n, 3, padding="same", activation="relu", name=f"convolution_{number}a"),
        layers.Conv2D(n, 3, activation="relu", name=f"convolution_{number}b"),
        layers.MaxPooling2D(2, name=f"pool_{number}"),
        layers.Dropout(p.dropout, name=f"dropout_{number}"),
    ]


def model(p: Cifar10Cnn, data: Dataset) -> keras.Model:
    """Return the blocks, a dense layer of 512 with dropout, and softmax over the ten classes."""
    network = keras.Sequential([keras.Input(data.x.shape[1:])])
    for number in range(1, p.blocks + 1):
        for layer in block(p, number):
            network.add(layer)
    network.add(layers.Flatten(name="features"))
    network.add(layers.Dense(p.units, "relu", name="dense"))
    network.add(layers.Dropout(p.dense_dropout, name="dropout_dense"))
    network.add(layers.Dense(10, "softmax", name="output"))
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return network
