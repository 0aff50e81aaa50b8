"""Batch normalization: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class BatchNormalization(Hyperparameters):
    """A deep network; batch normalization can be switched off."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    batch_normalization: bool = param(
        True, "Normalize each pre-activation over the batch.", label="batch norm"
    )
    momentum: float = param(
        0.99, "ρ: the share of the old moving averages that a step keeps.", ge=0, le=0.9999
    )
    hidden_layers: int = param(4, "The number of hidden layers.", ge=1, le=20, unit="layers")
    units: int = param(128, "Units of each hidden layer.", ge=1, le=512, unit="units")
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    initial_scale: float = param(
        1.0,
        "The standard deviation of the initial weights, relative to He's √(2/n).",
        ge=0.001,
        le=100,
    )
    optimizer: Literal["adam", "sgd"] = param("adam", "Adam, or plain gradient descent.")
    learning_rate: float = learning_rate_param(0.001)
    batch_size: int = param(
        32, "Images that share one step, one mean and one variance.", ge=1, le=1024, unit="images"
    )
    epochs: int = epochs_param(5, "every image is shown")
