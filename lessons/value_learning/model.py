"""Values learned from rewards: Monte Carlo, SARSA and Q-learning on a cliff and on a small grid."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from lessons.value_learning.settings import ValueLearning
from lessons.value_learning.worlds import KINDS, World, world
from tui_dl.lesson import Dataset, Loop

LONGEST = 200  # moves after which an episode is truncated
NOTE = "no data set: rewards come from walking; x holds the cells' places, y what each cell is"


def data(p: ValueLearning, rng: np.random.Generator) -> Dataset:
    """Return the cells of the world: x (cells, 2) row and column, y (cells,) their kind."""
    w = world(p.world)
    places = np.stack(np.divmod(np.arange(len(w.kinds)), w.shape[1]), axis=1).astype("float32")
    return Dataset(p.world, places, w.kinds, classes=KINDS, note=NOTE)


class Learners:
    """The tables Q (learners, states, 4), and the number of entries that an episode has changed."""

    def __init__(self, p: ValueLearning, w: World) -> None:
        self.world, self.Q = w, np.full((p.learners, *w.reward.shape), p.first_value)
        self.each, self.moved = np.arange(p.learners), np.zeros(p.learners)


def choose(learners: Learners, s: np.ndarray, epsilon: float, rng: np.random.Generator) -> Any:
    """Choose ε-greedily for learners in states s; ties are broken at random."""
    Q = learners.Q[learners.each, s]
    best = (Q + 1e-9 * rng.random(Q.shape)).argmax(axis=1)
    return np.where(rng.random(len(s)) < epsilon, rng.integers(0, 4, len(s)), best)


def online(learners: Learners, p: ValueLearning, loop: Loop, rng: np.random.Generator) -> Any:
    """Run one episode of Q-learning or SARSA, learning at each move; return returns (learners,)."""
    w, Q, each = learners.world, learners.Q, learners.each
    alpha, epsilon = loop.live("learning_rate"), loop.live("epsilon")
    s = np.full(len(each), w.start)
    a = choose(learners, s, epsilon, rng)
    playing, total = np.ones(len(each), bool), np.zeros(len(each))
    for _ in range(LONGEST):
        r, following = w.reward[s, a], w.following[s, a]
        a_next = choose(learners, following, epsilon, rng)
        values = Q[each, following]
        ahead = values.max(axis=1) if p.method == "q-learning" else values[each, a_next]
        target = r + p.discount * ~w.ends[s, a] * ahead
        Q[each, s, a] += alpha * playing * (target - Q[each, s, a])
        total += r * playing
        playing = playing & ~w.ends[s, a]
        s, a = following, a_next
        if not playing.any():
            break
    return total


def afterwards(learners: Learners, p: ValueLearning, loop: Loop, rng: np.random.Generator) -> Any:
    """Run one episode of Monte Carlo, learning at its end; return the returns (learners,)."""
    w, Q, each = learners.world, learners.Q, learners.each
    alpha, epsilon = loop.live("learning_rate"), loop.live("epsilon")
    s, playing = np.full(len(each), w.start), np.ones(len(each), bool)
    walked: list[tuple[np.ndarray, ...]] = []
    while playing.any() and len(walked) < LONGEST:
        a = choose(learners, s, epsilon, rng)
        walked.append((s, a, w.reward[s, a] * playing, playing))
        playing = playing & ~w.ends[s, a]
        s = w.following[s, a]
    G = np.zeros(len(each))
    for s, a, r, counts in reversed(walked):
        G = r + p.discount * G
        Q[each, s, a] += alpha * counts * (G - Q[each, s, a])
    return np.sum([r for _, _, r, _ in walked], axis=0)


def train(p: ValueLearning, data: Dataset, loop: Loop) -> None:
    """Train by episode; `return` is the mean over the last hundred, exploration included."""
    learners, rng = Learners(p, world(p.world)), np.random.default_rng(loop.seed)
    episode = afterwards if p.method == "monte-carlo" else online
    recent: deque[float] = deque(maxlen=100)
    loop.model(learners)
    for _ in loop.steps(p.epochs):
        before = learners.Q.copy()
        recent.append(float(episode(learners, p, loop, rng).mean()))
        learners.moved = np.not_equal(before, learners.Q).sum(axis=(1, 2))
        metrics = {"return": float(np.mean(recent)), "episode_return": recent[-1]}
        loop.progress(**metrics)
        loop.epoch(**metrics)
