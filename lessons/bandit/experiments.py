"""Bandit: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

FOLLOW = {"drift": 0.05, "epochs": 250}
EXPERIMENTS = (
    Experiment(
        "greedy", "No exploration", {"epsilon": 0.0},
        "Does an agent that never explores find the best arm? Watch “Best arm found”, and the slope in “Regret”.",
    ),
    Experiment(
        "cautious", "Little exploration, 5,000 pulls", {"epsilon": 0.01, "epochs": 250},
        "Does little exploration pay in the long run? Compare its regret after 1,000 and after 5,000 pulls with a run at ε = 0.1.",
    ),
    Experiment(
        "restless", "Half of the pulls at random", {"epsilon": 0.5},
        "What does much exploration cost? Compare the estimates in “One bandit” with the slope in “Regret”.",
    ),
    Experiment(
        "fading", "Exploration that fades", {"epsilon": 1.0, "half_life": 50},
        "Can the regret become almost flat? ε starts at 1 and halves every 50 pulls: watch the curve in “Regret” bend.",
    ),
    Experiment(
        "optimistic", "Optimistic estimates", {"epsilon": 0.0, "first_estimate": 5.0, "learning_rate": 0.1},
        "Can an agent explore without random choices? All estimates start at 5: watch “One bandit” first, then `late_regret`.",
    ),
    Experiment(
        "drifting", "Arms that change", FOLLOW,
        "Does a mean over all rewards still find the best arm when the arms change? Watch “Best arm found”.",
    ),
    Experiment(
        "following", "Arms that change, α = 0.1", {**FOLLOW, "learning_rate": 0.1},
        "Does a constant α follow arms that change? Compare “Best arm found” with the experiment `drifting`.",
    ),
)  # fmt: skip
