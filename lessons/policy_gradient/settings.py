"""Policy gradient: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class PolicyGradient(Hyperparameters):
    """CartPole, one gradient step after every batch of whole episodes."""

    learning_rate: float = learning_rate_param(
        1.0, "η of the update; 0.01 suits adam.", ge=1e-4, le=1000
    )
    optimizer: Literal["sgd", "adam"] = param("sgd", "sgd is θ ← θ + η∇J; adam scales each step.")
    temperature: float = param(1.0, "T: high is random, low is greedy.", ge=0.05, le=20, live=True)
    entropy_bonus: float = param(0.0, "Weight of the entropy in J.", ge=0, le=1, live=True)
    baseline: Literal["value", "mean", "none"] = param("value", "b(s): V(s), the mean, or 0.")
    discount: float = param(0.99, "γ: the factor by which a later reward counts.", ge=0.5, le=1)
    environments: int = param(16, "Episodes played for each update.", ge=1, le=64, unit="episodes")
    units: int = param(32, "Width of the hidden layer.", ge=1, le=256, unit="units")
    epochs: int = param(40, "How many groups of updates, at most.", ge=1, le=1000)
    steps_per_epoch: int = param(10, "Updates in a group.", ge=1, le=100, unit="updates")
    stop_at_return: int = param(475, "Ends the run: the mean of 100 episodes.", ge=10, le=500)
