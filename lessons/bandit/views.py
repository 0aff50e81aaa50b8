"""Bandit: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.bandit.model import OTHERS, PULLS, Agents
from lessons.bandit.settings import Bandit
from tui_dl.lesson import Dataset, View

SHOWN = 10  # arms of one bandit, the best ones


def over_time(agents: Agents, blocks: list[np.ndarray], title: str) -> dict[str, Any]:
    """Draw a curve for each agent against the number of pulls."""
    pulls = [float(PULLS * (n + 1)) for n in range(len(blocks))]
    names = ["yours", *(f"ε = {epsilon:g}" for epsilon in OTHERS)]
    columns = np.array(blocks, float).reshape(-1, len(names)).T
    series = [{"name": n, "x": pulls, "y": y.tolist()} for n, y in zip(names, columns, strict=True)]
    return {"kind": "lines", "title": title, "x_label": "pulls", "series": series}


def regret(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Draw each agent's regret against always pulling the best arm, averaged over the bandits."""
    return over_time(agents, agents.regrets, "regret so far")


def best_arm(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Draw the share of pulls that went to the best arm, block by block."""
    return over_time(agents, agents.shares, "share of pulls on the best arm")


def first_bandit(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Draw the true means, your agent's estimates and its pulls in one bandit; best arms first."""
    order = np.argsort(-agents.q[0])[:SHOWN]
    q, Q, N = agents.q[0][order], agents.Q[0, 0][order], agents.N[0, 0][order]
    rank = np.arange(len(order))
    error = 1 / np.sqrt(np.maximum(N, 1))
    low, high = float(min(q.min(), Q.min()) - 0.8), float(max(q.max(), Q.max()) + 0.4)
    last = np.flatnonzero((order == agents.last[0, 0]) & (N > 0))
    pulls = agents.N[0, 0].sum()
    title = f"one bandit: {N[0]:.0f} of {pulls:.0f} pulls on the best arm"
    groups = {
        "true mean q": (rank, q),
        "estimate Q ± 1/√N": (rank, Q),
        "last pull": (last, np.full(len(last), low + 0.2)),
    }
    return {
        "kind": "panels", "columns": 2, "widths": [3, 2], "title": title,
        "panels": [
            {"kind": "plane", "title": "true mean and estimate", "x_label": "arm, best first",
             "x_range": [-0.6, len(order) - 0.4], "y_range": [low, high],
             "sticks": [[int(i), float(Q[i] - error[i]), float(Q[i] + error[i])]
                        for i in np.flatnonzero(N)],
             "groups": [{"name": n, "x": x.tolist(), "y": y.tolist()}
                        for n, (x, y) in groups.items()]},
            {"kind": "bars", "title": "N; lit: greedy arm", "labels": rank.tolist(),
             "values": N.tolist(), "highlight": [int(Q.argmax())], "target": 0, "decimals": 0},
        ],
    }  # fmt: skip


def measure(agents: Agents, data: Dataset, p: Bandit) -> dict[str, float]:
    """Measure the regret added by the second half of the pulls, and that of the other agents."""
    half = agents.regrets[len(agents.regrets) // 2 - 1] if len(agents.regrets) > 1 else 0.0
    others = {f"regret_{e:g}": r for e, r in zip(OTHERS, agents.regret[1:], strict=True)}
    return {"late_regret": float((agents.regret - half)[0]), **others}


VIEWS = (
    View("first-bandit", "One bandit", first_bandit),
    View("regret", "Regret", regret),
    View("best-arm", "Best arm found", best_arm),
)
