"""Binary addition: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class BinaryAddition(Hyperparameters):
    """One recurrent layer reads two numbers bit by bit, lowest bit first, and writes their sum."""

    units: int = param(16, "Number of units in the hidden state h.", ge=1, le=256)
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "Activation function f of the hidden state, h = f(u)."
    )
    optimizer: Literal["sgd", "adam"] = param(
        "sgd", "Optimizer; give Adam a learning rate near 0.001."
    )
    learning_rate: float = learning_rate_param(0.1)
    dropout: float = param(
        0.0, "Probability of setting a number to 0 for a whole sum in training.", ge=0, le=0.9
    )
    recurrent_dropout: float = param(
        0.0,
        "Probability of setting a unit's recurrent output to 0 for a whole sum in training.",
        ge=0,
        le=0.9,
        label="loop dropout",
    )
    unroll: bool = param(False, "Compute the eight steps one after another, without a loop.")
    batch_size: int = batch_size_param(2, "sums", le=1000)
    epochs: int = epochs_param(5, "the 10,000 training sums are shown", le=100)
