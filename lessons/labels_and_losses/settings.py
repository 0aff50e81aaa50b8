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
        "one-hot", "A label as a row with a single 1, or as the number of its class."
    )
    loss: Literal["categorical", "sparse"] = param(
        "categorical", "Categorical cross-entropy reads rows, sparse reads integers."
    )
    images: Literal["auto", "digits", "mnist"] = param(
        "auto", "MNIST (28×28), the embedded digits (8×8), or MNIST where it is present."
    )
    units: int = param(512, "Units of both hidden layers.", ge=1, le=1024, unit="units")
    dropout: float = param(
        0.2, "The share of hidden outputs set to zero in training.", ge=0, le=0.9
    )
    learning_rate: float = learning_rate_param(0.001, "η of Adam.", ge=1e-6, le=1)
    batch_size: int = batch_size_param(128, "images")
    epochs: int = epochs_param(20, "every image is shown")
