"""Attention: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Attention(Hyperparameters):
    """Read "thu 12 mar '98", write 1998-03-12."""

    attention: bool = param(
        True, "Look back at every character read; if off, use the encoder's last state alone."
    )
    dates: int = param(1, "Maximum number of dates in a line.", ge=1, le=4)
    units: int = param(
        64, "Size of the decoder's state and of the encoder's: half for each direction.",
        ge=4, le=256,
    )  # fmt: skip
    pairs: int = param(
        10_000,
        "Number of training lines; 2048 more are for validation.",
        ge=100,
        le=30_000,
        unit="pairs",
    )
    learning_rate: float = learning_rate_param(0.005, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(50, "pairs", le=1000)
    epochs: int = epochs_param(5, "the training pairs are shown", le=200)
