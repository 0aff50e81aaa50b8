"""Deep network: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class DeepNetwork(Hyperparameters):
    """A stack of equal layers."""

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
    units: int = param(
        32, "How many numbers each hidden layer hands to the next.", ge=1, le=512, unit="units"
    )
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "The bend f after each hidden layer's weighted sum."
    )
    learning_rate: float = param(
        0.01, "η: how far one step moves the weights.", ge=1e-5, le=10, live=True
    )
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(5, "How often every image is shown.", ge=1, le=500)
