"""Iris: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Iris(Hyperparameters):
    """One hidden layer between four lengths and three species."""

    units: int = param(12, "Number of hidden units.", ge=1, le=256, unit="units")
    activation: Literal["relu", "sigmoid", "tanh"] = param(
        "relu", "Activation function of the hidden layer."
    )
    learning_rate: float = learning_rate_param(0.01, "η, how far one step moves the weights.")
    batch_size: int = batch_size_param(5, "flowers", le=120)
    epochs: int = epochs_param(20, "all flowers are shown", le=2000)
