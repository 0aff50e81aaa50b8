"""Values learnt from rewards: Monte Carlo, SARSA and Q-learning on a cliff and on a small grid.

Run alone: python -m lessons.value_learning.lesson
"""

from __future__ import annotations

from collections import deque
from typing import Any, Literal

import numpy as np

from lessons.value_learning.pictures import measure, policy, value_map
from lessons.value_learning.worlds import KINDS, World, world
from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Loop,
    Measured,
    View,
    param,
)

# --- Setup -----------------------------------------------------------------------------------


class ValueLearning(Hyperparameters):
    """A table Q(s, a) for each of many learners, who know nothing of one another."""

    world: Literal["cliff", "grid"] = param(
        "cliff", "Gymnasium's CliffWalking, or a grid of 3 × 4."
    )
    method: Literal["q-learning", "sarsa", "monte-carlo"] = param(
        "q-learning", "What an action value is moved towards."
    )
    learning_rate: float = param(
        0.1, "α: the share of the error that one update takes away.", ge=0.001, le=1, live=True
    )
    epsilon: float = param(0.1, "ε: share of moves made by chance.", ge=0, le=1, live=True)
    discount: float = param(1.0, "γ: what a reward one move later is worth now.", ge=0, le=1)
    first_value: float = param(0.0, "Q of every action before the first move.", ge=-200, le=200)
    learners: int = param(50, "Learners to take the mean over.", ge=1, le=500, unit="learners")
    epochs: int = param(500, "How many episodes.", ge=1, le=5000, unit="episodes")


LONGEST = 200  # moves after which an episode is broken off
GRID = {"world": "grid", "discount": 0.9}

# --- Data ------------------------------------------------------------------------------------

NOTE = "no data set: rewards come from walking; x holds the cells' places, y what each cell is"


def data(p: ValueLearning, rng: np.random.Generator) -> Dataset:
    """The cells of the world: x (cells, 2) row and column, y (cells,) their kind."""
    w = world(p.world)
    places = np.stack(np.divmod(np.arange(len(w.kinds)), w.shape[1]), axis=1).astype("float32")
    return Dataset(p.world, places, w.kinds, classes=KINDS, note=NOTE)


# --- Model -----------------------------------------------------------------------------------


class Learners:
    """The tables Q (learners, states, 4), and how many of their entries an episode has moved."""

    def __init__(self, p: ValueLearning, w: World) -> None:
        self.world, self.Q = w, np.full((p.learners, *w.reward.shape), p.first_value)
        self.each, self.moved = np.arange(p.learners), np.zeros(p.learners)


def choose(learners: Learners, s: np.ndarray, epsilon: float, rng: np.random.Generator) -> Any:
    """ε-greedy for learners in states s; of equal values chance takes one."""
    Q = learners.Q[learners.each, s]
    best = (Q + 1e-9 * rng.random(Q.shape)).argmax(axis=1)
    return np.where(rng.random(len(s)) < epsilon, rng.integers(0, 4, len(s)), best)


# --- Train -----------------------------------------------------------------------------------


def online(learners: Learners, p: ValueLearning, loop: Loop, rng: np.random.Generator) -> Any:
    """One episode of Q-learning or SARSA: every move teaches at once. Returns, (learners,)."""
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
    """One episode of Monte Carlo: walk to the end, then learn from it. Returns, (learners,)."""
    w, Q, each = learners.world, learners.Q, learners.each
    alpha, epsilon = loop.live("learning_rate"), loop.live("epsilon")
    s, playing, walked = np.full(len(each), w.start), np.ones(len(each), bool), []
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
    """Episode after episode; `return` is the mean over the last hundred, trials included."""
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


# --- Experiments -----------------------------------------------------------------------------

SARSA, MONTE_CARLO = {"method": "sarsa"}, {"method": "monte-carlo"}
FIRST = {**GRID, "epochs": 1}


def _takes_the_edge(m: Measured) -> bool:
    edge = max(m["this"].each("path")) == 13 < min(m["sarsa"].each("path"))
    return edge and m["this"]["return"] <= m["sarsa"]["return"] - 10


def _walks_safely(m: Measured) -> bool:
    return m["this"]["return"] >= m["q-learning"]["return"] + 10 and m["this"]["path"] >= 15


