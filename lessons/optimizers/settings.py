"""Optimizers: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class Optimizers(Hyperparameters):
    """The optimizer, its parameters, and the network that it trains."""

    optimizer: Literal["sgd", "momentum", "adagrad", "rmsprop", "adam"] = param(
        "adam", "The rule that turns a gradient into a step."
    )
    learning_rate: float = learning_rate_param(
        0.001, "η: the size of a step; each optimizer needs its own.", ge=1e-6
    )
    momentum: float = param(
        0.9,
        "β of momentum: the share of the last step that is added to the next one.",
        ge=0,
        le=0.999,
    )
    rho: float = param(
        0.9, "ρ of RMSprop: the share of the old moving average that is kept.", ge=0, le=0.9999
    )
    beta_1: float = param(0.9, "β₁ of Adam: the share of the old m that is kept.", ge=0, le=0.999)
    beta_2: float = param(
        0.999, "β₂ of Adam: the share of the old v that is kept.", ge=0, le=0.99999
    )
    epsilon: float = param(
        1e-7, "ϵ of the adaptive optimizers: keeps the divisor above 0.", ge=1e-12, le=1
    )
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    units: int = param(
        128,
        "Units of each of the two hidden layers (the articles: 512).",
        ge=1,
        le=1024,
        unit="units",
    )
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    batch_size: int = param(128, "Images that share one gradient.", ge=1, le=2048, unit="images")
    epochs: int = epochs_param(10, "every image is shown (the articles: 20)")
