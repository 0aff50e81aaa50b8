"""Bidirectional RNN: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class BidirectionalRNN(Hyperparameters):
    """A noisy signal is +1 or −1 and flips now and then. Which is it at each step?"""

    reads: Literal["both", "forward"] = param(
        "both", "From both ends, or from the first step to the last."
    )
    shift: int = param(
        0, "Ask for the signal this many steps later (below 0: earlier).",
        ge=-10, le=10, unit="steps",
    )  # fmt: skip
    units: int = param(16, "Size of the state, of each direction.", ge=1, le=128)
    flips: float = param(
        0.05, "How often the signal flips from one step to the next.", ge=0, le=0.5
    )
    noise: float = param(1.0, "Standard deviation of the noise.", ge=0.1, le=5)
    steps: int = param(40, "Length of a sequence.", ge=2, le=200, unit="steps")
    sequences: int = param(
        2000, "Training sequences; 500 more are for validation.", ge=50, le=20_000
    )
    learning_rate: float = learning_rate_param(0.005, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(50, "sequences", le=1000)
    epochs: int = epochs_param(20, "the training sequences are shown", le=200)
