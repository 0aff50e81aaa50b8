"""Policy gradient: the views and the measured values."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from lessons.policy_gradient.model import ENVIRONMENT, logits, softmax
from lessons.policy_gradient.settings import PolicyGradient
from tui_dl.lesson import Dataset, View

LONGEST = 200  # steps of the episode that is drawn: four seconds
TRAIL = 30  # of them on the map of the policy


def probability_of_right(model: Any, states: np.ndarray, p: PolicyGradient) -> np.ndarray:
    """Return π(right | s) for states (N, 4), at the present temperature."""
    u = logits([np.asarray(weight) for weight in model.weights])
    return softmax(u(states) / getattr(model, "temperature", p.temperature))[:, 1]


def policy_map(
    model: Any, p: PolicyGradient, plane: tuple[int, int], reach: float
) -> dict[str, Any]:
    """Draw P(push right) where two state variables vary and the other two are 0."""
    first, second = np.linspace(-reach, reach, 24), np.linspace(-2, 2, 24)
    states = np.zeros((24, 24, 4), "float32")
    states[..., plane[0]], states[..., plane[1]] = np.meshgrid(first, second)
    values = probability_of_right(model, states.reshape(-1, 4), p).reshape(24, 24)
    return {
        "kind": "plane", "title": f"π(right | s): from {values.min():.2f} to {values.max():.2f}",
        "regions": {"values": values.tolist(), "scale": "classes", "name": "π(right)"},
        "x_range": [-reach, reach], "y_range": [-2.0, 2.0],
    }  # fmt: skip


def played(model: Any) -> np.ndarray:
    """Play at most four seconds from one start, always with the more probable action.

    Return the states (steps + 1, 4).
    """
    u = logits([np.asarray(weight) for weight in model.weights])
    environment = gymnasium.make(ENVIRONMENT, max_episode_steps=LONGEST)
    state, _ = environment.reset(seed=0)
    states, over = [state], False
    while not over:
        state, _, terminated, truncated, _ = environment.step(int(u(state).argmax()))
        states.append(state)
        over = terminated or truncated
    return np.array(states)


def balance(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw a moment of an episode, and the steps before it on the map of the policy.

    The moment moves on with the updates.
    """
    states = played(model)
    t = 7 * getattr(model, "steps", 0) % (len(states) - 1)
    position, _, angle, _ = states[t].tolist()
    right = float(probability_of_right(model, states[t : t + 1], p)[0])
    way = states[max(0, t - TRAIL) : t + 1, 2:].T.tolist()
    moves = len(states) - 1
    title = f"the pole falls at step {moves}" if moves < LONGEST else f"upright for {moves} steps"
    return {
        "kind": "panels", "columns": 2, "widths": [1, 1], "title": f"{title}; here step {t}",
        "panels": [
            {"kind": "cartpole", "title": "the likelier push", "position": position, "angle": angle,
             "push": 1 if right > 0.5 else -1,
             "labels": ["π(left)", "π(right)"], "values": [1 - right, right]},
            pole_policy(model, data, p) | {
                "title": "last steps, ◎ now",
                "lines": [{"name": "", "x": way[0], "y": way[1]}],
                "words": [{"text": "◎", "x": way[0][-1], "y": way[1][-1], "bold": True}],
            },
        ],
    }  # fmt: skip


def pole_policy(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw the policy over the pole's angle and angular velocity, with the cart at rest."""
    labels = {"x_label": "pole angle", "y_label": "velocity"}
    return policy_map(model, p, (2, 3), 0.21) | labels


def cart_policy(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw the policy over the cart's position and velocity, the pole upright and at rest."""
    labels = {"x_label": "cart position", "y_label": "velocity"}
    return policy_map(model, p, (0, 1), 2.4) | labels


VIEWS = (
    View("balance", "Cart and pole", balance),
    View("pole", "Policy over the pole", pole_policy),
    View("cart", "Policy over the cart", cart_policy),
)
