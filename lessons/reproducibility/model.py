"""Two networks side by side: change the seeds of the second, and see if they stay the same."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from lessons.reproducibility.settings import Reproducibility
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Split

NAMES = ("first", "second")


def weights(model: Any, name: str) -> list[np.ndarray]:
    """Return kernels and biases of one of the two networks."""
    return [np.asarray(w) for w in model.get_layer(name).trainable_weights]


def flat(model: Any, name: str) -> np.ndarray:
    """Return all weights of one of the two networks as one vector (weights,)."""
    return np.concatenate([w.ravel() for w in weights(model, name)])


def distance(model: Any) -> float:
    """Return |θ₂ − θ₁| / |θ₁|, the length of the difference relative to the first network."""
    first, second = (flat(model, name) for name in NAMES)
    return float(np.linalg.norm(second - first) / np.linalg.norm(first))


def answers(model: Any, data: Dataset) -> np.ndarray:
    """Return the predicted digit of each network for each validation image, (images, 2)."""
    x, read = data.held_out.x[:, 0].reshape(len(data.held_out.x), -1), []
    for name in NAMES:
        W_1, b_1, W_2, b_2 = weights(model, name)
        h = np.maximum(np.einsum("ni,ij->nj", x, W_1) + b_1, 0)
        read.append(np.argmax(np.einsum("nj,jk->nk", h, W_2) + b_2, axis=1))
    return np.stack(read, axis=1)


class Watcher(keras.callbacks.Callback):
    """A callback that adds one entry before training and one after each epoch."""

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.model.apart = [distance(self.model)]

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.model.apart.append(distance(self.model))


def data(p: Reproducibility, rng: np.random.Generator) -> Dataset:
    """Return x (N, 2, 8, 8) and y (N, 2): images and digits of the first network and the second.

    Both networks have the same training images; `order_seed` shuffles those of the second, so that
    its batches differ. Both are validated on the same images.
    """
    one = digits.load(rng, "digits")
    first, second = (
        np.random.default_rng(seed).permutation(len(one.x)) for seed in (0, p.order_seed)
    )
    return Dataset(
        f"{one.name}, for two networks",
        np.stack([one.x[first], one.x[second]], axis=1),
        np.stack([one.y[first], one.y[second]], axis=1),
        Split(
            np.stack([one.held_out.x, one.held_out.x], axis=1),
            np.stack([one.held_out.y, one.held_out.y], axis=1),
        ),
        one.classes,
        one.note,
    )


def network(p: Reproducibility, name: str, weights_seed: int, dropout_seed: int) -> keras.Model:
    """Return pixels, a hidden ReLU layer with dropout, softmax; every random draw has a seed."""
    draw = keras.initializers.GlorotUniform
    hidden_seed, output_seed = 2 * weights_seed, 2 * weights_seed + 1  # one for each layer
    return keras.Sequential(
        [
            keras.Input((8, 8)),
            layers.Flatten(),
            layers.Dense(p.units, "relu", kernel_initializer=draw(hidden_seed), name="hidden"),
            layers.Dropout(p.dropout, seed=dropout_seed),
            layers.Dense(10, "softmax", kernel_initializer=draw(output_seed), name="output"),
        ],
        name=name,
    )


def model(p: Reproducibility, data: Dataset) -> keras.Model:
    """Return both in one model (batch, 2, 8, 8) → (batch, 2, 10): they share only the steps.

    The loss is the mean of both, which halves each network's gradient: Adam's steps stay the same.
    """
    first = network(p, "first", 0, 0)
    second = network(p, "second", p.weights_seed, p.dropout_seed)
    second.get_layer("hidden").bias.assign(np.full(p.units, p.nudge, "float32"))
    images = keras.Input((2, 8, 8))
    answers = keras.ops.stack([first(images[:, 0]), second(images[:, 1])], axis=1)
    both = keras.Model(images, answers)
    rule = keras.optimizers.Adam(p.learning_rate)
    both.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return both


def callbacks(p: Reproducibility) -> list[keras.callbacks.Callback]:
    """Return the callback that records the distance between the two for the picture."""
    return [Watcher()]
