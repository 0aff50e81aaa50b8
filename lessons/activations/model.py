"""One unit: the pre-activation xW + b and the activation function f."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lessons.activations.settings import Activations
from tui_dl.lesson import Dataset

AXIS = np.linspace(-5, 5, 251)


def data(p: Activations, rng: np.random.Generator) -> Dataset:
    """Return the inputs from -5 to 5 and the unit's outputs for them, both (251, 1)."""
    x, h = AXIS[:, None], unit(AXIS[:, None], p)
    return Dataset(f"{p.function} of xW + b", x.astype("float32"), h.astype("float32"))


Function = Callable[[Any], Any]


def identity(u: Any) -> Any:
    """Return u itself: no activation function."""
    return u * 1.0


def sigmoid(u: Any) -> Any:
    """Return the sigmoid of u, from 0 to 1."""
    return 1 / (1 + np.exp(-u))


def relu(u: Any) -> Any:
    """Return the positive part of u."""
    return np.maximum(u, 0.0)


def tanh(u: Any) -> Any:
    """Return tanh u, from -1 to 1."""
    return np.tanh(u)


FUNCTIONS: dict[str, Function] = {
    "identity": identity, "sigmoid": sigmoid, "relu": relu, "tanh": tanh,
}  # fmt: skip
DERIVATIVES: dict[str, Function] = {
    "identity": lambda u: np.ones_like(u * 1.0),
    "sigmoid": lambda u: sigmoid(u) * (1 - sigmoid(u)),
    "relu": lambda u: np.where(u > 0, 1.0, 0.0),  # undefined at 0; frameworks use 0
    "tanh": lambda u: 1 - np.tanh(u) ** 2,
}


def unit(x: Any, p: Activations) -> Any:
    """Return h = f(xW + b)."""
    u = x * p.W + p.b
    return FUNCTIONS[p.function](u)


def slope(x: Any, p: Activations) -> Any:
    """Return dh/dx = f'(u) W: the factor by which a small change of x changes h."""
    u = x * p.W + p.b
    return DERIVATIVES[p.function](u) * p.W
