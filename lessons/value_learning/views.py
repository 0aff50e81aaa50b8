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

SIGNS = {GOAL: "★", DANGER: "✗", WALL: "█"}
MARKS = {START: 0, GOAL: 3, DANGER: 1, WALL: 4}


def policy(learners: Learners, data: Dataset, p: ValueLearning) -> dict[str, Any]:
    """Tabulate the first learner: V(s) = max Q(s, a) below the arrow of the best action."""
    rows, columns = learners.world.shape
    Q = learners.Q[0]
    digits, wide = (0, 4) if p.world == "cliff" else (3, 8)
    upper = [SIGNS.get(k, ARROWS[a]) for k, a in zip(data.y, Q.argmax(axis=1), strict=True)]
    lower = [
        "" if k in SIGNS else f"{v:.{digits}f}" for k, v in zip(data.y, Q.max(axis=1), strict=True)
    ]
    lines = []
    for row in range(rows):
        cells = slice(row * columns, (row + 1) * columns)
        lines += [["".join(c.rjust(wide) for c in line[cells])] for line in (upper, lower)]
    title = "best action, and its value" + (" (first learner)" if len(learners.Q) > 1 else "")
    head = "".join(f"{column}".rjust(wide) for column in range(columns))
    return {"kind": "table", "title": title, "columns": [head], "rows": lines}


def value_map(learners: Learners, data: Dataset, p: ValueLearning) -> dict[str, Any]:
    """Draw V(s) of the first learner: x danger, * goal, o start, + the greedy path."""
    rows, columns = learners.world.shape
    Q = learners.Q[0]
    path = [[*_place(s, columns, rows), 2] for s in greedy_path(learners.world, Q, 30)[1:-1]]
    marks = [
        [*_place(s, columns, rows), MARKS[k]] for s, k in enumerate(data.y.tolist()) if k in MARKS
    ]
    return {
        "kind": "heatmap", "title": "V(s) = max Q(s, a)", "points": path + marks,
        "values": Q.max(axis=1).reshape(rows, columns)[::-1].tolist(),
        "x_label": "column", "y_label": "row from below",
        "x_range": [0.0, float(columns)], "y_range": [0.0, float(rows)],
    }  # fmt: skip


def _place(state: int, columns: int, rows: int) -> tuple[float, float]:
    """Return the middle of a state's cell: x from the left, y from below."""
    row, column = divmod(state, columns)
    return column + 0.5, rows - row - 0.5


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


VIEWS = (View("policy", "Greedy policy", policy), View("values", "Values", value_map))
