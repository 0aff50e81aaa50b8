"""RNN and BPTT: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class BackPropagationThroughTime(Hyperparameters):
    """A recurrent network that adds two binary numbers, one column of bits per step."""

    bits: int = param(
        8, "Length T of a sequence: one step for each bit of the sum.", ge=2, le=32, unit="steps"
    )
    units: int = param(16, "Number of units in the hidden state h.", ge=1, le=64)
    activation: Literal["tanh", "sigmoid", "relu"] = param(
        "tanh", "Activation function f of the hidden state, h = f(u)."
    )
    error: Literal["squared", "cross_entropy"] = param(
        "squared", "Loss: ½(ŷ−y)², or cross-entropy, whose δ has no factor σ′."
    )
    recurrent_scale: float = param(
        1.0, "Initial W is a rotation times this: all its singular values equal it.", ge=0.01, le=10
    )
    transpose: bool = param(
        True, "Carry δ back through Wᵀ; off uses W by mistake, which the check finds."
    )
    clip_norm: float = param(
        0.0, "Scale a gradient with a larger norm down to this one; 0 never clips.", ge=0, le=100
    )
    learning_rate: float = learning_rate_param(0.2, "η, the factor of the gradient in each step.")
    batch_size: int = batch_size_param(32, "sums", le=500)
    epochs: int = epochs_param(20, "the 2000 training sums are shown")

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in an epoch; the remaining sums are left out until the next shuffle."""
        return SUMS // self.batch_size


SUMS, UNSEEN = 2000, 500
