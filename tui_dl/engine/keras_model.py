"""What the engine does with a Keras model besides training it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


def shapes_of(variables: Sequence[keras.Variable]) -> list[tuple[int, ...]]:
    """Return the shape of each variable."""
    return [tuple(variable.shape) for variable in variables]


def take_over(model: keras.Model, other: keras.Model, *, metrics: bool, rate: bool) -> bool:
    """Give a model the weights and the random state of another one, whose weights are alike.

    Also the optimizer's state, if it fits (return False if not), except for the learning rate
    unless `rate`; and with `metrics`, the values of the metrics so far.
    """
    own = learning_rate(model)
    _assign(model.weights, other.weights)
    _assign(_chance(model), _chance(other))
    if metrics:
        _assign(model.metrics_variables, other.metrics_variables)
    alike = type(model.optimizer) is type(other.optimizer)
    fits = alike and _assign(model.optimizer.variables, other.optimizer.variables)
    if not rate and isinstance(model.optimizer.learning_rate, keras.Variable):  # else a schedule
        model.optimizer.learning_rate = own
    return fits


def _chance(model: keras.Model) -> list[keras.Variable]:
    """Return the states of a model's random generators."""
    others = {id(each) for each in (*model.weights, *model.metrics_variables)}
    others |= {id(each) for each in model.optimizer.variables}
    return [each for each in model.variables if id(each) not in others]


def _assign(mine: Sequence[keras.Variable], theirs: Sequence[keras.Variable]) -> bool:
    """Assign values one by one; return False, and leave all as they are, if they do not fit."""
    fits = shapes_of(mine) == shapes_of(theirs)
    for variable, value in zip(mine, theirs, strict=True) if fits else ():
        variable.assign(value)
    return fits


@contextmanager
def unchanged(model: keras.Model) -> Iterator[None]:
    """Undo what is trained inside the block: weights, optimizer, random state, metrics."""
    variables = variables_of(model)
    before = [variable.numpy() for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    model.reset_metrics()
