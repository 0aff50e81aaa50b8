"""Exercise: a deep network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.deep_exercise.settings import DeepExercise
from tui_dl.lesson import Dataset, View

GOAL = 0.985
SHOWN, TILES = 500, 8  # validation images that are read, and misread ones that are drawn


def met(p: DeepExercise) -> list[tuple[str, str, bool]]:
    """Return the task, point by point: the requirement, the form's value, and True if it is met."""
    scheduled = (p.schedule, p.warmup, p.learning_rate) == ("warmup-cosine", 3, 0.01)
    cosine = f"{p.warmup} epochs to {p.learning_rate:g}, cosine"
    planned = f"constant {p.learning_rate:g}" if p.schedule == "constant" else cosine
    return [
        ("4 hidden layers", str(p.hidden_layers), p.hidden_layers == 4),
        ("activation relu", p.activation, p.activation == "relu"),
        ("batch norm", "on" if p.batch_normalization else "off", p.batch_normalization),
        ("some dropout", f"{p.dropout:g}", p.dropout > 0),
        ("He before relu", p.hidden_start, p.hidden_start == "he"),
        ("Xavier before softmax", p.output_start, p.output_start == "xavier"),
        ("3 epochs to 0.01, cosine", planned, scheduled),
        ("30 epochs", str(p.epochs), p.epochs == 30),
    ]


def measure(model: Any, data: Dataset, p: DeepExercise) -> dict[str, float]:
    """Measure how many of the task's eight points the settings meet."""
    return {"met": float(sum(fits for _, _, fits in met(p)))}


def scoreboard(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Draw how many of 100 validation images this try misreads, in all and by digit, and the goal."""
    truth, read = readings(model, data)
    wrong = [100 * np.mean(read[truth == digit] != digit) for digit in range(10)]
    now, goal = float(100 * np.mean(read != truth)), 100 * (1 - GOAL)
    notes = [
        "◀ beat this",
        "reached" if now <= goal + 1e-9 else "",
        *map(str, _mistaken(truth, read)),
    ]
    return {
        "kind": "bars", "labels": ["goal", "this try", *data.classes],
        "values": [goal, now, *np.nan_to_num(wrong).tolist()], "notes": notes,
        "low": 0.0, "highlight": [0, 1],
        "title": f"misread of 100: {now:.3g}, goal {goal:.3g}; {sum(f for *_, f in met(p))} of 8 points met",
    }  # fmt: skip


def readings(model: Any, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Return the digits of the first validation images, and what the network reads."""
    y_hat = np.asarray(model(data.held_out.x[:SHOWN], training=False))
    return data.held_out.y[:SHOWN], y_hat.argmax(axis=1)


def _mistaken(truth: np.ndarray, read: np.ndarray) -> list[str]:
    """Return for each digit what it is most often misread as."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (truth, read), 1)
    np.fill_diagonal(counts, 0)
    return [f"as {row.argmax()}" if row.any() else "" for row in counts]


def task(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Tick off the points of the task that the form meets, and show the present rate."""
    points = met(p)
    rows = [
        {"tokens": [f"{asked}:", f"{form} "], "marks": ["", "✓" if fits else "✗"]}
        for asked, form, fits in points
    ]
    now = float(model.optimizer.learning_rate)
    rows.append({"tokens": ["learning rate now:", f"{now:.3g}"]})
    title = f"the task: {sum(fits for *_, fits in points)} of {len(points)} points"
    return {"kind": "tokens", "title": title, "rows": rows}


def misread(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Draw validation images that the network misreads, with what they are and what it reads."""
    truth, read = readings(model, data)
    wrong = np.flatnonzero(truth != read)
    tiles = [
        {
            "values": np.round(data.held_out.x[i].astype(float), 2).tolist(),
            "label": f"{truth[i]} → {read[i]}",
        }
        for i in wrong[:TILES]
    ]
    return {
        "kind": "tiles", "scale": "gray", "low": 0.0, "high": 1.0, "tiles": tiles,
        "title": f"{len(wrong)} of {len(truth)} misread; the goal is {int(len(truth) * (1 - GOAL) + 1e-9)}",
    }  # fmt: skip


VIEWS = (
    View("scoreboard", "Scoreboard", scoreboard),
    View("task", "The task", task),
    View("misread", "Misread digits", misread),
)
