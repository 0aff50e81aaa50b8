"""Variational autoencoder: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class VariationalAutoencoder(Hyperparameters):
    """An encoder, a few numbers z, a decoder; and the question what z may be."""

    images: Literal["auto", "digits", "mnist"] = param(
        "digits", "The embedded digits (8×8), MNIST (28×28), or MNIST where it is present."
    )
    kind: Literal["vae", "autoencoder"] = param(
        "vae", "Whether z is drawn from a distribution, or is the code itself."
    )
    latent: int = param(2, "Numbers in z.", ge=1, le=32)
    beta: float = param(1.0, "β: the weight of KL in the loss; 1 is the bound.", ge=0, le=100)
    units: int = param(128, "Width of the two hidden layers.", ge=1, le=1024, unit="units")
    learning_rate: float = param(0.003, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(32, "Images that share one step.", ge=1, le=1024, unit="images")
    epochs: int = param(60, "How often every image is shown.", ge=1, le=1000)
