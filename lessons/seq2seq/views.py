"""Sequence to sequence: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.seq2seq.settings import SequenceToSequence
from lessons.seq2seq.text import to_texts
from tui_dl.lesson import Dataset, View

SHOWN, LISTED = 64, 12  # unseen sums


def look(model: Any, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Return `outcome` as arrays, compiled once for each number of sums."""
    return [np.asarray(found) for found in model.look(x, y)]


def measure(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, float]:
    """Measure unseen sums: whole answers right in free runs; letters right, forced and free."""
    _, taught, free = look(model, data.held_out.x, data.held_out.y)
    return {
        "exact_match": float((free == data.held_out.y).all(axis=1).mean()),
        "letters_free": float((free == data.held_out.y).mean()),
        "letters_taught": float((taught == data.held_out.y).mean()),
    }


def examples(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Tabulate unseen sums and the network's answers in free runs."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    _, _, free = look(model, x, y)
    right = (free == y).all(axis=1)
    columns = zip(to_texts(x), to_texts(y), to_texts(free), right, strict=True)
    rows = [[q, a, b, "right" if good else "wrong"] for q, a, b, good in columns]
    order = ", last digit first" if p.lowest_first else ""
    return {
        "kind": "table", "title": f"written freely{order}: {right.mean():.0%} of {len(x)} right",
        "columns": ["question", "right answer", "network's", ""], "rows": rows[:LISTED],
    }  # fmt: skip


def positions(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Draw how often each letter of the answer is right, with teacher forcing and in free runs."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    _, taught, free = look(model, x, y)
    place = list(range(1, y.shape[1] + 1))
    whole = np.cumprod(free == y, axis=1)
    curves = {"taught": taught == y, "free": free == y, "free, and all before it": whole}
    return {
        "kind": "lines", "title": "share right", "x_label": "letter of the answer",
        "series": [{"name": n, "x": place, "y": v.mean(axis=0).tolist()} for n, v in curves.items()],
    }  # fmt: skip


def encoder_state(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Draw the states handed over, along the two directions of largest variation.

    Each direction points to where the sums grow, so that the picture does not flip from one
    drawing to the next.
    """
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    state, _, _ = look(model, x, y)
    sums = np.array([sum(map(int, question.split("+"))) for question in to_texts(x)])
    centred = state - state.mean(axis=0)
    sizes, directions = np.linalg.eigh(centred @ centred.T)  # much faster than an SVD
    plane = directions[:, :-3:-1] * np.sqrt(np.maximum(sizes[:-3:-1], 0))
    plane *= np.where((sums - sums.mean()) @ plane < 0, -1, 1)
    edges = np.quantile(sums, [1 / 3, 2 / 3])
    third = np.digitize(sums, edges)
    low, high = (int(edge) for edge in edges)
    names = (f"sums below {low}", f"{low} to {high}", f"above {high}")
    groups = [
        {"name": name, "x": plane[third == i, 0].tolist(), "y": plane[third == i, 1].tolist()}
        for i, name in enumerate(names)
    ]
    return {
        "kind": "scatter", "title": f"states of {len(x)} unseen questions", "groups": groups,
        "x_label": "first direction", "y_label": "second",
    }  # fmt: skip


VIEWS = (
    View("examples", "Examples", examples),
    View("positions", "Letter by letter", positions),
    View("state", "Encoder's state", encoder_state),
)
