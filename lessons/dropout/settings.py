"""Dropout: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class DropoutNetwork(Hyperparameters):
    """A wide network and few images, some with wrong labels: it could memorize all of them."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    training_images: int = param(
        500, "The number of images to train on; with fewer it overfits sooner.", ge=50, le=60_000
    )
    wrong_labels: float = param(
        0.2, "The share of training images whose label is drawn at random.", ge=0, le=1
    )
    hidden_layers: int = param(
        2, "Layers between the pixels and the output.", ge=1, le=8, unit="layers"
    )
    units: int = param(256, "Units of each hidden layer.", ge=2, le=1024, unit="units")
    rate: float = param(
        0.5, "r: the probability that a hidden unit is dropped in a step.", ge=0, le=0.95
    )
    input_rate: float = param(
        0.0, "The probability that a pixel is dropped in a step.", ge=0, le=0.95
    )
    rescale: Literal["training", "inference", "never"] = param(
        "training", "When activations are rescaled; never is a mistake that shows its cost."
    )
    learning_rate: float = learning_rate_param(0.001, "η: Adam's step size.", le=1)
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(60, "every image is shown")
