"""Variational autoencoder: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class VariationalAutoencoder(Hyperparameters):
    """An encoder, a few latent variables z, and a decoder, with or without a prior on z."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "The embedded digits (8×8), MNIST (28×28), or MNIST where it is present."
    )
    kind: Literal["vae", "autoencoder"] = param(
        "vae", "Draw z from a distribution (vae), or use the encoder's output itself (autoencoder)."
    )
    latent: int = param(2, "How many numbers z has.", ge=1, le=32)
    beta: float = param(
        1.0, "β: weight of the KL divergence in the loss; 1 gives the ELBO.", ge=0, le=100
    )
    units: int = param(128, "Width of the two hidden layers.", ge=1, le=1024, unit="units")
    learning_rate: float = learning_rate_param(0.003, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(32, "images")
    epochs: int = epochs_param(60, "every image is shown", le=1000)
