"""Reproducibility: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Reproducibility(Hyperparameters):
    """The seeds of the second network; those of the first are all 0."""

    weights_seed: int = param(0, "Seed of the second network's initial weights.", ge=0, le=9999)
    order_seed: int = param(
        0, "Seed of the order in which the second network sees the images.", ge=0, le=9999
    )
    dropout_seed: int = param(
        0, "Seed of the choice of units that the second network drops in each step.", ge=0, le=9999
    )
    nudge: float = param(
        0.0,
        "Added to the second network's hidden biases once, like a rounding error.",
        ge=0,
        le=0.1,
    )
    units: int = param(32, "Units of the hidden layer.", ge=1, le=512, unit="units")
    dropout: float = param(
        0.2, "Share of hidden activations set to zero in training.", ge=0, le=0.9
    )
    learning_rate: float = learning_rate_param(0.001, "η of Adam, for both networks.", le=1)
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(30, "every image is shown")
