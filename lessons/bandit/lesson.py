"""Ten arms of unknown worth: ε-greedy agents try, and take what looks best.

Run alone: python -m lessons.bandit.lesson
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, Loop, View, param

# --- Setup -----------------------------------------------------------------------------------


class Bandit(Hyperparameters):
    """Many bandits side by side; your agent, and beside it agents that explore less or more."""

    epsilon: float = param(
        0.1, "ε: share of pulls spent on any arm, by chance.", ge=0, le=1, live=True
    )
    half_life: int = param(
        0, "Pulls after which ε has halved; 0 keeps it.", ge=0, le=10_000, unit="pulls"
    )
    first_estimate: float = param(
        0.0, "Q before the first pull: high is optimistic.", ge=-10, le=10
    )
    learning_rate: float = param(
        0.0, "α: what one reward moves Q; 0 takes the mean, 1/N.", ge=0, le=1, live=True
    )
    drift: float = param(
        0.0, "Spread by which an arm's worth changes in a pull.", ge=0, le=1, live=True
    )
    arms: int = param(10, "Arms of each bandit.", ge=2, le=100, unit="arms")
    bandits: int = param(2000, "Bandits to take the mean over.", ge=1, le=10_000, unit="bandits")
    epochs: int = param(50, "Blocks of twenty pulls.", ge=1, le=1000, unit="blocks")


PULLS = 20  # in a block, which takes 20 to 40 ms
OTHERS = (0.0, 0.01, 0.5)  # the agents beside yours

# --- Data ------------------------------------------------------------------------------------

NOTE = "no data set: x holds each arm's true worth, unknown to the agents; y the best arm"


def data(p: Bandit, rng: np.random.Generator) -> Dataset:
    """True worth q of every arm, from N(0, 1): x (bandits, arms); y (bandits,) the best arm."""
    q = rng.normal(size=(p.bandits, p.arms)).astype("float32")
    arms = tuple(f"arm {a}" for a in range(p.arms))
    return Dataset(f"{p.bandits} bandits", q, q.argmax(axis=1), classes=arms, note=NOTE)


# --- Model -----------------------------------------------------------------------------------


class Agents:
    """What four agents know of every bandit: estimates Q and pulls N, (agents, bandits, arms)."""

    def __init__(self, p: Bandit, q: np.ndarray) -> None:
        self.q = q.copy()  # the true worth; only `pull` looks at it
        self.epsilon = np.array([p.epsilon, *OTHERS])
        shape = (len(self.epsilon), *q.shape)
        self.Q, self.N = np.full(shape, p.first_estimate, "float32"), np.zeros(shape, "float32")
        self.regret = np.zeros(len(self.epsilon))
        self.regrets: list[np.ndarray] = []  # one entry a block
        self.shares: list[np.ndarray] = []


def choose(Q: np.ndarray, epsilon: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """ε-greedy: any arm with probability ε, else the one that looks best; (agents, bandits).

    Of equal estimates the first is taken. That favours no arm: which arm is good is chance.
    """
    explore = rng.random(Q.shape[:2]) < epsilon[:, None]
    anything = rng.integers(0, Q.shape[2], Q.shape[:2])
    return np.where(explore, anything, Q.argmax(axis=2))


def pull(agents: Agents, a: np.ndarray, alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Each agent pulls its arm of each bandit and learns; the rewards, (agents, bandits)."""
    agent, bandit = np.ogrid[: a.shape[0], : a.shape[1]]
    r = agents.q[bandit, a] + rng.normal(size=a.shape)
    agents.N[agent, bandit, a] += 1
    step = alpha or 1 / agents.N[agent, bandit, a]
    agents.Q[agent, bandit, a] += step * (r - agents.Q[agent, bandit, a])
    return r


# --- Train -----------------------------------------------------------------------------------


def block(agents: Agents, epsilon: np.ndarray, loop: Loop, rng: np.random.Generator) -> Any:
    """Twenty pulls: the mean reward and the share of best arms of each agent, (agents,)."""
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
    """Pull, learn, note down: every agent meets the same bandits, with chances of its own."""
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


# --- Views -----------------------------------------------------------------------------------


