"""Bandit: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.bandit.model import OTHERS, PULLS, Agents
from lessons.bandit.settings import Bandit
from tui_dl.lesson import Dataset, View


def over_time(agents: Agents, blocks: list[np.ndarray], title: str) -> dict[str, Any]:
    """Draw a curve for each agent against the number of pulls."""
    pulls = [float(PULLS * (n + 1)) for n in range(len(blocks))]
    names = ["yours", *(f"ε = {epsilon:g}" for epsilon in OTHERS)]
    columns = np.array(blocks, float).reshape(-1, len(names)).T
    series = [{"name": n, "x": pulls, "y": y.tolist()} for n, y in zip(names, columns, strict=True)]
    return {"kind": "lines", "title": title, "x_label": "pulls", "series": series}


def regret(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Draw each agent's regret against always pulling the best arm, averaged over the bandits."""
    return over_time(agents, agents.regrets, "regret: worth lost so far")


def best_arm(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Draw the share of pulls that went to the best arm, block by block."""
    return over_time(agents, agents.shares, "share of pulls on the best arm")


def first_bandit(agents: Agents, data: Dataset, p: Bandit) -> dict[str, Any]:
    """Tabulate your agent's estimates for one bandit beside the truth; the best arm first."""
    q, Q, N = agents.q[0], agents.Q[0, 0], agents.N[0, 0]
    rows = [[int(a), float(q[a]), float(Q[a]), int(N[a])] for a in np.argsort(-q)]
    columns = ["arm", "worth q", "estimate Q", "pulls N"]
    return {"kind": "table", "title": "one bandit of many", "columns": columns, "rows": rows}


def measure(agents: Agents, data: Dataset, p: Bandit) -> dict[str, float]:
    """Measure the regret added by the second half of the pulls, and that of the other agents."""
    half = agents.regrets[len(agents.regrets) // 2 - 1] if len(agents.regrets) > 1 else 0.0
    others = {f"regret_{e:g}": r for e, r in zip(OTHERS, agents.regret[1:], strict=True)}
    return {"late_regret": float((agents.regret - half)[0]), **others}


VIEWS = (
    View("regret", "Regret", regret),
    View("best-arm", "Best arm found", best_arm),
    View("first-bandit", "One bandit", first_bandit),
)
