"""Labels as one-hot rows or integers, with the matching cross-entropy and with the other one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from lessons.labels_and_losses.settings import LabelsAndLosses
from tui_dl.datasets import digits
from tui_dl.lesson import Dataset, Split

CLASSES = 10


def data(p: LabelsAndLosses, rng: np.random.Generator) -> Dataset:
    """Return images (N, height, width), and labels y: integers (N,), or one-hot rows (N, 10)."""
    integers = digits.load(rng, p.images)
    if p.labels == "integers":
        return integers
    row = np.eye(CLASSES, dtype="float32")  # row k has its 1 in column k
    held_out = Split(integers.held_out.x, row[integers.held_out.y])
    return replace(integers, y=row[integers.y], validation=held_out)


def refusal(p: LabelsAndLosses, y: np.ndarray) -> str:
    """Return Keras's error for two of the labels with this loss, empty if it accepts them."""
    loss = keras.losses.get(LOSSES[p.loss])
    try:
        loss(y[:2], np.full((2, CLASSES), 1 / CLASSES, "float32"))
    except ValueError as error:
        return str(error)
    return ""


def unchecked_categorical(y: Any, y_hat: Any) -> Any:
    """Return −Σₖ y log ŷₖ: the integer y (B,), broadcast over the ten classes like a row."""
    y = ops.cast(ops.reshape(y, (-1, 1)), "float32")
    return -ops.sum(y * ops.log(ops.maximum(y_hat, 1e-7)), axis=-1)


def unchecked_sparse(y: Any, y_hat: Any) -> Any:
    """Return −Σⱼ log ŷ[yⱼ]: each 0 and 1 of the row y (B, 10), read as the number of a class."""
    chosen = ops.take_along_axis(y_hat, ops.cast(y, "int32"), axis=-1)
    return -ops.sum(ops.log(ops.maximum(chosen, 1e-7)), axis=-1)


LOSSES = {
    "categorical": "categorical_crossentropy",
    "sparse": "sparse_categorical_crossentropy",
}
UNCHECKED: dict[str, Callable[[Any, Any], Any]] = {
    "categorical": unchecked_categorical,
    "sparse": unchecked_sparse,
}


def model(p: LabelsAndLosses, data: Dataset) -> keras.Model:
    """Return 784–512–512–10; a pair that Keras refuses trains by the same formula, unchecked."""
    network = keras.Sequential([keras.Input(data.x.shape[1:]), layers.Flatten(name="pixels")])
    for number in (1, 2):
        network.add(layers.Dense(p.units, "relu", name=f"hidden_{number}"))
        network.add(layers.Dropout(p.dropout))
    network.add(layers.Dense(CLASSES, "softmax", name="output"))
    loss = UNCHECKED[p.loss] if refusal(p, data.y) else LOSSES[p.loss]
    network.compile(keras.optimizers.Adam(p.learning_rate), loss, metrics=["accuracy"])
    return network
