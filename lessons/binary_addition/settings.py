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

    units: int = param(16, "Size of the hidden state z.", ge=1, le=256)
    activation: Literal["relu", "tanh", "sigmoid"] = param(
        "relu", "f, from total input u to hidden state z."
    )
    optimizer: Literal["sgd", "adam"] = param(
        "sgd", "Rule that turns gradients into steps; give Adam a rate near 0.001."
    )
    learning_rate: float = learning_rate_param(0.1, "How far one step moves the weights.")
    dropout: float = param(
        0.0, "How often a number is hidden for a whole sum while training.", ge=0, le=0.9
    )
    recurrent_dropout: float = param(
        0.0,
        "Share of units cut from the loop for a whole sum while training.",
        ge=0,
        le=0.9,
        label="loop dropout",
    )
    unroll: bool = param(False, "Write the eight steps out one after another, without a loop.")
    batch_size: int = batch_size_param(2, "sums", le=1000)
    epochs: int = epochs_param(5, "the 10 000 training sums are shown", le=100)
