"""GRU: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class GatedRecurrentUnit(Hyperparameters):
    """Remember a message through noise, or count who is in a room."""

    cell: Literal["gru", "lstm"] = param("gru", "What remembers: two gates, or three.")
    task: Literal["message", "counting"] = param(
        "message", "Tell the sign of step 0 at the end, or at every step whether the room is empty."
    )
    units: int = param(64, "Size of the hidden state.", ge=1, le=256)
    keep_bias: float = param(
        3.0, "Starting bias of the gate that keeps: update or forget gate.", ge=-5, le=10
    )
    steps: int = param(
        40, "Length of the training sequences; unseen counts are 4 times as long.",
        ge=4, le=200, unit="steps",
    )  # fmt: skip
    sequences: int = param(
        2000, "Training sequences; 200 more are for validation.", ge=100, le=20_000
    )
    learning_rate: float = learning_rate_param(0.01, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(50, "sequences", le=1000)
    epochs: int = epochs_param(10, "the training sequences are shown", le=200)
