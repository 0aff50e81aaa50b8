"""A valley in two dimensions, and the paths that Keras's own optimizers take down it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

START = (-0.9, 0.45)
CURVATURE = (1.0, 25.0)  # flat along x, steep along y: one rate for both is a compromise
STEPS = 1000

Paths = dict[str, np.ndarray]


def height(path: np.ndarray) -> np.ndarray:
    """Return f(x, y) = (x² + 25 y²) / 2 of points (..., 2)."""
    return np.asarray((np.square(path) * CURVATURE).sum(axis=-1) / 2)


def walker(optimizers: dict[str, keras.optimizers.Optimizer]) -> Callable[[float], Paths]:
    """Return a function of the learning rate that gives each optimizer's path (1001, 2) from START."""
    points = {name: keras.Variable(START, dtype="float32") for name in optimizers}
    for name, each in optimizers.items():
        each.build([points[name]])
    fresh = [(v, v.numpy()) for each in optimizers.values() for v in each.variables]

    @tf.function(jit_compile=True)
    def walk(rate: Any) -> Any:
        for variable, first in fresh:
            variable.assign(first)
        for name, each in optimizers.items():
            each.learning_rate.assign(rate)
            points[name].assign(START)
        places = tf.TensorArray("float32", STEPS, element_shape=(len(points), 2))
        for t in tf.range(STEPS):
            for name, each in optimizers.items():
                each.apply([points[name] * CURVATURE], [points[name]])  # the gradient of f
            places = places.write(t, tf.stack([point.value for point in points.values()]))
        return places.stack()

    def paths(rate: float) -> Paths:
        steps = walk(tf.constant(rate, "float32")).numpy()
        start = np.full((1, 2), START, "float32")
        return {name: np.vstack([start, steps[:, i]]) for i, name in enumerate(optimizers)}

    return paths
