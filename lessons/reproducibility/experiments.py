"""Reproducibility: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "same", "Equal seeds", {},
        "Does any bit of the two networks differ after the training? Watch `differing` and “Fingerprints”.",
    ),
    Experiment(
        "other-weights", "Other initial weights", {"weights_seed": 1},
        "On how many images do two networks with entirely different weights disagree? Watch “Read differently”.",
    ),
    Experiment(
        "other-order", "Another order of the images", {"order_seed": 1},
        "How soon do the networks part, and how far? Watch “How they part”, which starts at no distance.",
    ),
    Experiment(
        "other-dropout", "Other dropped units", {"dropout_seed": 1},
        "Do other dropped units part the networks further than another order? Compare “How they part” with `other-order`.",
    ),
    Experiment(
        "nudge", "A rounding error", {"nudge": 1e-7},
        "Does a difference of one ten-millionth, made once, change any answer? Watch `distance`, then raise `learning_rate` to 0.05.",
    ),
    Experiment(
        "no-dropout", "An unused seed", {"dropout": 0.0, "dropout_seed": 1},
        "Does the dropout seed matter if nothing is dropped? Watch `differing`.",
    ),
)  # fmt: skip
