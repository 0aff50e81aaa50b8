"""Q-network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from lessons.q_network.model import ENVIRONMENT, values_of
from lessons.q_network.settings import QNetwork
from tui_dl.lesson import Dataset, View

LONGEST = 300  # moves of the episode that is drawn: 10 ms
TRAIL = 30  # of them on the map of the policy


def in_moves(p: QNetwork) -> float:
    """Return the factor from the network's output to Q: discounted future moves."""
    return 1 / (1 - p.discount) if p.scaled else 1.0


def over_pole(model: Any, p: QNetwork) -> np.ndarray:
    """Return Q (24, 24, 2) over angular velocity and angle, with the cart in the middle."""
    angle, velocity = np.meshgrid(np.linspace(-0.21, 0.21, 24), np.linspace(-2, 2, 24))
    states = np.stack([0 * angle, 0 * angle, angle, velocity], axis=-1).astype("float32")
    return np.asarray(values_of(model)(states) * in_moves(p))


def over_angle(values: np.ndarray, name: str, scale: str) -> dict[str, Any]:
    """Return a picture of values over the pole's angle and angular velocity."""
    return {
        "kind": "plane", "regions": {"values": values.tolist(), "scale": scale, "name": name},
        "x_label": "pole angle", "y_label": "velocity",
        "x_range": [-0.21, 0.21], "y_range": [-2.0, 2.0],
    }  # fmt: skip


def played(model: Any) -> tuple[np.ndarray, np.ndarray, bool]:
    """Play one greedy episode, always from the same start.

    Return the states (moves + 1, 4), the network's outputs there, and True if the pole fell.
    """
    q, fell, over = values_of(model), False, False
    environment = gymnasium.make(ENVIRONMENT, max_episode_steps=LONGEST)
    state, _ = environment.reset(seed=0)
    states = [state]
    outputs = [q(state)]
    while not over:
        state, _, fell, cut, _ = environment.step(int(outputs[-1].argmax()))
        states.append(state)
        outputs.append(q(state))
        over = fell or cut
    return np.array(states), np.array(outputs), bool(fell)


def cart(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw a moment of a greedy episode, and the moves before it on the greedy policy.

    The moment moves on with the steps of training.
    """
    states, outputs, fell = played(model)
    t = 7 * getattr(model, "steps", 0) % (len(states) - 1)
    position, _, angle, _ = states[t].tolist()
    way = states[max(0, t - TRAIL) : t + 1, 2:].T.tolist()
    values = (outputs[t] * in_moves(p)).tolist()
    lead = np.diff(over_pole(model, p), axis=-1)[..., 0]
    policy = over_angle(lead, "Q→ − Q←", "diverging")
    title = f"the pole falls at move {len(states) - 1}" if fell else f"upright for {LONGEST} moves"
    return {
        "kind": "panels", "columns": 2, "widths": [1, 1], "title": f"{title}; here move {t}",
        "panels": [
            {"kind": "cartpole", "title": "greedy push", "position": position, "angle": angle,
             "push": 1 if values[1] > values[0] else -1,
             "labels": ["Q(left)", "Q(right)"], "values": values},
            policy | {
                "title": "last moves, ◎ now",
                "lines": [{"name": "", "x": way[0], "y": way[1]}],
                "words": [{"text": "◎", "x": way[0][-1], "y": way[1][-1], "bold": True}],
            },
        ],
    }  # fmt: skip


def value_map(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw V(s) = max Q(s, a): the discounted number of future moves that the network expects."""
    V = over_pole(model, p).max(axis=-1)
    title = f"V(s) = max Q(s, a): up to {V.max():.0f} more moves"
    return over_angle(V, "V(s)", "sequential") | {"title": title}


def episode(model: Any, data: Dataset, p: QNetwork) -> dict[str, Any]:
    """Draw one greedy episode: V predicted at each move, and the return that followed.

    If the pole is still up after the last move drawn, the rest is taken from the prediction.
    """
    _, outputs, fell = played(model)
    V = outputs.max(axis=1) * in_moves(p)
    G = [0.0 if fell else float(V[-1])]
    for _ in V[1:]:
        G.append(1 + p.discount * G[-1])
    moves = [float(t) for t in range(len(V) - 1)]
    return {
        "kind": "lines", "title": f"one episode: {len(moves)} of {LONGEST} moves", "x_label": "move",
        "series": [
            {"name": "predicted V", "x": moves, "y": V[:-1].tolist()},
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
    View("cart", "Cart and pole", cart),
    View("episode", "One episode", episode),
    View("value", "Value over the pole", value_map),
)
