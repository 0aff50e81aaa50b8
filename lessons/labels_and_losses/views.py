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


def one_image(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Draw an image, its label in both forms over the outputs, and both forms read crosswise."""
    image, truth, y_hat = _shown(model, data, p)
    cost = -np.log(np.maximum(y_hat, 1e-7))
    rest = f"both forms pick −log ŷ{_below(truth)} = {cost[truth]:.3f}"
    if refusal(p, data.y):
        wrong = float(crosswise(truth, p.loss) @ cost)
        rest = f"L is {wrong:.2f} here, {cost[truth]:.3f} if label and loss fit"
    return {
        "kind": "panels", "columns": 2, "least": 27, "title": f"a {truth}: {rest}",
        "panels": [
            {"kind": "tiles", "title": f"x, a {truth}", "scale": "gray", "low": 0,
             "tiles": [{"values": image.tolist()}]},
            {"kind": "unrolled", "title": "label, ŷ, forms exchanged",
             "columns": [str(k) for k in range(CLASSES)], "rows": _rows(truth, y_hat)},
        ],
    }  # fmt: skip


def _rows(truth: int, y_hat: np.ndarray) -> list[dict[str, Any]]:
    """Return both forms of a label around the outputs, and how each is read by the other's loss."""
    pointed = ["↑" if k == truth else "" for k in range(CLASSES)]
    return [
        {"name": "one-hot", "words": _words(np.eye(CLASSES)[truth])},
        {"name": "ŷ", "values": y_hat.tolist(), "scale": "sequential", "low": 0, "high": 1, "bars": True},
        {"name": "integer", "words": pointed},
        {"name": "int→row", "words": _words(crosswise(truth, "categorical"))},
        {"name": "row→int", "words": _words(crosswise(truth, "sparse"))},
    ]  # fmt: skip


def _words(counts: np.ndarray) -> list[str]:
    return [f"{count:.0f}" for count in counts]


def _below(number: int) -> str:
    return chr(ord("₀") + number)


def _classes(data: Dataset, p: LabelsAndLosses) -> np.ndarray:
    """Return the validation images' labels as integers (N,)."""
    y = data.held_out.y
    return np.asarray(y.argmax(axis=1) if p.labels == "one-hot" else y)


def _shown(model: Any, data: Dataset, p: LabelsAndLosses) -> tuple[np.ndarray, int, np.ndarray]:
    """Return the first validation image of a class above 1, its class, and the outputs (10,)."""
    classes = _classes(data, p)
    at = int((classes > 1).argmax())
    image = data.held_out.x[at]
    return image, int(classes[at]), np.asarray(model(image[None], training=False), float)[0]


def crosswise(truth: int, loss: str) -> np.ndarray:
    """Return how often a loss counts each −log ŷ_k (10,) if the label has the other's form."""
    if loss == "categorical":
        return np.full(CLASSES, float(truth))  # an integer, stretched over the row
    counts = np.zeros(CLASSES)
    counts[:2] = CLASSES - 1, 1  # a row, read as nine labels 0 and one label 1
    return counts


def shares(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Draw what each class adds to L: with the label that the loss expects, and with the other."""
    _, truth, y_hat = _shown(model, data, p)
    cost = -np.log(np.maximum(y_hat, 1e-7))
    parts = np.eye(CLASSES)[truth] * cost, crosswise(truth, p.loss) * cost
    expected = {"categorical": ("row", "integer"), "sparse": ("integer", "row")}[p.loss]
    here = int(bool(refusal(p, data.y)))
    high = max(float(np.max(parts)), 1.0)
    return {
        "kind": "panels", "columns": 2,
        "title": f"{p.loss} loss of a {truth}: what each class adds (• this run)",
        "panels": [
            {"kind": "bars", "title": f"{'• ' * (i == here)}{form}: L = {part.sum():.2f}",
             "labels": list(data.classes), "values": part.tolist(), "low": 0, "high": high,
             "highlight": [truth]}
            for i, (form, part) in enumerate(zip(expected, parts, strict=True))
        ],
    }  # fmt: skip


def ten_images(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Draw the outputs for one validation image of each class: a diagonal once they are learned."""
    classes = _classes(data, p)
    first = [int((classes == k).argmax()) for k in range(CLASSES)]
    y_hat = np.asarray(model(data.held_out.x[first], training=False), float)
    right = int(np.sum(y_hat.argmax(axis=1) == classes[first]))
    return {
        "kind": "heatmap", "title": f"ŷ for an image of each class: {right} of {CLASSES} right",
        "values": y_hat.tolist(), "scale": "sequential", "low": 0, "high": 1, "name": "ŷ",
        "row_labels": [f"is {name}" for name in data.classes], "column_labels": list(data.classes),
    }  # fmt: skip


def verdict(model: Any, data: Dataset, p: LabelsAndLosses) -> dict[str, Any]:
    """Tabulate Keras's response to the labels and the loss of this run."""
    text = refusal(p, data.y)
    said = text or "nothing: labels and loss fit"
    here = "the run uses the formula without the check, to show what the error saves you from"
    rows = [["labels", f"{p.labels}: {LABEL_SHAPES[p.labels]}"], ["loss", LOSSES[p.loss]]]
    for name, words in (("Keras says", said), ("here", here if text else "")):
        lines = textwrap.wrap(words, 30)
        rows += [[name if i == 0 else "", line] for i, line in enumerate(lines)]
    return {
        "kind": "table", "title": "labels and loss: refused" if text else "labels and loss: they fit",
        "columns": ["", "in this run"], "rows": rows,
    }  # fmt: skip


VIEWS = (
    View("one-image", "One label, two forms", one_image),
    View("shares", "What the loss adds up", shares),
    View("ten-images", "Ten images", ten_images),
    View("verdict", "What Keras says", verdict),
)
