"""The workloads of the comparison: lessons where they exist, else the sources' networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tui_dl import catalog
from tui_dl.lesson import Dataset


@dataclass(frozen=True)
class Workload:
    """A workload: `make()` returns a compiled model and its data; `goal` is the ratio to reach."""

    name: str
    goal: float
    make: Callable[[], tuple[Any, Dataset]]
    batch_size: int
    epochs: int = 1


def from_lesson(name: str, **values: Any) -> Callable[[], tuple[Any, Dataset]]:
    """Return a function that makes a lesson's own data and model."""

    def make() -> tuple[Any, Dataset]:
        lesson = catalog.lesson(name)
        parameters = lesson.parameters.of(values)
        data = lesson.data(parameters, np.random.default_rng(0))
        assert lesson.model is not None
        return lesson.model(parameters, data), data

    return make


def images(samples: int) -> Dataset:
    """Return noise in the shape of MNIST: (samples, 28, 28) in [0, 1]."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, 28, 28), "float32")
    return Dataset("noise", x, rng.integers(0, 10, samples).astype("int32"))


def classifier(*layers: Any, optimizer: str = "adam") -> Any:
    """Return a compiled classifier of 28×28 images."""
    import keras

    head = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((28, 28)), *layers, head])
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def deep() -> tuple[Any, Dataset]:
    """Return the deep-network lesson's model on images of MNIST's size."""
    lesson = catalog.lesson("deep-network")
    data = images(6400)
    assert lesson.model is not None
    return lesson.model(lesson.parameters(), data), data


def batch_norm() -> tuple[Any, Dataset]:
    """Return 4 × (128 units, batch normalization, ReLU, dropout)."""
    from keras import layers

    block = [
        layer
        for _ in range(4)
        for layer in (
            layers.Dense(128), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.2)
        )
    ]  # fmt: skip
    return classifier(layers.Flatten(), *block), images(6400)


def wide() -> tuple[Any, Dataset]:
    """Return 784–512–512–10 with dropout."""
    from keras import layers

    hidden = [f() for _ in range(2) for f in (lambda: layers.Dense(512, "relu"), _drop)]
    return classifier(layers.Flatten(), *hidden), images(6400)


def _drop() -> Any:
    from keras import layers

    return layers.Dropout(0.2)


def convolutions() -> tuple[Any, Dataset]:
    """Return convolutions 32–64, pooling, dense 128."""
    from keras import layers

    stack = [
        layers.Reshape((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Dropout(0.25),
        layers.Flatten(), layers.Dense(128, "relu"), layers.Dropout(0.5),
    ]  # fmt: skip
    return classifier(*stack), images(2560)


def translator() -> tuple[Any, Dataset]:
    """Return an LSTM encoder–decoder of 128 units: reverse ten symbols out of twelve."""
    import keras
    from keras import layers

    rng = np.random.default_rng(0)
    symbols = rng.integers(0, 12, (3200, 10))
    x = np.eye(12, dtype="float32")[symbols]
    stack = [layers.LSTM(128), layers.RepeatVector(10), layers.LSTM(128, return_sequences=True)]
    model = keras.Sequential([keras.Input((10, 12)), *stack, layers.Dense(12, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, Dataset("reversal", x, symbols[:, ::-1].astype("int32"))


WORKLOADS = (
    Workload("perceptron", 100, from_lesson("perceptron"), 1, 300),
    Workload("greater-than", 80, from_lesson("greater-than"), 30, 4),
    Workload("binary-addition", 20, from_lesson("binary-addition"), 2),
    Workload("iris", 60, from_lesson("iris"), 5, 20),
    Workload("deep-network", 8, deep, 32, 8),
    Workload("4×128 batch norm", 4, batch_norm, 32, 2),
    Workload("512–512", 1.6, wide, 128, 2),
    Workload("LSTM encoder–decoder", 2, translator, 32),
    Workload("CNN", 1, convolutions, 128),
)
