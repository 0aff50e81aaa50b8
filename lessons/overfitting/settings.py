"""Overfitting: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class Overfitting(Hyperparameters):
    """The number of points, the size of the network, and when to stop training."""

    samples: int = param(
        100, "The number of points, training and validation together.", ge=8, le=4000, unit="points"
    )
    validation: float = param(
        0.6, "The share of the points held back for validation.", ge=0.1, le=0.9, label="held back"
    )
    noise: float = param(
        0.3, "The standard deviation of the noise that is added to the half moons.", ge=0, le=2
    )
    units: int = param(128, "Units of each of the two hidden layers.", ge=1, le=512, unit="units")
    l2: float = param(0.0, "λ: each squared weight adds λ w² to the loss.", ge=0, le=1, label="L2")
    monitor: Literal["val_loss", "val_accuracy", "loss"] = param(
        "val_loss", "The metric that decides which epoch is the best."
    )
    keep: Literal["last", "best"] = param(
        "last", "The weights that remain: the last epoch's, or the best one's (checkpoint)."
    )
    early_stopping: bool = param(
        False, "Stop when the monitored metric no longer improves.", label="early stop"
    )
    patience: int = param(
        30, "Epochs without improvement before stopping.", ge=0, le=1000, unit="epochs"
    )
    min_delta: float = param(
        0.0, "A smaller improvement than this counts as none.", ge=0, le=1, label="min delta"
    )
    learning_rate: float = learning_rate_param(0.002, "η: the size of one step of Adam.", le=1)
    batch_size: int = param(
        10, "Points that share one step.", ge=1, le=1024, unit="points", label="batch size"
    )
    epochs: int = epochs_param(300, "every training point is shown, at most", le=2000)