def _waits_for_the_end(m: Measured) -> bool:
    early = m["q-learning"]["moved"] <= 1 and m["sarsa"]["moved"] <= 1
    return early and m["this"]["moved"] >= 5


def _finds_the_best(m: Measured) -> bool:
    return max(m["this"].each("error")) <= 0.01 and max(m["this"].each("path")) == 5


EXPERIMENTS = (
    Experiment(
        "edge", "Q-learning on the cliff", {},
        "The arrows run along the edge, the shortest way; yet `return` stays low, for ε pushes the learner over it now and then.",
        (
            Claim(
                "001/q-learning", "Moved towards the best next value, Q-learning takes the shortest way along the cliff and returns less than SARSA while it learns.",
                "the next value is the largest one", _takes_the_edge,
                ("return", "path", "greedy_return"), {"sarsa": SARSA},
            ),
        ),
    ),
    Experiment(
        "safe", "SARSA on the cliff", SARSA,
        "The arrows keep away from the edge: the values know of the trials still to come. `return` is the better for it.",
        (
            Claim(
                "001/sarsa", "Moved towards the value of the move really made next, SARSA walks away from the edge and returns more while it learns.",
                "what really came next is used", _walks_safely,
                ("return", "path", "greedy_return"), {"q-learning": {}},
            ),
        ),
    ),
    Experiment(
        "whole-episodes", "Monte Carlo on the cliff", MONTE_CARLO,
        "One fall spoils the return of every move before it, good ones too: the table is slow and noisy.",
    ),
    Experiment(
        "grid", "Q-learning on the grid", GRID,
        "The values grow backwards from the goal, a factor of 0.9 for each move: 1, 0.9, 0.81, … to 0.6561 at the start.",
        (
            Claim(
                "000/q-learning", "Updated at every move, Q-learning finds the values of the best policy: those that dynamic programming computes.",
                "the action value function is updated with every action", _finds_the_best,
                ("error", "path", "return"),
            ),
        ),
    ),
    Experiment(
        "grid-sarsa", "SARSA on the grid", {**GRID, **SARSA},
        "A way of five moves again, though perhaps the other one of the two; smaller values: the trials to come, and now and then the pit, are counted in.",
    ),
    Experiment(
        "first-episode", "One episode of Monte Carlo", {**FIRST, **MONTE_CARLO},
        "After the first reward every move that led to it has been moved: compare `moved` with one episode of `grid`, where it is 1. The pictures show the best action of a cell, so values below 0 hide behind actions not yet tried.",
        (
            Claim(
                "001/monte-carlo", "Monte Carlo waits for the reward and then moves every value on the way; Q-learning and SARSA have moved only the last one by then.",
                "learns once a reward has really been obtained", _waits_for_the_end,
                ("moved", "episode_return"), {"q-learning": FIRST, "sarsa": {**FIRST, **SARSA}},
            ),
        ),
    ),
    Experiment(
        "no-trials", "No trials", {"epsilon": 0.0},
        "Nobody falls in the end, and SARSA takes the edge too: set `method` to sarsa. A first value of 0 is optimistic where every move costs 1, which is trial enough.",
    ),
    Experiment(
        "impatient", "A short horizon", {"discount": 0.5},
        "Nearly every value is drawn as −2, for ten moves ahead hardly count. The arrows along the edge are right all the same: a table keeps differences of 0.0001. A network would not.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="value-learning",
    title="Value learning",
    track="Reinforcement learning",
    order=20,
    summary="Monte Carlo, SARSA and Q-learning: what an action is worth, learnt three ways.",
    parameters=ValueLearning,
    data=data,
    train=train,
    measure=measure,
    views=(View("policy", "Greedy policy", policy), View("values", "Values", value_map)),
    experiments=EXPERIMENTS,
    teaches=("001/rl-elements", "001/value-functions"),
    prerequisites=("bandit",),
    read_next=("q-network",),
    sources=(
        "Study article 000, section 2, reinforcement learning; study article 001, three elements, algorithms and value functions",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapters 3, 5 and 6 (example 6.6)",
        "C. Watkins, P. Dayan, Q-learning, 1992",
        "G. A. Rummery, M. Niranjan, On-line Q-learning using connectionist systems, 1994",
    ),
    shows_code=(data, choose, online, afterwards, train),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
