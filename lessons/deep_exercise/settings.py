"""Exercise: a deep network: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, batch_size_param, param

Start = Literal["normal", "xavier", "he"]


class DeepExercise(Hyperparameters):
    """A plain start. The task on the theory page says how to change it."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    hidden_layers: int = param(1, "How many hidden layers.", ge=1, le=10, unit="layers")
    units: int = param(128, "Units of each hidden layer.", ge=1, le=512, unit="units")
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid", "The activation function of the hidden layers."
    )
    hidden_start: Start = param(
        "normal", "Initial weights of the hidden layers: standard deviation 1, √(1/n) or √(2/n)."
    )
    output_start: Start = param(
        "normal", "Initial weights of the softmax layer, from the same three."
    )
    batch_normalization: bool = param(
        False, "Normalize each pre-activation over the batch.", label="batch norm"
    )
    dropout: float = param(
        0.0, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    schedule: Literal["constant", "warmup-cosine"] = param(
        "constant", "One rate for all epochs, or a linear warm-up and then a cosine."
    )
    warmup: int = param(
        0, "T_w: epochs in which the rate climbs, with warmup-cosine.", ge=0, le=50, unit="epochs"
    )
    learning_rate: float = param(
        0.001, "η of Adam: the rate, or the peak of the schedule, which sets it every epoch.",
        ge=1e-6, le=1, live=True,
    )  # fmt: skip
    batch_size: int = batch_size_param(32, "images")
    epochs: int = param(5, "T: how often every image is shown.", ge=1, le=200)
