"""The private parts of TensorFlow that the engine uses, each with its reason.

`tests/test_internals.py` fails when TensorFlow offers what is missing, and the call here can go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops


def call_upon(
    program: tf.types.experimental.ConcreteFunction,
    inputs: Sequence[tf.Tensor],
    captured: Sequence[tf.Tensor],
) -> Any:
    """Call a traced function upon other variables than those that it captured.

    The public call always takes its own, so every run would compile a program of its own.
    """
    return program._call_flat(inputs, captured)


def registered_gradients() -> set[str]:
    """The names under which gradients are registered."""
    return set(ops.gradient_registry.list())


def forget_gradient(name: str) -> None:
    """Remove a registered gradient, which keeps its function's whole graph.

    TensorFlow registers one for each function that it traces, and offers no way to remove it.
    """
    ops.gradient_registry._registry.pop(name, None)
