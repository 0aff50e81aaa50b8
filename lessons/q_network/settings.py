"""Q-network: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class QNetwork(Hyperparameters):
    """CartPole; each step plays 16 moves in 16 environments, then takes 32 gradient steps."""

    learning_rate: float = learning_rate_param(1e-3, "Adam's step size.", le=1)
    epsilon: float = param(
        0.01, "ε in the end; it begins at 1.", ge=0, le=1, live=True, label="final epsilon"
    )
    exploration: int = param(
        150, "Steps in which ε falls to its end.", ge=1, le=10_000, unit="steps"
    )
    discount: float = param(0.995, "γ: what a reward one move later is worth.", ge=0.5, le=0.999)
    scaled: bool = param(True, "The network's unit is 1/(1−γ), the largest Q, and not 1.")
    optimism: float = param(1.0, "Q before training, as a share of the largest.", ge=0, le=1)
    double: bool = param(True, "One network picks the next action, the other values it.")
    bounded: bool = param(True, "Targets are cut at the largest Q there can be, 1/(1−γ).")
    target_rate: float = param(
        0.01, "τ: what a gradient step moves the target; 1 copies.", ge=1e-4, le=1
    )
    replay: int = param(
        20_000, "Moves remembered to learn from.", ge=256, le=1_000_000, unit="moves"
    )
    units: int = param(64, "Width of each hidden layer.", ge=1, le=256, unit="units")
    hidden_layers: int = param(2, "With 0 layers Q is linear in the state.", ge=0, le=4)
    epochs: int = param(50, "How many groups of steps, at most.", ge=1, le=1000)
    steps_per_epoch: int = param(20, "Steps in a group.", ge=1, le=100, unit="steps")
    stop_at_return: int = param(475, "Ends the run: the mean of 100 episodes.", ge=10, le=500)
