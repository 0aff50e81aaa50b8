"""Linear regression: the views and the measured values."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lessons.linear_regression.settings import LinearRegression
from tui_dl.lesson import Dataset, View


def fitted(model: Any) -> tuple[float, float]:
    """Return the line's present w and b."""
    w, b = (float(np.squeeze(weight)) for weight in model.get_weights()[:2])
    return w, b


def measure(model: Any, data: Dataset, p: LinearRegression) -> dict[str, float]:
    """Measure w and b, their distance to the truth, and the RMS gap between the two lines."""
    w, b = fitted(model)
    gap = (w - p.true_slope) * data.x + (b - p.true_intercept)
    distance = float(np.hypot(w - p.true_slope, b - p.true_intercept))
    return {"w": w, "b": b, "distance": distance, "fit_error": float(np.sqrt(np.mean(gap**2)))}


def line_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """Draw the points, the fitted line and the true line."""
    w, b = fitted(model)
    truth = [p.true_intercept, p.true_slope + p.true_intercept]
    shown = slice(None, None, 1 + len(data.x) // 300)
    return {
        "kind": "scatter", "title": f"y = {w:.3f}x {b:+.3f}", "x_label": "x", "y_label": "d",
        "groups": [{"name": "points", "x": data.x[shown, 0].tolist(), "y": data.y[shown, 0].tolist()}],
        "lines": [
            {"name": "fitted", "x": [0.0, 1.0], "y": [b, w + b]},
            {"name": "true", "x": [0.0, 1.0], "y": truth},
        ],
    }  # fmt: skip


_paths: WeakKeyDictionary[Any, list[tuple[float, float]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """Draw the path of (w, b) over the error of every line: a long valley with slow descent."""
    path = _paths.setdefault(model, [])
    path.append(fitted(model))
    ws, bs = (_axis(0.0, truth) for truth in (p.true_slope, p.true_intercept))
    marks = [[w, b, 0] for w, b in path if np.isfinite([w, b]).all()]
    return {
        "kind": "heatmap", "title": "√loss over (w, b): o the path, x the truth",
        "values": np.sqrt(_losses(ws, bs, data)).tolist(),
        "x_label": "w", "y_label": "b", "x_range": [ws[0], ws[-1]], "y_range": [bs[0], bs[-1]],
        "points": [*marks, [p.true_slope, p.true_intercept, 1]],
    }  # fmt: skip


def _axis(start: float, end: float) -> list[float]:
    """Return 32 rising values from before `start` to beyond `end`."""
    margin = max(1.0, 0.4 * abs(end - start))
    return np.linspace(min(start, end) - margin, max(start, end) + margin, 32).tolist()


def _losses(ws: list[float], bs: list[float], data: Dataset) -> np.ndarray:
    """Return the mean squared error of every line (b down, w across), from the data's moments."""
    w, b = np.meshgrid(ws, bs)
    x, d = data.x.astype(float), data.y.astype(float)
    squares = w**2 * np.mean(x**2) + b**2 + np.mean(d**2)
    products = w * b * np.mean(x) - w * np.mean(x * d) - b * np.mean(d)
    return np.maximum(squares + 2 * products, 0.0)


VIEWS = (View("line", "The line", line_view), View("path", "The path of (w, b)", path_view))
