"""Vanishing gradients: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class VanishingGradients(Hyperparameters):
    """A stack of equal layers, deep enough for the gradient to vanish."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid",
        "Activation function f of the hidden layers; its slope f′ multiplies the error signal.",
    )
    hidden_layers: int = param(
        6, "Hidden layers that the error signal passes on its way back.", ge=1, le=30, unit="layers"
    )
    units: int = param(32, "Units of each hidden layer.", ge=1, le=512, unit="units")
    learning_rate: float = learning_rate_param(0.1, "η: how far one step moves the weights.")
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(20, "every image is shown")
