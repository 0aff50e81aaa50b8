"""Bandit: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class Bandit(Hyperparameters):
    """Many bandits side by side; your agent, and other agents that explore less or more."""

    epsilon: float = param(0.1, "ε: share of pulls of a random arm.", ge=0, le=1, live=True)
    half_life: int = param(
        0, "Pulls after which ε has halved; 0 keeps it.", ge=0, le=10_000, unit="pulls"
    )
    first_estimate: float = param(
        0.0, "Q before the first pull: high is optimistic.", ge=-10, le=10
    )
    learning_rate: float = learning_rate_param(
        0.0, "α: what one reward moves Q; 0 takes the mean, 1/N.", ge=0, le=1
    )
    drift: float = param(
        0.0, "Spread by which an arm's worth changes in a pull.", ge=0, le=1, live=True
    )
    arms: int = param(10, "Arms of each bandit.", ge=2, le=100, unit="arms")
    bandits: int = param(2000, "Bandits to take the mean over.", ge=1, le=10_000, unit="bandits")
    epochs: int = param(50, "Blocks of twenty pulls.", ge=1, le=1000, unit="blocks")
