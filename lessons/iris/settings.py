"""Iris: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, param


class Iris(Hyperparameters):
    """One hidden layer between four lengths and three species."""

    units: int = param(12, "Width of the hidden layer.", ge=1, le=256, unit="units")
    activation: Literal["relu", "sigmoid", "tanh"] = param("relu", "Of the hidden layer.")
    learning_rate: float = param(0.01, "How far one step of SGD goes.", ge=1e-5, le=10, live=True)
    batch_size: int = param(5, "Flowers that share one step.", ge=1, le=120, unit="flowers")
    epochs: int = param(20, "How often all flowers are shown.", ge=1, le=2000)
