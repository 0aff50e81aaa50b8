"""Perceptron: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class Perceptron(Hyperparameters):
    """One unit, four points."""

    gate: Literal["or", "and", "xor"] = param("or", "The truth table to learn.")
    learning_rate: float = learning_rate_param(0.1, "How far one step moves the weights.")
    batch_size: int = param(
        1, "Points that share one step (4 is the full set).", ge=1, le=10, unit="points"
    )
    epochs: int = epochs_param(30, "the four points are shown", le=5000)
