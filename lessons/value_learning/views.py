"""Value learning: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.value_learning.model import Learners
from lessons.value_learning.settings import ValueLearning
from lessons.value_learning.worlds import (
    ARROWS,
    DANGER,
    GOAL,
    START,
    WALL,
    best_values,
    greedy_path,
)
from tui_dl.lesson import Dataset, View

CELLS = {START: "start", GOAL: "goal", DANGER: "danger", WALL: "wall"}


def policy(learners: Learners, data: Dataset, p: ValueLearning) -> dict[str, Any]:
    """Draw the first learner's world: V(s) = max Q(s, a), its best actions, and its greedy path."""
    columns = learners.world.shape[1]
    Q = learners.Q[0]
    kinds = [CELLS.get(kind, "") for kind in data.y.tolist()]
    path = greedy_path(learners.world, Q, 30)
    values = [
        None if kind in ("wall", "danger") else float(v)
        for kind, v in zip(kinds, Q.max(axis=1), strict=True)
    ]
    moves = [
        "" if kind in ("wall", "danger", "goal") else ARROWS[a]
        for kind, a in zip(kinds, Q.argmax(axis=1), strict=True)
    ]
    end = learners.world.ends[path[-2], Q[path[-2]].argmax()] if len(path) > 1 else False
    title = f"greedy path: {len(path) - 1} moves" if end else "the greedy path does not end yet"
    return {
        "kind": "grid", "title": title, "name": "V(s)",
        "values": _table(values, columns), "moves": _table(moves, columns),
        "cells": _table(kinds, columns), "path": [list(divmod(s, columns)) for s in path],
    }  # fmt: skip


def _table(row: list[Any], columns: int) -> list[list[Any]]:
    return [row[i : i + columns] for i in range(0, len(row), columns)]


def actions(learners: Learners, data: Dataset, p: ValueLearning) -> dict[str, Any]:
    """Draw Q(s, a) along the greedy path, for each of the four actions."""
    columns = learners.world.shape[1]
    Q = learners.Q[0]
    path = greedy_path(learners.world, Q, 14)[:-1]
    return {
        "kind": "heatmap", "title": "Q(s, a) along the greedy path",
        "values": Q[path].T.tolist(), "row_labels": list(ARROWS),
        "column_labels": [f"{s // columns},{s % columns}" for s in path],
    }  # fmt: skip


def measure(learners: Learners, data: Dataset, p: ValueLearning) -> dict[str, float]:
    """Measure medians over the learners for their greedy policy and the start's value.

    `path`: moves from start to end, 100 if it never ends; `greedy_return` on that path;
    `error`: the distance of V(start) from the best policy's; `moved`: entries of the table that the
    last episode changed.
    """
    w = learners.world
    paths = [greedy_path(w, Q) for Q in learners.Q]
    returns = [
        sum(w.reward[s, Q[s].argmax()] for s in path[:-1])
        for path, Q in zip(paths, learners.Q, strict=True)
    ]
    best = best_values(w, p.discount)[w.start].max()
    start = np.median(learners.Q[:, w.start].max(axis=1))
    return {
        "path": float(np.median([len(path) - 1 for path in paths])),
        "greedy_return": float(np.median(returns)),
        "start_value": float(start),
        "error": float(abs(start - best)),
        "moved": float(np.median(learners.moved)),
    }


VIEWS = (View("policy", "The world", policy), View("actions", "Action values on the way", actions))
