"""Activation functions: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Activations(Hyperparameters):
    """One unit: h = f(xW + b)."""

    function: Literal["identity", "sigmoid", "relu", "tanh"] = param(
        "sigmoid", "The activation function f; identity leaves the line xW + b unchanged."
    )
    W: float = param(-6.0, "The weight: the slope of the line.", ge=-20, le=20)
    b: float = param(10.0, "The bias: the height of the line at x = 0.", ge=-50, le=50)
    x: float = param(1.5, "The input that the pictures mark.", ge=-5, le=5)
