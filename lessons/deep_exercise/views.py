"""Exercise: a deep network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.deep_exercise.model import rate
from lessons.deep_exercise.settings import DeepExercise
from tui_dl.lesson import Dataset, View


def met(p: DeepExercise) -> list[tuple[str, str, bool]]:
    """Return the task, point by point: the requirement, the form's value, and True if it is met."""
    scheduled = (p.schedule, p.warmup, p.learning_rate) == ("warmup-cosine", 3, 0.01)
    top = f"{p.schedule}, {p.warmup} epochs up, top {p.learning_rate:g}"
    return [
        ("4 hidden layers", str(p.hidden_layers), p.hidden_layers == 4),
        ("activation relu", p.activation, p.activation == "relu"),
        ("batch norm", "on" if p.batch_normalization else "off", p.batch_normalization),
        ("some dropout", f"{p.dropout:g}", p.dropout > 0),
        ("He before relu", p.hidden_start, p.hidden_start == "he"),
        ("Xavier before softmax", p.output_start, p.output_start == "xavier"),
        ("3 epochs up to 0.01, cosine", top, scheduled),
        ("30 epochs", str(p.epochs), p.epochs == 30),
    ]


def measure(model: Any, data: Dataset, p: DeepExercise) -> dict[str, float]:
    """Measure how many of the task's eight points the settings meet."""
    return {"met": float(sum(fits for _, _, fits in met(p)))}


def checklist(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Tabulate the task beside the form."""
    rows = [[asked, form, "yes" if fits else "not yet"] for asked, form, fits in met(p)]
    title = f"the task: {sum(row[2] == 'yes' for row in rows)} of {len(rows)} points"
    return {"kind": "table", "title": title, "columns": ["asked", "form", "met"], "rows": rows}


def rates(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Draw the learning rate of every epoch, and the current one."""
    epochs = list(range(1, p.epochs + 1))
    planned = {"name": "planned", "x": epochs, "y": [rate(p, e - 1) for e in epochs]}
    now = float(model.optimizer.learning_rate)
    present = {"name": "now", "x": [1, p.epochs], "y": [now, now]}
    title = "learning rate by epoch"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": [planned, present]}


def confusion(model: Any, data: Dataset, p: DeepExercise) -> dict[str, Any]:
    """Draw how many of 300 validation images of each digit (row) are read as which (column)."""
    truth, read = (
        data.held_out.y[:300],
        np.argmax(model(data.held_out.x[:300], training=False), axis=1),
    )
    counts = np.zeros((10, 10))
    np.add.at(counts, (truth, read), 1)
    names = list(data.classes)
    return {
        "kind": "matrix", "title": "the digit (row) and what the network reads (column)",
        "row_labels": names, "column_labels": names, "values": counts.tolist(),
    }  # fmt: skip


VIEWS = (
    View("checklist", "The task", checklist),
    View("rates", "Learning rate", rates),
    View("confusion", "Misread digits", confusion),
)
