"""Reproducibility: the views and the measured values."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from lessons.reproducibility.model import NAMES, answers, distance, flat, weights
from tui_dl.lesson import Dataset, View

TILES = 8


def fingerprint(theta: np.ndarray) -> float:
    """Return the sum of all weights, rounded to six places."""
    return round(float(theta.sum(dtype="float64")), 6)


def fingerprints(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Write both networks' loss, sum of weights and checksum, and mark the digits that differ."""
    first, second = (flat(model, name) for name in NAMES)
    one, two = (f"{loss:.10f}" for loss in losses(model, data))
    pairs = {
        "loss": (one, two),
        "sum": tuple(f"{fingerprint(theta):.6f}" for theta in (first, second)),
        "checksum": tuple(f"{zlib.crc32(theta.tobytes()):08x}" for theta in (first, second)),
    }
    rows = [row for name, pair in pairs.items() for row in _compared(name, *pair)]
    differ = int(np.sum(first != second))
    title = f"{differ} of {len(first)} weights differ; {_parted(one, two)}"
    if not differ:
        title = "the two networks are equal to the last bit"
    return {"kind": "tokens", "joined": True, "title": title, "rows": rows}


def losses(model: Any, data: Dataset) -> tuple[float, float]:
    """Return the cross-entropy of each network over the validation images, in 64 bits."""
    x, y = data.held_out.x[:, 0].reshape(len(data.held_out.x), -1), data.held_out.y[:, 0]
    found = []
    for name in NAMES:
        W_1, b_1, W_2, b_2 = (w.astype(float) for w in weights(model, name))
        u = np.maximum(x @ W_1 + b_1, 0) @ W_2 + b_2
        u -= u.max(axis=1, keepdims=True)
        right = u[np.arange(len(y)), y]
        found.append(float(np.mean(np.log(np.exp(u).sum(axis=1)) - right)))
    return found[0], found[1]


def _compared(name: str, one: str, two: str) -> list[dict[str, Any]]:
    """Return three rows: both numbers, and a ✗ below each character in which they differ."""
    width = max(len(one), len(two))
    one, two = one.rjust(width), two.rjust(width)
    differ = [a != b for a, b in zip(one, two, strict=True)]
    return [
        {"name": f"{name} 1", "tokens": list(one)},
        {"name": f"{name} 2", "tokens": list(two)},
        {"name": "", "tokens": ["" if d else " " for d in differ], "marks": ["✗" if d else "" for d in differ]},
    ]  # fmt: skip


def _parted(one: str, two: str) -> str:
    """Return from which decimal on two numbers with equally many decimals differ, in words."""
    pairs = enumerate(zip(one, two, strict=False))
    parted = next((place for place, (a, b) in pairs if a != b), None)
    if parted is None:
        return "the losses in no decimal shown"
    return f"the losses from decimal {max(0, parted - one.index('.'))}"


def disagreements(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the validation images that the two networks read differently, else the first ones."""
    read, right = answers(model, data), data.held_out.y[:, 0]
    differ = np.flatnonzero(read[:, 0] != read[:, 1])
    shown = differ[:TILES] if len(differ) else np.arange(TILES)
    tiles = [
        {
            "values": data.held_out.x[i, 0].tolist(), "label": f"is {right[i]}",
            "mark": f"{read[i, 0]} {'|' if len(differ) else '='} {read[i, 1]}",
        }
        for i in shown
    ]  # fmt: skip
    return {
        "kind": "tiles", "scale": "gray", "low": 0.0, "high": 1.0, "tiles": tiles,
        "title": f"{len(differ)} of {len(right)} images read differently",
    }  # fmt: skip


def parting(model: Any, data: Dataset, p: Any) -> dict[str, Any]:
    """Draw the distance at the start and after each epoch in powers of ten; −12 means no distance."""
    apart = getattr(model, "apart", None) or [distance(model)]
    y = [max(d, 1e-12) for d in apart]
    return {
        "kind": "lines", "log": True, "x_label": "epoch", "y_label": "distance", "y_range": [-12.5, 0.5],
        "title": f"distance {apart[-1]:.2g} after {len(y) - 1} epochs, {apart[0]:.2g} at the start",
        "series": [{"name": "", "x": list(range(len(y))), "y": y}],
    }  # fmt: skip


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
    View("fingerprints", "Fingerprints", fingerprints),
    View("disagreements", "Read differently", disagreements),
    View("parting", "How they part", parting),
)
