"""Linear regression: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, epochs_param, learning_rate_param, param


class LinearRegression(Hyperparameters):
    """The line that generates the points, and how it is fitted."""

    method: Literal["tape", "keras"] = param(
        "tape", "Gradient and update written out with a tape, or one Keras unit."
    )
    true_slope: float = param(3.0, "Slope of the line that generates the points.", ge=-50, le=50)
    true_intercept: float = param(2.0, "Height of that line at x = 0.", ge=-50, le=50)
    noise: float = param(
        0.3, "Standard deviation of the noise added to each y.", ge=0, le=5, unit="units of y"
    )
    points: int = param(100, "The number of points.", ge=2, le=5000, unit="points")
    learning_rate: float = learning_rate_param(0.1, "η: the size of one step of w and b.")
    batch_size: int = param(
        100,
        "Points that share one step (all of them: the full batch).",
        ge=1,
        le=5000,
        unit="points",
    )
    epochs: int = epochs_param(300, "all points are shown", le=10_000)
