"""LSTM: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class LongShortTermMemory(Hyperparameters):
    """Was the message +1 or −1? It comes at the first step; noise follows for `lag` steps."""

    cell: Literal["lstm", "peephole", "simple_rnn"] = param(
        "lstm", "What remembers: LSTM, LSTM with peepholes, or no gates."
    )
    units: int = param(16, "Size of the hidden state, and of the cell state.", ge=1, le=128)
    forget_bias: float = param(
        3.0, "b_f before training: how far open the forget gate starts.", ge=-5, le=10
    )
    lag: int = param(
        50, "Steps of noise between the message and the answer.", ge=1, le=200, unit="steps"
    )
    noise: float = param(2.0, "Standard deviation of the noise that follows.", ge=0, le=10)
    sequences: int = param(
        2000, "Training sequences; 1000 more are for validation.", ge=100, le=20_000
    )
    learning_rate: float = learning_rate_param(0.01, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(50, "sequences", le=1000)
    epochs: int = epochs_param(10, "the training sequences are shown", le=200)
