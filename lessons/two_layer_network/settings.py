"""Two-layer network: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, learning_rate_param, param

PER_EPOCH = 5  # steps per epoch, so an epoch has 500 iterations


class TwoLayerNetwork(Hyperparameters):
    """The points, the network, and gradient descent over all points at once."""

    units: int = param(10, "H, the number of hidden units.", ge=1, le=50, unit="units")
    activation: Literal["sigmoid", "tanh", "relu"] = param(
        "sigmoid", "f, the activation function of the hidden units."
    )
    weight_scale: float = param(
        0.01, "Standard deviation of the initial weights; biases start at 0.", ge=0, le=10
    )
    points: int = param(100, "Number of points.", ge=2, le=1000, unit="points")
    noise: float = param(
        1.0, "Adds a random number from U(0, noise) to each target.", ge=0, le=5, unit="units of y"
    )
    learning_rate: float = learning_rate_param(
        0.2, "η, how far one iteration moves the parameters.", ge=1e-4, le=5
    )
    epochs: int = param(20, "Length of the training.", ge=1, le=400, unit="× 500 iterations")

    @property
    def steps_per_epoch(self) -> int:
        """Steps of the loop, of 100 iterations each."""
        return PER_EPOCH
