"""Q-network: the hyperparameters."""

from __future__ import annotations

from tui_dl.parameters import Hyperparameters, learning_rate_param, param


class QNetwork(Hyperparameters):
    """CartPole; each step plays 16 moves in 16 environments, then takes 32 gradient steps."""

    learning_rate: float = learning_rate_param(1e-3, "Adam's step size.", le=1)
    epsilon: float = param(
        0.01, "ε at the end; it starts at 1.", ge=0, le=1, live=True, label="final epsilon"
    )
    exploration: int = param(
        150, "Steps in which ε falls to its final value.", ge=1, le=10_000, unit="steps"
    )
    discount: float = param(
        0.995, "γ: the factor by which a later reward counts.", ge=0.5, le=0.999
    )
    scaled: bool = param(True, "Learn (1−γ)Q, which is between 0 and 1.")
    optimism: float = param(1.0, "Q before training, as a share of the largest.", ge=0, le=1)
    double: bool = param(True, "Choose with one network, evaluate with the other.")
    bounded: bool = param(True, "Cut targets off at the largest possible Q, 1/(1−γ).")
    target_rate: float = param(
        0.01, "τ: the target network's share per step; 1 copies.", ge=1e-4, le=1
    )
    replay: int = param(
        20_000, "Transitions in the replay memory.", ge=256, le=1_000_000, unit="transitions"
    )
    units: int = param(64, "Width of each hidden layer.", ge=1, le=256, unit="units")
    hidden_layers: int = param(2, "With 0 layers Q is linear in the state.", ge=0, le=4)
    epochs: int = param(50, "How many groups of steps, at most.", ge=1, le=1000)
    steps_per_epoch: int = param(20, "Steps in a group.", ge=1, le=100, unit="steps")
    stop_at_return: int = param(475, "Ends the run: the mean of 100 episodes.", ge=10, le=500)
