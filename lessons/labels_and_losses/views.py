"""Labels and losses: the views and the measured values."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from lessons.labels_and_losses.model import CLASSES, LOSSES, refusal
from lessons.labels_and_losses.settings import LabelsAndLosses
from tui_dl.lesson import Dataset, View

LABEL_SHAPES = {"one-hot": "(B, 10)", "integers": "(B,)"}


def measure(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, float]:
    """Return 1 if Keras refuses the labels with this loss, else 0."""
    return {"refused": float(bool(refusal(p, data.y)))}


def verdict(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Tabulate Keras's response to the labels and the loss of this run."""
    text = refusal(p, data.y)
    said = text or "nothing: they fit, and the training is as it should be"
    rows = [["labels", f"{p.labels}, a batch of B has the shape {LABEL_SHAPES[p.labels]}"]]
    rows += [["loss", LOSSES[p.loss]]]
    rows += [["Keras says", line] for line in textwrap.wrap(said, 48)]
    if text:
        rows += [["here", "the formula without the check trains instead,"]]
        rows += [["", "so that you see what the error spares you"]]
    return {
        "kind": "table", "title": "labels and loss: refused" if text else "labels and loss: they fit",
        "columns": ["", "in this run"], "rows": [[*row] for row in _without_repeats(rows)],
    }  # fmt: skip


def _without_repeats(rows: list[list[str]]) -> list[list[str]]:
    """Blank repeated values in the first column."""
    return [
        ["" if i and row[0] == rows[i - 1][0] else row[0], row[1]] for i, row in enumerate(rows)
    ]


def one_image(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Tabulate one validation image: its one-hot row, the output, and each class's part of E."""
    y = np.asarray(model(data.held_out.x[:1], training=False), float)[0]
    truth = int(np.argmax(data.held_out.y[0])) if p.labels == "one-hot" else int(data.held_out.y[0])
    cost = -float(np.log(max(y[truth], 1e-7)))
    rows = [[k, int(k == truth), float(y[k]), cost if k == truth else 0.0] for k in range(CLASSES)]
    return {
        "kind": "table", "title": f"one image, a {truth}: E is the sum of the last column",
        "columns": ["class k", "t", "output y", "−t log y"], "rows": rows,
    }  # fmt: skip


def mean_output(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Draw the output for each class, averaged over 100 validation images of all classes."""
    y = np.asarray(model(data.held_out.x[:100], training=False), float).mean(axis=0)
    title = "mean output for each class"
    return {"kind": "bars", "title": title, "labels": list(data.classes), "values": y.tolist()}


VIEWS = (
    View("verdict", "What Keras says", verdict),
    View("one-image", "One image", one_image),
    View("mean-output", "Mean output", mean_output),
)
