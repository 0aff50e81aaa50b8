"""Attention: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from lessons.attention.dates import END, READ, WRITTEN, decode
from lessons.attention.settings import Attention
from tui_dl.lesson import Dataset, Split, View

ROWS = 10  # unseen lines in the table
FEW = 60  # unseen lines that the bars evaluate during training
SHOWN = 20  # maximum characters in a line whose alignment fits the screen


def compiled(model: Any, name: str, *batches: np.ndarray) -> Any:
    """Call a method of the model, compiled once for batches of any size."""
    known = model.__dict__.setdefault("compiled_methods", {})
    if name not in known:
        shapes = [tf.TensorSpec((None, *batch.shape[1:]), batch.dtype) for batch in batches]
        known[name] = tf.function(getattr(model, name), input_signature=shapes)
    return known[name](*batches)


def look(model: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the free-running output as indices (lines, length), and α (lines, length, read)."""
    answer, alpha = compiled(model, "look", x)
    return np.asarray(answer), np.asarray(alpha)


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
    answer, _ = look(model, x)
    right = dates_right(y, answer)
    short, middle, long = (float(right[rows].mean()) for rows in thirds(x))
    exact = float((y == answer).all(axis=1).mean())
    return {"exact": exact, "short": short, "middle": middle, "long": long}


def alignment(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Draw α: a row for each character written, a column for each character read."""
    x, y = shown(data.held_out)
    (answer,), (alpha,) = look(model, x[None])
    if not p.attention:
        return unattended(x, y, answer)
    read, size = decode(x, READ), len(decode(y, WRITTEN))
    mark = "✓" if (answer == y).all() else "✗"
    return {
        "kind": "heatmap", "title": f"{read} → {decode(answer, WRITTEN)} {mark}",
        "scale": "sequential", "low": 0, "high": 1, "name": "α",
        "values": alpha[:size, : len(read)].tolist(),
        "row_labels": [character(i) for i in answer[:size]], "column_labels": [c.replace(" ", "·") for c in read],
    }  # fmt: skip


def unattended(x: np.ndarray, y: np.ndarray, answer: np.ndarray) -> dict[str, Any]:
    """Draw a line and its answer: without attention there is nothing to look at."""
    return {
        "kind": "tokens", "joined": True,
        "title": "no attention: the decoder sees only the last state",
        "rows": [{"name": "read", "tokens": list(decode(x, READ))}, _written(y, answer)],
    }  # fmt: skip


def character(number: int) -> str:
    """Return a written character as it is drawn: a dot for the blank that ends a line."""
    return "·" if number == END else WRITTEN[number]


def _written(y: np.ndarray, answer: np.ndarray) -> dict[str, Any]:
    """Return a row with the network's line, each wrong character marked."""
    size = len(decode(y, WRITTEN))
    tokens = [character(i) for i in answer[:size]]
    marks = ["" if right else "✗" for right in (answer == y)[:size]]
    return {"name": "written", "tokens": tokens, "marks": marks}


def shown(held_out: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return the longest line that fits the screen, or the shortest line if none does."""
    lengths = (held_out.x != END).sum(axis=1)
    number = int(np.where(lengths <= SHOWN, lengths, -lengths).argmax())
    return held_out.x[number], held_out.y[number]


PARTS = {"year": slice(0, 4), "month": slice(5, 7), "day": slice(8, 10)}


def parts(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Draw which letters read the year, the month and the day of an answer look at, as mean α.

    The line is in another of the written forms at each snapshot.
    """
    number = int(model.optimizer.iterations) % ROWS
    x, y = data.held_out.x[number], data.held_out.y[number]
    (answer,), (alpha,) = look(model, x[None])
    if not p.attention:
        return unattended(x, y, answer)
    read = decode(x, READ)
    alpha = alpha[:, : len(read)]
    tokens = [c.replace(" ", "·") for c in read]
    rows = [
        {"name": name, "tokens": tokens, "weights": alpha[part].mean(axis=0).tolist()}
        for name, part in PARTS.items()
    ]
    return {
        "kind": "tokens", "joined": True, "scale": "sequential", "low": 0, "high": 1,
        "title": "where the year, the month and the day come from",
        "rows": [*rows, _written(y, answer)],
    }  # fmt: skip


def examples(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Tabulate unseen lines and the network's free-running output."""
    x, y = data.held_out.x[:ROWS], data.held_out.y[:ROWS]
    answer, _ = look(model, x)
    right = (answer == y).all(axis=1)
    rows = [
        ["✓" if good else "✗", decode(write, WRITTEN), decode(read, READ)]
        for read, write, good in zip(x, answer, right, strict=True)
    ]
    return {
        "kind": "table", "title": f"{right.sum()} of {ROWS} unseen lines right",
        "columns": ["", "written", "read"], "rows": rows,
        "highlight": np.flatnonzero(~right).tolist(),
    }  # fmt: skip


def by_length(model: Any, data: Dataset, p: Attention) -> dict[str, Any]:
    """Draw the share of right dates in short, middle and long lines."""
    x, y = data.held_out.x[:FEW], data.held_out.y[:FEW]
    answer, _ = look(model, x)
    right, lengths = dates_right(y, answer), (x != END).sum(axis=1)
    labels = [f"{lengths[rows].min()} to {lengths[rows].max()}" for rows in thirds(x)]
    return {
        "kind": "bars", "title": f"share of dates right, by characters in {len(x)} lines",
        "labels": labels, "values": [float(right[rows].mean()) for rows in thirds(x)],
        "low": 0, "high": 1, "decimals": 2,
    }  # fmt: skip


VIEWS = (
    View("alignment", "Where it looks", alignment),
    View("parts", "Year, month, day", parts),
    View("examples", "Unseen lines", examples),
    View("length", "By length", by_length),
)
