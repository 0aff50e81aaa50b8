"""Tensors and gradients: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Tensors(Hyperparameters):
    """The curve, the start of the descent on it, and its steps."""

    function: Literal["parabola", "two-valleys", "flat", "corner"] = param(
        "parabola", "f, the curve to go down."
    )
    start: float = param(-1.5, "The variable's first value.", ge=-2, le=2)
    learning_rate: float = param(0.1, "How far one step goes along the slope.", ge=1e-4, le=2)
    steps: int = param(20, "How many steps are drawn.", ge=1, le=100, unit="steps")
