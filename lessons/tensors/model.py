"""Tensors, variables and the gradient tape: gradient descent on a curve that can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import tensorflow as tf

from lessons.tensors.settings import Tensors
from tui_dl.lesson import Dataset

FUNCTIONS: dict[str, Callable[[Any], Any]] = {  # of numbers, arrays or tensors
    "parabola": lambda w: (w - 1) ** 2,
    "two-valleys": lambda w: w**4 - 2 * w**2 + w / 2,
    "flat": lambda w: w**4 / 4,
    "corner": lambda w: abs(w),
}
AXIS = np.linspace(-2, 2, 161)


def data(p: Tensors, rng: np.random.Generator) -> Dataset:
    """Return the curve itself: w from -2 to 2 and f(w), both (161, 1)."""
    w, f = AXIS[:, None], FUNCTIONS[p.function](AXIS[:, None])
    return Dataset(f"{p.function}, drawn", w.astype("float32"), f.astype("float32"))


Step = tuple[float, float, float]
FAR = 1e6  # beyond this, the descent has diverged


@lru_cache(maxsize=64)
def descent(p: Tensors) -> tuple[Step, ...]:
    """Return w, f(w) and the tape's gradient there, before each step and after the last."""
    f = FUNCTIONS[p.function]
    w = tf.Variable(p.start)
    path = []
    for _ in range(p.steps + 1):
        with tf.GradientTape() as tape:
            height = f(w)
        gradient = tape.gradient(height, w)
        path.append((float(w), float(height), float(gradient)))
        w.assign_sub(p.learning_rate * gradient)
        if abs(float(w)) > FAR:
            break
    return tuple(path)
