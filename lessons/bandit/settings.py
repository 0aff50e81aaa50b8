"""Bandit: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class Bandit(Hyperparameters):
    """Many bandits side by side; your agent, and other agents that explore less or more."""

    epsilon: float = param(
        0.1, "ε: the probability of pulling a random arm.", ge=0, le=1, live=True
    )
    half_life: int = param(
        0, "Pulls in which ε halves; 0 keeps it constant.", ge=0, le=10_000, unit="pulls"
    )
    first_estimate: float = param(
        0.0, "Q before the first pull; high is optimistic.", ge=-10, le=10
    )
    learning_rate: float = learning_rate_param(
        0.0, "α: the step size; 0 uses 1/N, the mean.", ge=0, le=1
    )
    drift: float = param(
        0.0, "Standard deviation of the change of q per pull.", ge=0, le=1, live=True
    )
    arms: int = param(10, "Arms of each bandit.", ge=2, le=100, unit="arms")
    bandits: int = param(2000, "Bandits to average over.", ge=1, le=10_000, unit="bandits")
    epochs: int = param(50, "Blocks of twenty pulls.", ge=1, le=1000, unit="blocks")
