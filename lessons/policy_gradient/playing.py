"""Plays CartPole with a policy, many episodes at a time, and keeps a record of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

ENVIRONMENT = "CartPole-v1"


def softmax(h: np.ndarray) -> np.ndarray:
    """exp(h) / Σ exp(h) over the last axis; the largest is subtracted against overflow."""
    e = np.exp(h - h.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def preferences(weights: list[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The same network with the same weights, in NumPy.

    Sixteen states at a time are too few to pay for a call into TensorFlow: 0.1 to 0.4 ms against
    0.02 ms here, and an update asks up to 500 times. The gradient is TensorFlow's.
    """
    W, b, V, c = weights
    return lambda s: np.tanh(s @ W + b) @ V + c


def play(environments: Any, policy: Any, tau: float, rng: np.random.Generator) -> list[np.ndarray]:
    """One whole episode in every environment: states, actions, rewards, and which of them count.

    Each is (time, environments, ...). An environment that has ended starts anew by itself in the
    next step; what it does from then on does not count. So every environment gives one episode,
    short or long: to take those that end first would favour the short ones.
    """
    h = preferences([np.asarray(weight) for weight in policy.weights])
    state, _ = environments.reset()
    playing = np.ones(len(state), bool)
    record = []
    while playing.any():
        pi = softmax(h(state) / tau)
        action = (rng.random(len(state)) < pi[:, 1]).astype("int64")
        following, reward, terminated, truncated, _ = environments.step(action)
        record.append((state, action, reward * playing, playing))
        playing = playing & ~(terminated | truncated)
        state = following
        time.sleep(0)  # lets a screen have the interpreter in between
    return [np.array(column) for column in zip(*record, strict=True)]
