"""Deep network: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class DeepNetwork(Hyperparameters):
    """A stack of equal hidden layers."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(
        4,
        "Layers between the pixels and the output; from four on a network is called deep.",
        ge=0,
        le=20,
        unit="layers",
    )
    units: int = param(32, "Units of each hidden layer.", ge=1, le=512, unit="units")
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "Activation function f of the hidden layers."
    )
    learning_rate: float = learning_rate_param(0.01, "η: how far one step moves the weights.")
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(5, "every image is shown")
