"""Linear regression: settings to try, and the claims that they check."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tui_dl.experiment import Claim, Experiment, Measured

NEGATIVE = {"true_slope": -6.0, "true_intercept": 3.0}


def _grows(metric: str, *arms: str) -> Any:
    """Return a check that the metric grows from arm to arm."""
    return lambda m: all(m[a][metric] < m[b][metric] for a, b in pairwise(arms))


def _same_loss(m: Measured) -> bool:
    return bool(abs(m["this"]["loss"] / m["default"]["loss"] - 1) < 0.05)


def _same_line(m: Measured) -> bool:
    keras, tape = m["this"], m["tape"]
    return all(abs(keras[name] - tape[name]) < 0.01 for name in ("w", "b"))


EXPERIMENTS = (
    Experiment(
        "noise", "Noisy points", {"noise": 3.0},
        "Where does the loss end, and how far is the fitted line from the true one? Compare `fit_error` with noise 0 and 1.",
        (
            Claim(
                "000/linreg-noise", "The noisier the points, the larger the error of the fit.",
                "error grows with the noise", _grows("fit_error", "0", "1", "this"),
                ("fit_error", "loss"), {"0": {"noise": 0.0}, "1": {"noise": 1.0}},
            ),
            Claim(
                "001/linreg-noise", "The fitted (w, b) lies further from the truth (3, 2) with more noise.",
                "noise 0: (2.96, 2.01); 1: (2.85, 1.90); 3: (3.76, 1.79): distance 0.04, 0.18, 0.79",
                lambda m: m["0"]["distance"] < 0.1 and _grows("distance", "0", "1", "this")(m),
                ("distance", "fit_error"), {"0": {"noise": 0.0}, "1": {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "negative", "A falling line", NEGATIVE | {"noise": 3.0},
        "Does more noise hurt a falling line in the same way? Watch w cross zero in “The path of (w, b)”.",
        (
            Claim(
                "000/linreg-negative", "For y = -6x + 3 too, more noise means a larger error.",
                "error grows with the noise", _grows("fit_error", "0", "1", "this"),
                ("fit_error", "loss"), {"0": NEGATIVE | {"noise": 0.0}, "1": NEGATIVE | {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "truth", "Another true line", NEGATIVE | {"noise": 1.0},
        "Does the final loss depend on the true slope and intercept? Compare with noise 1 on y = 3x + 2.",
        (
            Claim(
                "001/linreg-truth", "The true w and b do not change how well the fit predicts.",
                "no influence seen", _same_loss, ("loss", "fit_error"), {"default": {"noise": 1.0}},
            ),
        ),
    ),
    Experiment(
        "keras", "One Keras unit", {"method": "keras"},
        "Does Keras find the same w and b, step by step, as the written-out tape? Compare the loss curves.",
        (
            Claim(
                "000/keras-linreg", "The Keras one-unit model finds the same line as the tape.",
                "finds the line", _same_line, ("w", "b", "loss"), {"tape": {"method": "tape"}},
            ),
        ),
    ),
    Experiment(
        "too-fast", "Too large a learning rate", {"learning_rate": 0.9, "noise": 0.0},
        "What does the loss do if every step ends higher than it began? Watch “The path of (w, b)”.",
    ),
)  # fmt: skip
