"""What the engine does with a Keras model besides training it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from tui_dl.keras_internals import create_variables
from tui_dl.lesson import Dataset


def learning_rate(model: keras.Model) -> float | None:
    """Return the optimizer's current learning rate, or None without an optimizer."""
    optimizer = getattr(model, "optimizer", None)
    return None if optimizer is None else float(optimizer.learning_rate)


def build(model: keras.Model, data: Dataset) -> None:
    """Create every variable (weights, optimizer, metrics), as `fit` does before its first step.

    The model's own step must not create others.
    """
    batch = tf.nest.map_structure(lambda a: tf.constant(a[:2]), (data.x, data.y))
    create_variables(model, batch)


def variables_of(model: keras.Model) -> list[keras.Variable]:
    """Return all that a training step changes: weights, seeds, metrics, optimizer."""
    every = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return list({id(each): each for each in every}.values())


@contextmanager
def unchanged(model: keras.Model) -> Iterator[None]:
    """Undo what is trained inside the block: weights, optimizer, random state, metrics."""
    variables = variables_of(model)
    before = [variable.numpy() for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    model.reset_metrics()
