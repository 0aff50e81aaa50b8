"""Nonlinear regression: settings to try, and the claims that they check."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from tui_dl.experiment import Claim, Experiment, Measured

OTHER = {"curve": "cubic-b"}
QUADRATIC = {"curve": "quadratic", "degree": 2}
SPREAD = 30 * math.sqrt(16 / 5 - 16 / 9)  # standard deviation of 30x², x from U(−2, 2): 35.8


def _grows(m: Measured) -> bool:
    """True if both the loss and the distance to the true curve grow from noise 0 to 0.5 to 2."""
    pairs = pairwise(m[arm] for arm in ("0", "0.5", "this"))
    return all(a[name] < b[name] for a, b in pairs for name in ("fit_error", "loss"))


def _slow_underfits(m: Measured) -> bool:
    """True if 0.001 stays a tenth of the curve's spread away, and 0.1 within a hundredth."""
    slow, fast = m["0.001"]["fit_error"], m["this"]["fit_error"]
    return slow > SPREAD / 10 and fast < SPREAD / 100


def _noises(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"0": settings | {"noise": 0.0}, "0.5": settings | {"noise": 0.5}}


EXPERIMENTS = (
    Experiment(
        "noise", "Noisy points", {"noise": 2.0},
        "Where does the loss end with noise 2? And where is the fitted curve farthest from the true one: in the middle or at the ends?",
        (
            Claim(
                "000/cubic", "y = -0.4x³ + 1.6x² - 2.8x + 1: the noisier the points, the larger the error.",
                "error grows with the noise", _grows, ("fit_error", "loss"), _noises({}),
            ),
        ),
    ),
    Experiment(
        "cubic-b", "Another cubic, noisy points", OTHER | {"noise": 2.0},
        "Do other true weights change the final loss? Compare with “Noisy points”.",
        (
            Claim(
                "000/cubic-b", "y = 2.1x³ - 1.2x² - 4.8x + 2: again more noise, larger error.",
                "error grows with the noise", _grows, ("fit_error", "loss"), _noises(OTHER),
            ),
        ),
    ),
    Experiment(
        "too-slow", "30x² with a learning rate of 0.001", QUADRATIC,
        "Is the model too simple, or the training too short? Watch w2 in “The weights’ paths”.",
    ),
    Experiment(
        "faster", "30x² with a learning rate of 0.1", QUADRATIC | {"learning_rate": 0.1},
        "How many steps does w2 need to reach 30 with a hundred times the learning rate? Watch “The weights’ paths”.",
        (
            Claim(
                "001/quadratic-lr", "y = 30x² + 0.5x + 0.2: a learning rate of 0.001 underfits, 0.1 fits almost exactly.",
                "0.001: far off; 0.1: almost the same curve", _slow_underfits, ("fit_error", "w2", "loss"),
                {"0.001": QUADRATIC},
            ),
        ),
    ),
    Experiment(
        "line", "A line for a cubic", {"degree": 1, "noise": 0.5},
        "Does more training help a straight line to follow a cubic? Watch where the loss settles.",
    ),
    Experiment(
        "overfit", "Ten weights for ten points", {"degree": 9, "points": 10, "noise": 0.5, "learning_rate": 0.05},
        "Is a loss below the noise level a good sign? Compare `loss` with `fit_error`.",
    ),
    Experiment(
        "sgd", "Plain gradient descent", {"optimizer": "sgd", "learning_rate": 0.05},
        "Is plain gradient descent slower than Adam here? Then try a learning rate of 0.1 with seeds 0 to 3.",
    ),
)  # fmt: skip
