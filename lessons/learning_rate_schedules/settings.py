"""Learning-rate schedules: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, batch_size_param, learning_rate_param, param


class Schedules(Hyperparameters):
    """The schedule, its parameters, and the network that it trains."""

    schedule: Literal["warmup-cosine", "plateau", "constant"] = param(
        "warmup-cosine", "How the learning rate changes from epoch to epoch."
    )
    learning_rate: float = learning_rate_param(
        0.001, "η: the peak, or the rate at the start.", ge=1e-6, le=1
    )
    warmup: int = param(
        10, "Warm-up: epochs in which the rate climbs to its peak.", ge=0, le=500, unit="epochs"
    )
    zero_start: bool = param(False, "Make the study article's error: epoch 0 has a rate of 0.")
    factor: float = param(0.1, "f, plateau: a cut multiplies the rate by this.", ge=0.01, le=0.99)
    patience: int = param(
        10, "Plateau: epochs without a new best loss before a cut.", ge=1, le=200, unit="epochs"
    )
    cooldown: int = param(
        0, "Plateau: epochs after a cut that do not count.", ge=0, le=200, unit="epochs"
    )
    floor: float = param(0.0, "Plateau: the rate is never cut below this.", ge=0, le=1)
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(
        4, "Layers between the pixels and the output.", ge=1, le=10, unit="layers"
    )
    units: int = param(32, "Units of each hidden layer.", ge=1, le=256, unit="units")
    batch_size: int = batch_size_param(32, "images")
    epochs: int = param(200, "T: how often every image is shown.", ge=1, le=500)
