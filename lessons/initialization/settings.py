"""Initialization: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Initialization(Hyperparameters):
    """A deep network and the spread of its initial weights."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    weights: Literal["normal", "xavier", "he", "zero"] = param(
        "he", "Initial weights: N(0, 1), the same times √(1/n) or √(2/n), or all 0."
    )
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "Activation function f of the hidden layers."
    )
    hidden_layers: int = param(
        10, "Hidden layers that a signal passes.", ge=1, le=30, unit="layers"
    )
    units: int = param(
        256, "Units of each hidden layer; the fan-in n of the next one.", ge=1, le=512, unit="units"
    )
    learning_rate: float = learning_rate_param(0.01, "η: how far one step moves the weights.")
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(10, "every image is shown")
