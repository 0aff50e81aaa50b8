"""Overfitting: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

STOP = {"early_stopping": True, "keep": "best"}
EXPERIMENTS = (
    Experiment(
        "overfit", "Forty points by heart", {},
        "The training loss goes on falling after the validation loss has turned upwards. Note the epoch of the turn, and the islands in “Boundary”.",
    ),
    Experiment(
        "checkpoint", "Keep the best epoch", {"keep": "best"},
        "The curves are those of `overfit` to the last digit, but the weights of the lowest validation loss come back in the end: compare `test_loss`.",
    ),
    Experiment(
        "early-stopping", "Stop in time", STOP,
        "The run ends 30 epochs after the best one: the same weights as `checkpoint` for a fraction of the time.",
    ),
    Experiment(
        "impatient", "No patience", STOP | {"patience": 0},
        "The first epoch that is not better ends it after a dozen, though the validation loss has its lowest far ahead. Is `test_loss` worse for it? Judged by sixty points, not always.",
    ),
    Experiment(
        "wrong-number", "Watching the training loss", STOP | {"monitor": "loss"},
        "The training loss hardly ever stops improving, so nothing stops: the best epoch by this number is nearly the last one.",
    ),
    Experiment(
        "more-data", "A thousand points", {"samples": 2500, "epochs": 40},
        "The same network cannot memorize a thousand noisy points so soon: both curves stay together, and the boundary is smooth.",
    ),
    Experiment(
        "small", "Three units", {"units": 3},
        "With so few weights the boundary can hardly bend: no gap opens like that of `overfit`, but both losses stay high, for this is too small.",
    ),
    Experiment(
        "l2", "A price on large weights", {"l2": 0.01},
        "Sharp bends need large weights; at this price the boundary stays smooth. The loss shown contains the penalty, `test_loss` does not.",
    ),
)  # fmt: skip
