"""The private parts of TensorFlow that the engine uses, each with its reason.

`tests/test_internals.py` fails once TensorFlow offers a public way; then remove the call here.
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
    """Call a traced function on other variables than those that it captured.

    The public call always uses the captured ones, so every run would compile its own program.
    """
    return program._call_flat(inputs, captured)


def registered_gradients() -> set[str]:
    """Return the names under which gradients are registered."""
    return set(ops.gradient_registry.list())


def forget_gradient(name: str) -> None:
    """Remove a registered gradient, which keeps its function's whole graph.

    TensorFlow registers one for each function that it traces, and offers no way to remove it.
    """
    ops.gradient_registry._registry.pop(name, None)
