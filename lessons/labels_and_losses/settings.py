"""Labels and losses: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class LabelsAndLosses(Hyperparameters):
    """Two label formats and two losses: four pairs, of which two match."""

    labels: Literal["one-hot", "integers"] = param(
        "one-hot", "Labels as one-hot vectors, or as the numbers of their classes."
    )
    loss: Literal["categorical", "sparse"] = param(
        "categorical", "Categorical cross-entropy expects one-hot vectors, sparse expects integers."
    )
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST if it is present."
    )
    units: int = param(512, "Units in each of the two hidden layers.", ge=1, le=1024, unit="units")
    dropout: float = param(
        0.2, "The share of hidden activations set to 0 in training.", ge=0, le=0.9
    )
    learning_rate: float = learning_rate_param(0.001, "η of Adam.", ge=1e-6, le=1)
    batch_size: int = batch_size_param(128, "images")
    epochs: int = epochs_param(20, "every image is shown")
