"""Sequence to sequence: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class SequenceToSequence(Hyperparameters):
    """An encoder reads a question letter by letter; a decoder starts from its last state."""

    digits: int = param(2, "Maximum number of digits of each number.", ge=1, le=3, unit="digits")
    pairs: int = param(
        8000,
        "Number of training sums; up to 2000 more are for validation.",
        ge=50,
        le=50_000,
        unit="sums",
    )
    lowest_first: bool = param(False, "Write the answer from its last digit: 65 is written 56.")
    reverse: bool = param(False, "Let the encoder read the question from its end.")
    units: int = param(128, "Size of the state that the encoder hands over.", ge=4, le=512)
    teacher_forcing: bool = param(
        True, "In training, feed the right letters to the decoder instead of its own."
    )
    learning_rate: float = learning_rate_param(0.004, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(128, "sums", le=1000)
    epochs: int = epochs_param(60, "the training sums are shown")
