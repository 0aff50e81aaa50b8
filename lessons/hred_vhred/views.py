"""HRED and VHRED: the views and the measured values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from lessons.attention.views import compiled
from lessons.hred_vhred.settings import Dialogues
from lessons.hred_vhred.talk import FACTS, NUMBER, decode, encode, right_answers
from tui_dl.lesson import Dataset, View

DRAWS = 10  # answers drawn for each open question
ROWS = 10  # dialogues in the table
CLOUD = 100  # draws for one open question
NOTHING_SAID = "i see"  # takes the place of a turn
CLOSED = ("name", "home", "pet")


def answers(model: Any, x: np.ndarray, p: Dialogues, rng: np.random.Generator) -> list[str]:
    """Return the network's answer to each dialogue x (dialogues, turns, words), with random z."""
    noise = rng.normal(size=(len(x), p.latent)).astype("float32")
    logits = compiled(model, "answer", x, noise)
    return [decode(numbers) for numbers in np.asarray(logits).argmax(axis=-1)]


def measure(model: Any, data: Dataset, p: Dialogues) -> dict[str, float]:
    """Measure right answers by kind of question, the variety of answers to open ones, and KL."""
    x, rng = data.held_out.x, np.random.default_rng(0)
    known = [right_answers(each) for each in x]
    said = answers(model, x, p, rng)
    hit = np.array([answer in right for answer, (_, right) in zip(said, known, strict=True)])
    kinds = np.array([kind for kind, _ in known])
    dependent, is_open = np.isin(kinds, CLOSED), kinds == "weather"
    rates = {"dependent": hit[dependent], "last_turn": hit[kinds == "color"]}
    rates |= variety(model, x[is_open], p, rng)
    if p.model == "vhred":
        kl = np.asarray(compiled(model, "divergences", x, data.held_out.y))
        rates |= {"kl_open": kl[is_open], "kl_closed": kl[dependent]}
    return {name: float(np.mean(values)) for name, values in rates.items()}


def variety(
    model: Any, x: np.ndarray, p: Dialogues, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Draw DRAWS answers per open question; return the valid share and how many of these differ."""
    drawn = zip(*[answers(model, x, p, rng) for _ in range(DRAWS)], strict=True)
    right = [right_answers(each)[1] for each in x]
    valid = [[a for a in said if a in known] for said, known in zip(drawn, right, strict=True)]
    return {
        "valid": np.array([len(each) / DRAWS for each in valid]),
        "variety": np.array([len(set(each)) for each in valid]),
    }


def memory(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Draw a dialogue whose answer depends on an earlier turn, and how much on which.

    The color of a turn is how much less likely the right word becomes without it: NOTHING_SAID
    stands in its place.
    """
    x = next(x for x in data.held_out.x if right_answers(x)[0] in CLOSED)
    right = right_answers(x)[1][0].split()
    said, P = without_each_turn(model, x, right, p)
    losses = np.maximum(P[0] - P[1:], 0).tolist()
    turns = [decode(turn).split() for turn in x]
    rows = [
        {
            "name": "A, B",
            "tokens": [*turns[t], "·", *turns[t + 1]],
            "weights": [losses[t]] * len(turns[t]) + [0.0] + [losses[t + 1]] * len(turns[t + 1]),
        }
        for t in range(0, len(turns) - 1, 2)
    ]
    words = said.split()
    marks = ["" if word == wanted else "✗" for word, wanted in zip_longest(words, right)]
    marks = marks if any(marks) else ["", "", "", "✓"]
    return {
        "kind": "tokens", "scale": "sequential", "low": 0, "high": 1,
        "title": f"P({right[-1]}) = {P[0]:.2f}; color: what it loses without a turn",
        "rows": [
            *rows,
            {"name": "A asks", "tokens": turns[-1]},
            {"name": "network", "tokens": words or ["·"], "marks": marks[: len(words)] or ["✗"]},
        ],
    }  # fmt: skip


def without_each_turn(
    model: Any, x: np.ndarray, right: Sequence[str], p: Dialogues
) -> tuple[str, np.ndarray]:
    """Return the answer to x, and P of the last right word: first as x is, then without a turn.

    z is the mean of the prior. P has as many entries as x has turns.
    """
    batch = np.repeat(x[None], len(x), axis=0)
    for turn in range(len(x) - 1):
        batch[turn + 1, turn] = encode([NOTHING_SAID])[0]
    noise = np.zeros((len(x), p.latent), "float32")
    logits = np.asarray(compiled(model, "answer", batch, noise), float)
    e = np.exp(logits[:, len(right) - 1] - logits[:, len(right) - 1].max(axis=-1, keepdims=True))
    P = e[:, NUMBER[right[-1]]] / e.sum(axis=-1)
    return decode(logits[0].argmax(axis=-1)), np.asarray(P)


def talk(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Tabulate the answers to unseen dialogues beside what they depend on."""
    x = data.held_out.x[:ROWS]
    said = answers(model, x, p, np.random.default_rng(0))
    rows = [_row(*pair) for pair in zip(x, said, strict=True)]
    wrong = [i for i, row in enumerate(rows) if row[0] == "✗"]
    return {
        "kind": "table", "title": f"{ROWS - len(wrong)} of {ROWS} unseen dialogues right",
        "columns": ["", "it depends on", "answer"], "rows": rows, "highlight": wrong,
    }  # fmt: skip


def _row(x: np.ndarray, said: str) -> list[str]:
    kind, right = right_answers(x)
    told = [turn for turn in map(decode, x[:-1]) if turn.startswith(FACTS.get(kind, "-"))]
    return ["✓" if said in right else "✗", told[0] if told else decode(x[-1]), said]


def open_question(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Draw how often each answer to one open question is given in CLOUD draws of z."""
    x = next(x for x in data.held_out.x if right_answers(x)[0] == "weather")
    said = answers(model, np.repeat(x[None], CLOUD, axis=0), p, np.random.default_rng(0))
    right = right_answers(x)[1]
    shares = [said.count(answer) / CLOUD for answer in right]
    weather = next(t for t in map(decode, x) if t.startswith(FACTS["weather"]))
    return {
        "kind": "bars", "low": 0, "high": 1, "highlight": list(range(len(right))), "decimals": 2,
        "title": f"{weather}: {len(set(said))} different in {CLOUD} answers",
        "labels": [*(answer.removeprefix("let us ") for answer in right), "anything else"],
        "values": [*shares, 1 - sum(shares)],
    }  # fmt: skip


VIEWS = (
    View("memory", "What is remembered", memory),
    View("open", "An open question", open_question),
    View("talk", "Unseen dialogues", talk),
)
