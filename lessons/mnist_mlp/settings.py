"""MNIST: one layer or three: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class MnistMlp(Hyperparameters):
    """One layer or three, their sizes, and the optimizer."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    training_images: int = param(
        60_000, "Use only the first N training images of MNIST.", ge=100, le=60_000,
        unit="images", label="train on",
    )  # fmt: skip
    layers: Literal["one", "three"] = param(
        "three", "The softmax layer alone, or with two hidden layers before it."
    )
    units_1: int = param(
        600, "Units of the first hidden layer.", ge=1, le=1024, unit="units", label="hidden 1"
    )
    units_2: int = param(
        300, "Units of the second hidden layer.", ge=1, le=1024, unit="units", label="hidden 2"
    )
    optimizer: Literal["adam", "sgd"] = param("adam", "Adam, or plain gradient descent.")
    learning_rate: float = learning_rate_param(0.001)
    batch_size: int = batch_size_param(100, "images")
    epochs: int = epochs_param(10, "every image is shown")
