"""Convolution in color: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Cifar10Cnn(Hyperparameters):
    """One or two blocks of two convolutions and a pooling, then a dense layer."""

    images: Literal["auto", "shapes", "cifar10"] = param(
        "auto",
        "CIFAR-10 photographs or generated colored shapes; auto takes CIFAR-10 if it is present.",
    )
    training_images: int = param(
        50_000, "Largest number of training images; a fifth as many validate.", ge=100, le=50_000,
        unit="images", label="training images",
    )  # fmt: skip
    filters: int = param(
        32, "Filters of each convolution of block 1; block 2 has twice as many.", ge=1, le=128
    )
    blocks: int = param(2, "Blocks of two convolutions and a pooling.", ge=1, le=2)
    dropout: float = param(0.25, "Share of values set to zero after each block.", ge=0, le=0.9)
    units: int = param(512, "Units of the dense layer.", ge=1, le=1024, unit="units")
    dense_dropout: float = param(
        0.5, "Share of values set to zero after the dense layer.", ge=0, le=0.9
    )
    learning_rate: float = learning_rate_param(0.001, "η of Adam.", ge=1e-6, le=1)
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(20, "every image is shown")
