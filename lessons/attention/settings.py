"""Attention: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import Hyperparameters, param


class Attention(Hyperparameters):
    """Read "thu 12 mar '98", write 1998-03-12."""

    attention: bool = param(
        True, "Look back at every character read; off, the encoder's last state is all there is."
    )
    dates: int = param(1, "Most dates in one line; a line holds 1 to so many.", ge=1, le=4)
    units: int = param(
        64, "Size of the decoder's state, and of the notes: half for each way of reading.",
        ge=4, le=256,
    )  # fmt: skip
    pairs: int = param(
        10_000, "Lines to train on; 2048 more are for validation.", ge=100, le=30_000, unit="pairs"
    )
    learning_rate: float = param(0.005, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(50, "Pairs that share one step.", ge=1, le=1000, unit="pairs")
    epochs: int = param(5, "How often the training pairs are shown.", ge=1, le=200)
