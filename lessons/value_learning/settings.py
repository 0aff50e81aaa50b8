"""Value learning: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class ValueLearning(Hyperparameters):
    """A table Q(s, a) for each of many independent learners."""

    world: Literal["cliff", "grid"] = param(
        "cliff", "Gymnasium's CliffWalking, or a grid of 3 × 4."
    )
    method: Literal["q-learning", "sarsa", "monte-carlo"] = param(
        "q-learning", "What an action value is moved towards."
    )
    learning_rate: float = learning_rate_param(
        0.1, "α: the share of the error that one update takes away.", ge=0.001, le=1
    )
    epsilon: float = param(0.1, "ε: share of random moves.", ge=0, le=1, live=True)
    discount: float = param(1.0, "γ: what a reward one move later is worth now.", ge=0, le=1)
    first_value: float = param(0.0, "Q of every action before the first move.", ge=-200, le=200)
    learners: int = param(50, "Learners to take the mean over.", ge=1, le=500, unit="learners")
    epochs: int = param(500, "How many episodes.", ge=1, le=5000, unit="episodes")
