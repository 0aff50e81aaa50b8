"""Tensors and gradients: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Tensors(Hyperparameters):
    """The curve, the start of the descent, and its steps."""

    function: Literal["parabola", "two-valleys", "flat", "corner"] = param(
        "parabola", "The curve f to descend."
    )
    start: float = param(-1.5, "The initial value of the variable w.", ge=-2, le=2)
    learning_rate: float = param(0.1, "η: a step is η times the slope.", ge=1e-4, le=2)
    steps: int = param(20, "The number of steps to draw.", ge=1, le=100, unit="steps")
