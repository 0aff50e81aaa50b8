"""A deep network with and without batch normalization in front of every activation."""

from __future__ import annotations

import keras
import numpy as np
from keras import initializers, layers

from lessons.batch_normalization.settings import BatchNormalization
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset


def data(p: BatchNormalization, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width) with gray values from 0 to 1, and their digits (N,)."""
    return digits.load(rng, p.images)


def hidden(p: BatchNormalization, layer: int) -> list[keras.Layer]:
    """Return u = h W, γ (u − μ)/√(σ² + ϵ) + β, ReLU, dropout; switched off, u = h W + b."""
    spread = initializers.VarianceScaling(2 * p.initial_scale**2, "fan_in", "untruncated_normal")
    normalized = p.batch_normalization  # β stands in for b, which the mean would cancel anyway
    stack = [layers.Dense(p.units, use_bias=not normalized, kernel_initializer=spread)]
    if normalized:
        stack.append(layers.BatchNormalization(momentum=p.momentum, name=f"norm_{layer}"))
    return [*stack, layers.ReLU(name=f"relu_{layer}"), layers.Dropout(p.dropout)]


def model(p: BatchNormalization, data: Dataset) -> keras.Model:
    """Return four such layers over the pixels, then softmax over the ten digits."""
    stack = [keras.Input(data.x.shape[1:]), keras.layers.Flatten(name="pixels")]
    for number in range(1, p.hidden_layers + 1):
        stack += hidden(p, number)
    network = keras.Sequential([*stack, keras.layers.Dense(10, "softmax", name="output")])
    rule = keras.optimizers.Adam if p.optimizer == "adam" else keras.optimizers.SGD
    network.compile(rule(p.learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network
