"""Convolution: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class MnistCnn(Hyperparameters):
    """Two convolutions, one pooling, then a dense network."""

    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28) or the embedded digits (8×8); auto takes MNIST if it is present."
    )
    training_images: int = param(
        60_000, "Largest number of training images; if fewer than all, a fifth as many validate.", ge=100, le=60_000,
        unit="images", label="training images",
    )  # fmt: skip
    filters_1: int = param(
        32, "Filters of the first convolution.", ge=1, le=128, label="filters, first"
    )
    filters_2: int = param(
        64, "Filters of the second convolution.", ge=1, le=128, label="filters, second"
    )
    size: int = param(
        3, "k: height and width of each filter.", ge=1, le=4, unit="pixels", label="filter size"
    )
    pooling: bool = param(True, "Keep the maximum of each 2×2 values.")
    dropout: float = param(0.25, "Share of values set to zero after pooling.", ge=0, le=0.9)
    units: int = param(128, "Units of the dense layer.", ge=1, le=1024, unit="units")
    dense_dropout: float = param(
        0.5, "Share of values set to zero after the dense layer.", ge=0, le=0.9
    )
    learning_rate: float = learning_rate_param(0.001, "η of Adam.", ge=1e-6, le=1)
    batch_size: int = batch_size_param(128, "images")
    epochs: int = epochs_param(20, "every image is shown")
