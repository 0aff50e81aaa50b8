"""HRED and VHRED: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.attention.views import compiled
from lessons.hred_vhred.settings import Dialogues
from lessons.hred_vhred.talk import FACTS, decode, right_answers
from tui_dl.lesson import Dataset, View

DRAWS = 10  # answers drawn for each open question
ROWS = 10  # dialogues in the table
CLOUD = 100  # draws for one open question
CLOSED = ("name", "home", "pet")


def answers(model: Any, x: np.ndarray, p: Dialogues, rng: np.random.Generator) -> list[str]:
    """Return the network's answer to each dialogue x (dialogues, turns, words), with random z."""
    noise = rng.normal(size=(len(x), p.latent)).astype("float32")
    logits = compiled(model, "answer")(x, noise)
    return [decode(numbers) for numbers in np.asarray(logits).argmax(axis=-1)]


def measure(model: Any, data: Dataset, p: Dialogues) -> dict[str, float]:
    """Measure right answers by kind of question, the variety of answers to open ones, and KL."""
    x, rng = data.held_out.x, np.random.default_rng(0)
    known = [right_answers(each) for each in x]
    said = answers(model, x, p, rng)
    hit = np.array([answer in right for answer, (_, right) in zip(said, known, strict=True)])
    kinds = np.array([kind for kind, _ in known])
    dependent, is_open = np.isin(kinds, CLOSED), kinds == "weather"
    rates = {"dependent": hit[dependent], "last_turn": hit[kinds == "colour"]}
    rates |= variety(model, x[is_open], p, rng)
    if p.model == "vhred":
        kl = np.asarray(compiled(model, "divergences")(x, data.held_out.y))
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


def talk(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Tabulate the answers to unseen dialogues beside the right ones."""
    x = data.held_out.x[:ROWS]
    said = answers(model, x, p, np.random.default_rng(0))
    rows = [_row(*pair) for pair in zip(x, said, strict=True)]
    columns = ["question", "answer", "right", "told"]
    return {"kind": "table", "title": "unseen dialogues", "columns": columns, "rows": rows}


def _row(x: np.ndarray, said: str) -> list[str]:
    kind, right = right_answers(x)
    turns = [decode(turn) for turn in x[:-1]]
    told = [turn for turn in turns if turn.startswith(FACTS.get(kind, "-"))]
    return [decode(x[-1]), said, "yes" if said in right else "no", *(told or ["(no need)"])]


def context(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Draw the context's state after each turn of one unseen dialogue; seq2seq has only one."""
    x = data.held_out.x[:ROWS]
    states = np.asarray(compiled(model, "contexts")(x))[0]
    turns, units = x.shape[1], states.shape[1]
    return {
        "kind": "heatmap", "title": "what is known after each turn",
        "values": states.T.tolist(), "x_label": "turn", "y_label": "unit",
        "x_range": [turns - len(states) + 1, turns], "y_range": [0, units - 1],
        "low": -1.0, "high": 1.0,
    }  # fmt: skip


def open_question(model: Any, data: Dataset, p: Dialogues) -> dict[str, Any]:
    """Draw how often each answer to one open question is given in CLOUD draws of z."""
    x = next(x for x in data.held_out.x if right_answers(x)[0] == "weather")
    said = answers(model, np.repeat(x[None], CLOUD, axis=0), p, np.random.default_rng(0))
    right = right_answers(x)[1]
    shares = [said.count(answer) / CLOUD for answer in right]
    return {
        "kind": "bars", "title": f"share of answers: {_weather(x)}",
        "labels": [*(answer.removeprefix("let us ") for answer in right), "anything else"], "values": [*shares, 1 - sum(shares)],
    }  # fmt: skip


def _weather(x: np.ndarray) -> str:
    return next(t for t in map(decode, x) if t.startswith(FACTS["weather"]))


VIEWS = (
    View("talk", "Unseen dialogues", talk),
    View("context", "Memory of turns", context),
    View("open", "An open question", open_question),
)
