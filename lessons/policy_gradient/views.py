"""Policy gradient: the views and the measured values."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from lessons.policy_gradient.model import ENVIRONMENT, preferences, softmax
from lessons.policy_gradient.settings import PolicyGradient
from tui_dl.lesson import Dataset, View


def probability_of_right(model: Any, states: np.ndarray, p: PolicyGradient) -> np.ndarray:
    """Return π(right | s) for states (N, 4), at the present temperature."""
    h = preferences([np.asarray(weight) for weight in model.weights])
    return softmax(h(states) / getattr(model, "temperature", p.temperature))[:, 1]


def policy_map(
    model: Any, p: PolicyGradient, plane: tuple[int, int], reach: float
) -> dict[str, Any]:
    """Draw P(push right) where two state variables vary and the other two are 0."""
    first, second = np.linspace(-reach, reach, 32), np.linspace(-2, 2, 32)
    states = np.zeros((32, 32, 4), "float32")
    states[..., plane[0]], states[..., plane[1]] = np.meshgrid(first, second)
    values = probability_of_right(model, states.reshape(-1, 4), p).reshape(32, 32)
    return {
        "kind": "heatmap", "title": "P(push right)", "values": values.tolist(),
        "low": 0.0, "high": 1.0, "x_range": [-reach, reach], "y_range": [-2.0, 2.0],
    }  # fmt: skip


def pole_policy(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw the policy over the pole's angle and angular velocity, with the cart at rest."""
    labels = {"x_label": "pole angle (rad)", "y_label": "its velocity (rad/s)"}
    return policy_map(model, p, (2, 3), 0.21) | labels


def cart_policy(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw the policy over the cart's position and velocity, the pole upright and at rest."""
    labels = {"x_label": "cart position (m)", "y_label": "cart velocity (m/s)"}
    return policy_map(model, p, (0, 1), 2.4) | labels


def episode(model: Any, data: Dataset, p: PolicyGradient) -> dict[str, Any]:
    """Draw at most four seconds (200 steps) from one start, always with the likelier action."""
    h = preferences([np.asarray(weight) for weight in model.weights])
    environment = gymnasium.make(ENVIRONMENT, max_episode_steps=200)
    state, _ = environment.reset(seed=0)
    path, over = [state], False
    while not over:
        state, _, terminated, truncated, _ = environment.step(int(h(state).argmax()))
        path.append(state)
        over = terminated or truncated
    seconds = [0.02 * step for step in range(len(path))]
    x, _, theta, _ = np.array(path).T
    return {
        "kind": "lines", "title": f"one episode: {len(path) - 1} of 200 steps", "x_label": "seconds",
        "series": [
            {"name": "pole angle (1 = fallen)", "x": seconds, "y": (theta / np.radians(12)).tolist()},
            {"name": "cart (1 = end of track)", "x": seconds, "y": (x / 2.4).tolist()},
        ],
    }  # fmt: skip


VIEWS = (
    View("pole", "Policy over the pole", pole_policy),
    View("cart", "Policy over the cart", cart_policy),
    View("episode", "One episode", episode),
)
