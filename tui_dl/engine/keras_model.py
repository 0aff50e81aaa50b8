"""What the engine does with a Keras model besides stepping it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

from tui_dl.lesson import Dataset


def learning_rate(model: Any) -> float | None:
    """The optimizer's present learning rate, where there is one."""
    optimizer = getattr(model, "optimizer", None)
    return None if optimizer is None else float(optimizer.learning_rate)


def build(model: Any, data: Dataset) -> None:
    """Create every variable (weights, optimizer, metrics), as `fit` does before its first step.

    A step of the model's own must not create others.
    """
    batch = tf.nest.map_structure(lambda a: tf.constant(a[:2]), (data.x, data.y))
    model._symbolic_build(data_batch=batch)


@contextmanager
def unchanged(model: Any) -> Iterator[None]:
    """Whatever is trained inside leaves no trace: weights, optimizer, random state, metrics."""
    variables = [*model.variables, *model.optimizer.variables]
    before = [variable.numpy() for variable in variables]
    yield
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    model.reset_metrics()
