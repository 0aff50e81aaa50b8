"""Q-network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from lessons.q_network.model import ENVIRONMENT, values_of
from lessons.q_network.settings import QNetwork
from tui_dl.lesson import Dataset, View

LONGEST = 300  # moves of the episode that is drawn: 10 ms


def in_moves(p: QNetwork) -> float:
    """Return the factor from the network's output to Q: discounted future moves."""
    return 1 / (1 - p.discount) if p.scaled else 1.0


def over_pole(model: Any, p: QNetwork) -> np.ndarray:
    """Return Q (32, 32, 2) over angular velocity and angle, with the cart in the middle."""
    angle, velocity = np.meshgrid(np.linspace(-0.21, 0.21, 32), np.linspace(-2, 2, 32))
    states = np.stack([0 * angle, 0 * angle, angle, velocity], axis=-1).astype("float32")
    return np.asarray(values_of(model)(states) * in_moves(p))


def heatmap(title: str, values: np.ndarray) -> dict[str, Any]:
    """Return a payload over the pole's angle and angular velocity."""
    return {
        "kind": "heatmap", "title": title, "values": values.tolist(),
        "x_label": "pole angle (rad)", "y_label": "its velocity (rad/s)",
        "x_range": [-0.21, 0.21], "y_range": [-2.0, 2.0],
    }  # fmt: skip


def value_map(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw V(s) = max Q(s, a): the discounted number of future moves that the network expects."""
    return heatmap("V(s) = max Q(s, a)", over_pole(model, p).max(axis=-1))


def leaning(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw Q(s, right) − Q(s, left), whose sign is the greedy policy."""
    return heatmap("Q(right) − Q(left)", np.diff(over_pole(model, p), axis=-1)[..., 0])


def episode(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw one greedy episode: V predicted at each move, and the return that followed.

    If the pole is still up after the last move drawn, the rest is taken from the prediction.
    """
    q, fell = values_of(model), False
    environment = gymnasium.make(ENVIRONMENT, max_episode_steps=LONGEST)
    state, _ = environment.reset(seed=0)
    predicted, over = [], False
    while not over:
        predicted.append(q(state))
        state, _, fell, cut, _ = environment.step(int(predicted[-1].argmax()))
        over = fell or cut
    V = np.max(predicted, axis=1) * in_moves(p)
    G = [0.0 if fell else float(q(state).max() * in_moves(p))]
    for _ in predicted:
        G.append(1 + p.discount * G[-1])
    moves = [float(t) for t in range(len(V))]
    return {
        "kind": "lines", "title": f"one episode: {len(V)} of {LONGEST} moves", "x_label": "move",
        "series": [
            {"name": "predicted V", "x": moves, "y": V.tolist()},
            {"name": "return that followed", "x": moves, "y": G[:0:-1]},
        ],
    }  # fmt: skip


def measure(model: Any, data: Dataset, p: QNetwork) -> dict[str, float]:
    """Measure fifty greedy episodes: mean return, plain and discounted, and V at the start."""
    q = values_of(model)
    environments = gymnasium.make_vec(ENVIRONMENT, num_envs=50)
    state, _ = environments.reset(seed=0)
    predicted = float(q(state).max(axis=1).mean() * in_moves(p))
    playing, total, discounted, t = np.ones(50, bool), np.zeros(50), np.zeros(50), 0
    while playing.any():
        state, r, fell, cut, _ = environments.step(q(state).argmax(axis=1))
        total += r * playing
        discounted += r * playing * p.discount**t
        playing, t = playing & ~(fell | cut), t + 1
    return {
        "greedy_return": float(total.mean()),
        "start_value": predicted,
        "start_return": float(discounted.mean()),
    }


VIEWS = (
    View("value", "Value over the pole", value_map),
    View("leaning", "Right against left", leaning),
    View("episode", "One episode", episode),
)
