"""Sequence to sequence: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.seq2seq.settings import SequenceToSequence
from lessons.seq2seq.text import END, START, SYMBOLS, to_texts
from tui_dl.lesson import Dataset, View

SHOWN, LISTED = 64, 12  # unseen sums
RANKS = ("likeliest", "second", "third")


def look(model: Any, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Return the encoder's states, and letters forced and free (sums, length).

    `outcome` is compiled once for each number of sums.
    """
    state, taught, free = (np.asarray(found) for found in model.look(x, y))
    return [state, taught.argmax(axis=-1), free.argmax(axis=-1)]


def measure(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, float]:
    """Measure unseen sums: whole answers right in free runs; letters right, forced and free."""
    _, taught, free = look(model, data.held_out.x, data.held_out.y)
    return {
        "exact_match": float((free == data.held_out.y).all(axis=1).mean()),
        "letters_free": float((free == data.held_out.y).mean()),
        "letters_taught": float((taught == data.held_out.y).mean()),
    }


def probabilities(model: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return P of every symbol for each letter in free runs, (sums, length, symbols)."""
    logits = np.asarray(model.look(x, y)[2])
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def shown(letter: int) -> str:
    """Return a symbol as it is drawn: a dot for the blank that ends an answer."""
    return "·" if letter == END else SYMBOLS[letter]


def writing(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Draw how the decoder writes one unseen answer: the three likeliest letters at each step."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    number = int((x[:, 0] != END).argmax())  # a question without leading blanks
    P = probabilities(model, x, y)[number]
    x, y = x[number : number + 1], y[number]
    order = np.argsort(-P, axis=-1, kind="stable")[:, : len(RANKS)]
    mark = "✓" if (order[:, 0] == y).all() else "✗"
    reads = [shown(i) for i in (START, *order[:-1, 0])]
    rows: list[dict[str, Any]] = [{"name": "reads", "words": reads}]
    for rank, name in enumerate(RANKS):
        letters = order[:, rank]
        chance = np.take_along_axis(P, letters[:, None], axis=-1)[:, 0]
        words = [f"{shown(i)} {c:.0%}" for i, c in zip(letters, chance, strict=True)]
        marks = ["✓" if right else "" for right in letters == y]
        rows += [
            {"name": name, "words": words, "marks": marks},
            {"name": "", "values": chance.tolist(), "scale": "sequential", "low": 0, "high": 1, "bars": True},
        ]  # fmt: skip
    return {
        "kind": "unrolled", "columns": [str(t + 1) for t in range(len(y))],
        "title": f"{to_texts(x)[0]} is read, {to_texts(order[None, :, 0])[0]} written {mark}",
        "x_label": "letter (> start, · end)", "rows": rows,
    }  # fmt: skip


def positions(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Draw an unseen answer with teacher forcing and in a free run, and the shares right of all.

    The answer is the first at which both differ, or else the first that goes wrong.
    """
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    _, taught, free = look(model, x, y)
    differ = (free != taught).any(axis=1)
    n = int((differ if differ.any() else (free != y).any(axis=1)).argmax())
    shares = {
        "✓ forced": taught == y,
        "✓ free": free == y,
        "✓ so far": np.cumprod(free == y, axis=1),
    }
    return {
        "kind": "unrolled", "columns": [str(t + 1) for t in range(y.shape[1])],
        "title": f"{to_texts(x)[n]} = {to_texts(y)[n]}; ✓ shares of {len(x)} sums",
        "rows": [
            {"name": "answer", "words": [shown(i) for i in y[n]]},
            {"name": "forced in", "words": [shown(i) for i in (START, *y[n, :-1])]},
            _answer("forced out", taught[n], y[n]),
            {"name": "free in", "words": [shown(i) for i in (START, *free[n, :-1])]},
            _answer("free out", free[n], y[n]),
            *({"name": name, "values": good.mean(axis=0).tolist(), "scale": "sequential", "low": 0,
               "high": 1, "numbers": True}
              for name, good in shares.items()),
        ],
    }  # fmt: skip


def _answer(name: str, letters: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    marks = ["✓" if right else "✗" for right in letters == y]
    return {"name": name, "words": [shown(i) for i in letters], "marks": marks}


def examples(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Write unseen sums and the network's answers in free runs, wrong letters marked."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    _, _, free = look(model, x, y)
    right = (free == y).all(axis=1)
    columns = zip(to_texts(x), to_texts(y), free, y, strict=True)
    order = ", last digit first" if p.lowest_first else ""
    return {
        "kind": "tokens", "joined": True,
        "title": f"written freely{order}: {right.mean():.0%} of {len(x)} right",
        "rows": [_example(*each) for each in list(columns)[:LISTED]],
    }  # fmt: skip


def _example(question: str, answer: str, letters: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    wrong = letters != y
    tokens = [shown(i) for i in letters]
    marks = ["✗" if bad else "" for bad in wrong]
    verdict = f"  (right: {answer})" if wrong.any() else " ✓"
    return {"name": f"{question} =", "tokens": [*tokens, verdict], "marks": [*marks, ""]}


def widest(gram: np.ndarray, rounds: int = 100) -> np.ndarray:
    """Return the positions (n, 2) along the two directions of largest variation.

    By orthogonal iteration: the threads of LAPACK would wait for the cores that train.
    """
    v = np.random.default_rng(0).normal(size=(len(gram), 2))
    for _ in range(rounds):
        v = gram @ v
        first, second = v.T
        first /= max(float(np.linalg.norm(first)), 1e-12)
        second -= (first @ second) * first
        second /= max(float(np.linalg.norm(second)), 1e-12)
    return np.asarray(v * np.sqrt(np.maximum((v * (gram @ v)).sum(axis=0), 0)))


def encoder_state(model: Any, data: Dataset, p: SequenceToSequence) -> dict[str, Any]:
    """Draw the states handed over, along the two directions of largest variation.

    Each direction points to where the sums grow, so that the picture does not flip from one
    drawing to the next.
    """
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN]
    state, _, _ = look(model, x, y)
    sums = np.array([sum(map(int, question.split("+"))) for question in to_texts(x)])
    centered = state - state.mean(axis=0)
    plane = widest(np.einsum("id,jd->ij", centered, centered))
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
        "kind": "plane", "title": f"states handed over for {len(x)} unseen questions",
        "groups": groups,
        "x_label": "first direction", "y_label": "second",
    }  # fmt: skip


VIEWS = (
    View("writing", "Letter by letter", writing),
    View("positions", "Forced and free", positions),
    View("examples", "Examples", examples),
    View("state", "Encoder's state", encoder_state),
)
