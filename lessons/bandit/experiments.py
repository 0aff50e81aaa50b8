"""Bandit: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

FOLLOW = {"drift": 0.05, "epochs": 250}
EXPERIMENTS = (
    Experiment(
        "greedy", "Never try", {"epsilon": 0.0},
        "It settles on an arm after a few pulls, in two bandits of three on a wrong one, and stays: the regret grows in a straight line.",
    ),
    Experiment(
        "cautious", "Try one time in a hundred", {"epsilon": 0.01, "epochs": 250},
        "Lay a run with an ε of 0.1 beside it. After 1000 pulls this one has lost half as much again, after 5000 less: it finds the best arm late and wastes little then.",
    ),
    Experiment(
        "restless", "Try every second time", {"epsilon": 0.5},
        "It knows every arm well and uses that half of the time: see the estimates of one bandit, then the regret.",
    ),
    Experiment(
        "fading", "Try much, then less", {"epsilon": 1.0, "half_life": 50},
        "All trial at first, all use in the end: the regret rises steeply and then bends.",
    ),
    Experiment(
        "optimistic", "Expect too much", {"epsilon": 0.0, "first_estimate": 5.0, "learning_rate": 0.1},
        "No chance at all: every arm disappoints, so every arm is tried. Steep at first, nearly flat in the end: see `late_regret`.",
    ),
    Experiment(
        "drifting", "The arms change", FOLLOW,
        "A mean over all rewards remembers what no longer holds: the share of best arms falls away.",
    ),
    Experiment(
        "following", "The arms change, α = 0.1", {**FOLLOW, "learning_rate": 0.1},
        "A constant α forgets old rewards and follows. Compare with `drifting`.",
    ),
)  # fmt: skip
