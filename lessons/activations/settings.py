"""Activation functions: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Activations(Hyperparameters):
    """One unit: y = f(xW + b)."""

    function: Literal["identity", "sigmoid", "relu", "tanh"] = param(
        "sigmoid", "f, from u to y; identity leaves the bare line xW + b."
    )
    W: float = param(-6.0, "The weight: how steep the line is.", ge=-20, le=20)
    b: float = param(10.0, "The bias: how high the line starts.", ge=-50, le=50)
    x: float = param(1.5, "One input to follow, marked in the pictures.", ge=-5, le=5)
