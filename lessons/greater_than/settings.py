"""Greater than: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class GreaterThan(Hyperparameters):
    """Changes to the data, and the training."""

    noise: float = param(0.0, "Share of the labels that are flipped.", ge=0, le=0.5)
    dummies: int = param(0, "Useless random inputs next to a and b.", ge=0, le=20, unit="inputs")
    scale: float = param(1.0, "Factor by which every input is multiplied.", ge=0.001, le=10_000)
    shift: float = param(0.0, "Number that is added to every input.", ge=-10_000, le=10_000)
    learning_rate: float = learning_rate_param(
        0.03, "η, about how far one step moves a weight.", le=1
    )
    batch_size: int = batch_size_param(30, "pairs", le=1000)
    epochs: int = epochs_param(100, "all pairs are shown", le=1000)
