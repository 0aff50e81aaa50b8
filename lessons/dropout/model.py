"""Dropout: which units are dropped, when, and how the others are rescaled."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops, random

from lessons.dropout.settings import DropoutNetwork
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: DropoutNetwork, rng: np.random.Generator) -> Dataset:
    """Return a few images (N, height, width), gray values from 0 to 1, and their digits (N,)."""
    every = digits.load(rng, p.images)
    n = min(p.training_images, len(every.x))
    few = rng.permutation(len(every.x))[:n]
    y = np.where(rng.random(n) < p.wrong_labels, rng.integers(0, 10, n), every.y[few])
    kept = every.x[few], y.astype("int32"), every.validation
    return Dataset(f"{n} images of {every.name}", *kept, every.classes, every.note)


@keras.saving.register_keras_serializable(package="dlworkbench")
class OwnDropout(keras.layers.Layer):
    """Dropout of h (batch, units): m h / (1 − r) in training, h at inference."""

    def __init__(self, rate: float, rescale: str = "training", **options: Any) -> None:
        super().__init__(**options)
        self.rate, self.rescale = rate, rescale
        self.seed_generator = random.SeedGenerator()

    def call(self, h: Any, training: bool = False) -> Any:
        """Apply a new mask m at every call, drawn separately for each image and unit."""
        keep = 1 - self.rate
        if not training:
            return h * keep if self.rescale == "inference" else h
        m = ops.cast(random.uniform(ops.shape(h), seed=self.seed_generator) < keep, h.dtype)
        return m * h / keep if self.rescale == "training" else m * h

    def get_config(self) -> dict[str, Any]:
        """Return what a saved model needs to build the layer again."""
        return super().get_config() | {"rate": self.rate, "rescale": self.rescale}


def dropout(p: DropoutNetwork, rate: float, name: str) -> Any:
    """Return Keras's layer, which rescales in training, or ours, which has other options."""
    if p.rescale == "training":
        return keras.layers.Dropout(rate, name=name)
    return OwnDropout(rate, p.rescale, name=name)


def model(p: DropoutNetwork, data: Dataset) -> keras.Model:
    """Return pixels, hidden ReLU layers with dropout after each, and softmax over ten digits."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    network.add(dropout(p, p.input_rate, "dropout_0"))
    for number in range(1, p.hidden_layers + 1):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(dropout(p, p.rate, f"dropout_{number}"))
    network.add(layers.Dense(10, "softmax", name="output"))
    rule = keras.optimizers.Adam(p.learning_rate)
    network.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
