"""Pictures of a network that writes: its answers, where it goes wrong, and what it hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lessons.seq2seq.text import one_hot, to_texts
from tui_dl.lesson import Dataset

if TYPE_CHECKING:
    from lessons.seq2seq.lesson import SequenceToSequence

SHOWN, LISTED = 64, 12  # unseen sums


def outcome(network: Any, x: Any, y: Any) -> Any:
    """The encoder's state (sums, units), and the letters written taught and free (sums, length)."""
    from keras import ops

    taught, free = (ops.argmax(network(given), axis=-1) for given in ((x, y), x))
    return network.encoder(one_hot(x)), taught, free


def look(model: Any, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """`outcome` as arrays, compiled once for each number of sums."""
    return [np.asarray(found) for found in model.look(x, y)]


def measure(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, float]:
    """On unseen sums: whole answers right, written freely; letters right, taught and free."""
    _, taught, free = look(model, data.x_val, data.y_val)
    return {
        "exact_match": float((free == data.y_val).all(axis=1).mean()),
        "letters_free": float((free == data.y_val).mean()),
        "letters_taught": float((taught == data.y_val).mean()),
    }


def examples(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Unseen sums and what the network writes, with no right letter shown to it."""
    x, y = data.x_val[:SHOWN], data.y_val[:SHOWN]
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
    """How often each letter of the answer is right, with the right ones before it and without."""
    x, y = data.x_val[:SHOWN], data.y_val[:SHOWN]
    _, taught, free = look(model, x, y)
    place = list(range(1, y.shape[1] + 1))
    whole = np.cumprod(free == y, axis=1)
    curves = {"taught": taught == y, "free": free == y, "free, and all before it": whole}
    return {
        "kind": "lines", "title": "share right", "x_label": "letter of the answer",
        "series": [{"name": n, "x": place, "y": v.mean(axis=0).tolist()} for n, v in curves.items()],
    }  # fmt: skip


def encoder_state(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """The states handed over, along the two directions in which they differ most.

    Each direction points to where the sums grow, so that the picture does not turn over from one
    drawing to the next.
    """
    x, y = data.x_val[:SHOWN], data.y_val[:SHOWN]
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
