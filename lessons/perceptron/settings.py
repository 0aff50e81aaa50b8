"""Perceptron: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Perceptron(Hyperparameters):
    """One unit, four points."""

    gate: Literal["or", "and", "xor"] = param("or", "The truth table to learn.")
    learning_rate: float = param(
        0.1, "How far one step moves the weights.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(
        1, "Points that share one step (4 is the full set).", ge=1, le=10, unit="points"
    )
    epochs: int = param(30, "How often the four points are shown.", ge=1, le=5000)