def over_time(agents: Agents, blocks: list[np.ndarray], title: str) -> dict[str, Any]:
    """A curve for each agent against the number of pulls."""
    pulls = [float(PULLS * (n + 1)) for n in range(len(blocks))]
    names = ["yours", *(f"ε = {epsilon:g}" for epsilon in OTHERS)]
    columns = np.array(blocks, float).reshape(-1, len(names)).T
    series = [{"name": n, "x": pulls, "y": y.tolist()} for n, y in zip(names, columns, strict=True)]
    return {"kind": "lines", "title": title, "x_label": "pulls", "series": series}


def regret(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """What each agent has lost against always pulling the best arm, mean over the bandits."""
    return over_time(agents, agents.regrets, "regret: worth lost so far")


def best_arm(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """The share of pulls that went to the best arm, block by block."""
    return over_time(agents, agents.shares, "share of pulls on the best arm")


def first_bandit(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """One bandit as your agent sees it, beside the truth; the best arm first."""
    q, Q, N = agents.q[0], agents.Q[0, 0], agents.N[0, 0]
    rows = [[int(a), float(q[a]), float(Q[a]), int(N[a])] for a in np.argsort(-q)]
    columns = ["arm", "worth q", "estimate Q", "pulls N"]
    return {"kind": "table", "title": "one bandit of many", "columns": columns, "rows": rows}


def measure(agents: Agents, data: Dataset, p: Bandit) -> dict[str, float]:
    """Of the regret, what the second half of the pulls added; and that of the agents beside."""
    half = agents.regrets[len(agents.regrets) // 2 - 1] if len(agents.regrets) > 1 else 0.0
    others = {f"regret_{e:g}": r for e, r in zip(OTHERS, agents.regret[1:], strict=True)}
    return {"late_regret": float((agents.regret - half)[0]), **others}


# --- Experiments -----------------------------------------------------------------------------

FOLLOW = {"drift": 0.05, "epochs": 250}

EXPERIMENTS = (
    Experiment(
        "greedy", "Never try", {"epsilon": 0.0},
        "It settles on an arm after a few pulls, in two bandits of three on a wrong one, and stays: the regret grows in a straight line.",
    ),
    Experiment(
        "cautious", "Try one time in a hundred", {"epsilon": 0.01, "epochs": 250},
        "Lay a run with an ε of 0.1 beside it. After 1000 pulls this one has lost half as much again, after 5000 less: it finds the best arm late and wastes little then.",
    ),
    Experiment(
        "restless", "Try every second time", {"epsilon": 0.5},
        "It knows every arm well and uses that half of the time: see the estimates of one bandit, then the regret.",
    ),
    Experiment(
        "fading", "Try much, then less", {"epsilon": 1.0, "half_life": 50},
        "All trial at first, all use in the end: the regret rises steeply and then bends.",
    ),
    Experiment(
        "optimistic", "Expect too much", {"epsilon": 0.0, "first_estimate": 5.0, "learning_rate": 0.1},
        "No chance at all: every arm disappoints, so every arm is tried. Steep at first, nearly flat in the end: see `late_regret`.",
    ),
    Experiment(
        "drifting", "The arms change", FOLLOW,
        "A mean over all rewards remembers what no longer holds: the share of best arms falls away.",
    ),
    Experiment(
        "following", "The arms change, α = 0.1", {**FOLLOW, "learning_rate": 0.1},
        "A constant α forgets old rewards and follows. Compare with `drifting`.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="bandit",
    title="Bandit",
    track="Reinforcement learning",
    order=10,
    summary="Exploration against exploitation: ε-greedy agents before ten arms of unknown worth.",
    parameters=Bandit,
    data=data,
    train=train,
    measure=measure,
    views=(
        View("regret", "Regret", regret),
        View("best-arm", "Best arm found", best_arm),
        View("first-bandit", "One bandit", first_bandit),
    ),
    experiments=EXPERIMENTS,
    teaches=("000/explore", "001/explore"),
    read_next=("value-learning",),
    sources=(
        "Study article 000, section 2, and study article 001, reinforcement learning: trade-off of exploration and exploitation",
        "R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction, 2nd edition, 2018, chapter 2",
        "T. L. Lai, H. Robbins, Asymptotically efficient adaptive allocation rules, 1985",
        "P. Auer, N. Cesa-Bianchi, P. Fischer, Finite-time analysis of the multiarmed bandit problem, 2002",
    ),
    shows_code=(data, choose, pull, block, train),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
