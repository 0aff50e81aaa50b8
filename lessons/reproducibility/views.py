"""Reproducibility: the views and the measured values."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np

from lessons.reproducibility.model import NAMES, answers, distance, flat, weights
from tui_dl.lesson import Dataset, View


def fingerprint(theta: np.ndarray) -> float:
    """Return the sum of all weights, rounded to six places."""
    return round(float(theta.sum(dtype="float64")), 6)


def pairs(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw each weight into the output layer: the first network's across, the second's upwards."""
    first, second = (weights(model, name)[2].ravel() for name in NAMES)
    ends = [float(min(first.min(), second.min())), float(max(first.max(), second.max()))]
    return {
        "kind": "scatter", "title": "weights into the output layer",
        "x_label": "in the first network", "y_label": "in the second",
        "groups": [{"name": "weights", "x": first.tolist(), "y": second.tolist()}],
        "lines": [{"name": "equal", "x": ends, "y": ends}],
    }  # fmt: skip


def parting(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw log₁₀ of the distance at the start and after each epoch; −12 means no difference."""
    apart = getattr(model, "apart", None) or [distance(model)]
    y = [math.log10(max(d, 1e-12)) for d in apart]
    series = [{"name": "distance", "x": [float(n) for n in range(len(y))], "y": y}]
    title = "log₁₀ of the distance (−12: none)"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def fingerprints(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Tabulate both networks' sums, checksums over every bit, and answers."""
    rows = []
    for number, name in enumerate(NAMES):
        theta = flat(model, name)
        right = float(np.mean(answers(model, data)[:, number] == data.held_out.y[:, number]))
        rows.append(
            [
                name,
                f"{fingerprint(theta):.6f}",
                f"{zlib.crc32(theta.tobytes()):08x}",
                f"{right:.4f}",
            ]
        )
    columns = ["network", "sum of weights", "checksum", "accuracy"]
    return {"kind": "table", "title": "fingerprints", "columns": columns, "rows": rows}


def measure(model: Any, data: Dataset, p: Any) -> dict[str, float]:
    """Measure fingerprints, differences between the networks, and how often predictions differ."""
    first, second = (flat(model, name) for name in NAMES)
    read = answers(model, data)
    right = np.mean(read == data.held_out.y, axis=0)
    return {
        "fingerprint_1": fingerprint(first),
        "fingerprint_2": fingerprint(second),
        "differing": float(np.mean(first != second)),
        "distance": distance(model),
        "disagree": float(np.mean(read[:, 0] != read[:, 1])),
        "val_accuracy_1": float(right[0]),
        "val_accuracy_2": float(right[1]),
    }


VIEWS = (
    View("pairs", "Weight against weight", pairs),
    View("parting", "How they part", parting),
    View("fingerprints", "Fingerprints", fingerprints),
)
