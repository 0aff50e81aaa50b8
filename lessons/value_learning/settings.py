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
        "q-learning", "What the target of an update is."
    )
    learning_rate: float = learning_rate_param(
        0.1, "α: the share of the error that one update removes.", ge=0.001, le=1
    )
    epsilon: float = param(0.1, "ε: the probability of a random step.", ge=0, le=1, live=True)
    discount: float = param(
        1.0, "γ: the factor by which a reward one step later counts.", ge=0, le=1
    )
    first_value: float = param(0.0, "Q of every action before the first step.", ge=-200, le=200)
    learners: int = param(50, "Learners to average over.", ge=1, le=500, unit="learners")
    epochs: int = param(500, "Episodes to train.", ge=1, le=5000, unit="episodes")
