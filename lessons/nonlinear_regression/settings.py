"""Nonlinear regression: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class NonlinearRegression(Hyperparameters):
    """The curve that generates the points, and the polynomial fitted to them."""

    curve: Literal["cubic", "cubic-b", "quadratic"] = param(
        "cubic", "The curve that generates the points: one of three from the study articles."
    )
    noise: float = param(
        0.05, "Standard deviation of the noise added to each y.", ge=0, le=10, unit="units of y"
    )
    points: int = param(100, "The number of points.", ge=2, le=2000, unit="points")
    degree: int = param(3, "The highest power of x in the model.", ge=0, le=9)
    optimizer: Literal["adam", "sgd"] = param(
        "adam", "adam adapts the steps of each weight; sgd is plain gradient descent."
    )
    learning_rate: float = learning_rate_param(0.001)
    batch_size: int = param(
        100, "Points that share one step (all of them: the full batch).", ge=1, le=2000,
        unit="points",
    )  # fmt: skip
    epochs: int = epochs_param(10_000, "all points are shown", le=50_000)
