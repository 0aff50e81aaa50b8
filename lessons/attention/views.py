"""Attention: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from lessons.attention.dates import END, READ, WRITTEN, decode
from lessons.attention.settings import Attention
from tui_dl.lesson import Dataset, View

ROWS = 10  # unseen lines in the table
FEW = 60  # unseen lines that the bars evaluate during training
SHOWN = 26  # maximum characters in a line whose alignment fits the screen
NOTHING = "without attention there is nothing to look at but the encoder's last state"


def compiled(model: Any, name: str) -> Any:
    """Return a method of the model as a compiled function, made once per model."""
    known = model.__dict__.setdefault("compiled_methods", {})
    return known.setdefault(name, tf.function(getattr(model, name), reduce_retracing=True))


def answers(model: Any, x: np.ndarray) -> np.ndarray:
    """Return the network's free-running output as indices (lines, length)."""
    return np.asarray(compiled(model, "call")(x)).argmax(axis=-1)


def dates_right(y: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return the share of right dates in each line, at their position (lines,)."""
    right = (y == answer).reshape(len(y), -1, 11)[:, :, :10].all(axis=2)
    there = y[:, ::11] != END
    return np.asarray((right & there).sum(axis=1) / there.sum(axis=1))


def thirds(x: np.ndarray) -> list[np.ndarray]:
    """Return line numbers of the shortest, the middle and the longest third."""
    return np.array_split((x != END).sum(axis=1).argsort(kind="stable"), 3)


def measure(model: Any, data: Dataset, p: Attention) -> dict[str, float]:
    """Measure free runs on unseen lines: whole lines right, and dates right by line length."""
    x, y = data.held_out.x, data.held_out.y
    answer = answers(model, x)
    right = dates_right(y, answer)
    short, middle, long = (float(right[rows].mean()) for rows in thirds(x))
    exact = float((y == answer).all(axis=1).mean())
    return {"exact": exact, "short": short, "middle": middle, "long": long}


def alignment(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Draw α in tenths: a row for each character written, a column for each character read."""
    if not p.attention:
        return {"kind": "table", "title": "no attention", "columns": [""], "rows": [[NOTHING]]}
    x = shown(data.held_out.x)[None]
    answer = answers(model, x)
    alpha = np.asarray(compiled(model, "looked_at")(x, answer.astype("int32")))[0]
    read, write = decode(x[0], READ), decode(answer[0], WRITTEN)
    tenths = np.minimum(np.floor(10 * alpha[: len(write), : len(read)]), 9)
    return {
        "kind": "matrix", "title": "attention in tenths", "row_labels": [f"{c} " for c in write],
        "column_labels": list(read), "values": tenths.tolist(), "low": 0.0, "high": 9.0,
    }  # fmt: skip


def shown(x: np.ndarray) -> np.ndarray:
    """Return the longest line that fits the screen, or the shortest line if none does."""
    lengths = (x != END).sum(axis=1)
    fitting = np.where(lengths <= SHOWN, lengths, -lengths)
    return x[int(fitting.argmax())]


def examples(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Tabulate unseen lines and the network's free-running output."""
    x, y = data.held_out.x[:ROWS], data.held_out.y[:ROWS]
    rows = [
        [decode(read, READ), decode(write, WRITTEN), "yes" if (write == right).all() else "no"]
        for read, write, right in zip(x, answers(model, x), y, strict=True)
    ]
    columns = ["read", "written", "right"]
    return {"kind": "table", "title": "unseen lines", "columns": columns, "rows": rows}


def by_length(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Draw the share of right dates in short, middle and long lines."""
    x, y = data.held_out.x[:FEW], data.held_out.y[:FEW]
    right, lengths = dates_right(y, answers(model, x)), (x != END).sum(axis=1)
    labels = [f"{lengths[rows].min()} to {lengths[rows].max()} characters" for rows in thirds(x)]
    return {
        "kind": "bars", "title": "share of dates right, by the length of the line",
        "labels": labels, "values": [float(right[rows].mean()) for rows in thirds(x)],
    }  # fmt: skip


VIEWS = (
    View("alignment", "Where it looks", alignment),
    View("examples", "Unseen lines", examples),
    View("length", "By length", by_length),
)
