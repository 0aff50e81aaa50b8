"""Deep network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.deep_network.settings import DeepNetwork
from tui_dl.lesson import Dataset, View, evenly_spaced

ROWS, IMAGES = 16, 200


def through(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw one digit's pixels, its activations in every layer, and the answer."""
    hs = activations(model, data.held_out.x[:1])
    y_hat, truth = hs[-1][0], int(data.held_out.y[0])
    answer = int(y_hat.argmax())
    image = {
        "kind": "tiles", "title": f"a {truth}", "scale": "gray", "low": 0.0, "high": 1.0, "legend": False,
        "tiles": [{"values": data.held_out.x[0].round(2).tolist()}],
    }  # fmt: skip
    columns = [_sample(h[0]) / (np.abs(h[0]).max() or 1.0) for h in hs[1:-1]]
    hidden = {
        "kind": "heatmap", "title": "h / max h", "fill": True,
        "scale": "diverging" if p.activation == "tanh" else "sequential", "high": 1.0,
        "values": np.array(columns).T.tolist(),
        "column_labels": [str(number) for number in range(1, len(columns) + 1)],
    }  # fmt: skip
    bars = {
        "kind": "bars", "title": "ŷ", "labels": list(data.classes), "values": y_hat.round(4).tolist(), "decimals": 2,
        "low": 0.0, "high": 1.0, "highlight": [answer], "target": truth,
    }  # fmt: skip
    verdict = "✓" if answer == truth else "✗"
    return {
        "kind": "panels", "title": f"a {truth} through {len(columns)} layers: read as {answer} {verdict}",
        "widths": [1, 1.3, 1.8] if columns else [1, 1.8],
        "panels": [image, hidden, bars] if columns else [image, bars],
    }  # fmt: skip


def activations(model: Any, x: np.ndarray) -> list[np.ndarray]:
    """Return the pixels (n, pixels) of images, and the output (n, units) of every layer."""
    h, found = x, []
    for layer in model.layers:
        h = layer(h)
        found.append(np.asarray(h, float))
    return found


def _sample(h: np.ndarray) -> np.ndarray:
    """Return the activations of up to ROWS units, evenly spaced."""
    return h[evenly_spaced(len(h), ROWS)]


def separation(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw images of three digits by the two main directions of three layers' activations."""
    x, y = data.held_out.x[:IMAGES], data.held_out.y[:IMAGES]
    some = np.isin(y, (3, 5, 8))
    hs = activations(model, x[some])[:-1]
    panels = [
        _map(hs[number], y[some], "pixels" if number == 0 else f"layer {number}")
        for number in sorted({0, len(hs) // 2, len(hs) - 1})
    ]
    title = "3, 5 and 8 along the two main directions of a layer"
    return {"kind": "panels", "title": title, "panels": panels}


def _map(h: np.ndarray, y: np.ndarray, name: str) -> dict[str, Any]:
    """Draw activations h (n, units) along the two directions in which they differ most."""
    centered = h - h.mean(axis=0)
    squares, places = np.linalg.eigh(centered @ centered.T)  # of images: fewer than pixels
    places = places[:, :-3:-1] * np.sqrt(squares[:-3:-1].clip(0))
    places = places * np.where(places[0] < 0, -1.0, 1.0)  # an eigenvector's sign is arbitrary
    groups = [
        {"name": str(digit), "x": places[y == digit, 0].tolist(), "y": places[y == digit, 1].tolist()}
        for digit in (3, 5, 8)
    ]  # fmt: skip
    return {"kind": "plane", "title": f"{name}, σ {h.std(axis=0).mean():.2g}", "groups": groups}


def confusion(model: Any, data: Dataset, p: DeepNetwork) -> dict[str, Any]:
    """Draw how often each of 500 validation images' digits (row) gets each answer (column)."""
    truth, read = (
        data.held_out.y[:500],
        np.argmax(model(data.held_out.x[:500], training=False), axis=1),
    )
    counts = np.zeros((10, 10))
    np.add.at(counts, (truth, read), 1)
    return {
        "kind": "matrix", "title": f"{int(np.trace(counts))} of {len(truth)} right: digit (row), answer (column)",
        "row_labels": list(data.classes), "column_labels": list(data.classes),
        "values": counts.tolist(), "scale": "sequential",
    }  # fmt: skip


VIEWS = (
    View("through", "One digit through all layers", through),
    View("separation", "Digits part with depth", separation),
    View("confusion", "Confusion matrix", confusion),
)
