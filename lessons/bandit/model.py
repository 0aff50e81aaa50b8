"""Ten arms of unknown mean: ε-greedy agents explore, and take the arm that looks best."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.bandit.settings import Bandit
from tui_dl.lesson import Dataset, Loop

PULLS = 20  # per block, which takes 20 to 40 ms
OTHERS = (0.0, 0.01, 0.5)  # the agents that run beside yours
NOTE = "no data set: x holds the true mean of each arm, unknown to the agents; y the best arm"


def data(p: Bandit, rng: np.random.Generator) -> Dataset:
    """Return true means q of the arms from N(0, 1), x (bandits, arms), and the best arms y (bandits,)."""
    q = rng.normal(size=(p.bandits, p.arms)).astype("float32")
    arms = tuple(f"arm {a}" for a in range(p.arms))
    return Dataset(f"{p.bandits} bandits", q, q.argmax(axis=1), classes=arms, note=NOTE)


class Agents:
    """Four agents' knowledge of every bandit: estimates Q and pulls N, (agents, bandits, arms)."""

    def __init__(self, p: Bandit, q: np.ndarray) -> None:
        self.q = q.copy()  # the true means; only `pull` reads them
        self.epsilon = np.array([p.epsilon, *OTHERS])
        shape = (len(self.epsilon), *q.shape)
        self.Q, self.N = np.full(shape, p.first_estimate, "float32"), np.zeros(shape, "float32")
        self.last = np.zeros(shape[:2], int)  # the arms pulled last
        self.regret = np.zeros(len(self.epsilon))
        self.regrets: list[np.ndarray] = []  # one entry per block
        self.shares: list[np.ndarray] = []


def choose(Q: np.ndarray, epsilon: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose ε-greedily: a random arm with probability ε, else the greedy one; (agents, bandits).

    Of equal estimates the first is taken. That favors no arm, because the true means are random.
    """
    explore = rng.random(Q.shape[:2]) < epsilon[:, None]
    anything = rng.integers(0, Q.shape[2], Q.shape[:2])
    return np.where(explore, anything, Q.argmax(axis=2))


def pull(agents: Agents, a: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Let each agent pull an arm of each bandit and learn; return rewards (agents, bandits)."""
    agent, bandit = np.ogrid[: a.shape[0], : a.shape[1]]
    r = agents.q[bandit, a] + rng.normal(size=a.shape)
    agents.last = a
    agents.N[agent, bandit, a] += 1
    step = alpha or 1 / agents.N[agent, bandit, a]
    agents.Q[agent, bandit, a] += step * (r - agents.Q[agent, bandit, a])
    return r


def block(agents: Agents, epsilon: np.ndarray, loop: Loop, rng: np.random.Generator) -> Any:
    """Make 20 pulls; return each agent's mean reward and share of best arms, (agents,)."""
    rewards, best = [], []
    alpha, drift = loop.live("learning_rate"), loop.live("drift")
    for _ in range(PULLS):
        a = choose(agents.Q, epsilon, rng)
        rewards.append(pull(agents, a, alpha, rng).mean(axis=1))
        q, bandit = agents.q, np.arange(len(agents.q))
        best.append((a == q.argmax(axis=1)).mean(axis=1))
        agents.regret += (q.max(axis=1) - q[bandit, a]).mean(axis=1)
        if drift:
            agents.q += rng.normal(0, drift, q.shape).astype("float32")
    return np.mean(rewards, axis=0), np.mean(best, axis=0)


def train(p: Bandit, data: Dataset, loop: Loop) -> None:
    """Pull, learn and record; all agents face the same bandits, with separate random draws."""
    rng, agents = np.random.default_rng(loop.seed), Agents(p, data.x)
    loop.model(agents)
    for step in loop.steps(p.epochs):
        agents.epsilon[0] = loop.live("epsilon")
        fade = 0.5 ** (step * PULLS / p.half_life) if p.half_life else 1.0
        epsilon = agents.epsilon * [fade, *[1] * len(OTHERS)]
        reward, best = block(agents, epsilon, loop, rng)
        agents.regrets.append(agents.regret.copy())
        agents.shares.append(best)
        metrics = {"reward": reward[0], "best_arm": best[0], "regret": agents.regret[0]}
        loop.progress(**metrics)
        loop.epoch(**metrics)
