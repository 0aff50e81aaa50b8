"""Linear regression: the views and the measured values."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lessons.linear_regression.settings import LinearRegression
from tui_dl.lesson import Dataset, View

STICKS = 20  # residuals in the picture: with more, they would hide the line
CELLS = 25  # of the loss surface, on each side


def fitted(model: Any) -> tuple[float, float]:
    """Return the current w and b."""
    w, b = (float(np.squeeze(weight)) for weight in model.get_weights()[:2])
    return w, b


def measure(model: Any, data: Dataset, p: LinearRegression) -> dict[str, float]:
    """Measure w and b, their distance to the truth, and the RMS gap between the two lines."""
    w, b = fitted(model)
    gap = (w - p.true_slope) * data.x + (b - p.true_intercept)
    distance = float(np.hypot(w - p.true_slope, b - p.true_intercept))
    return {"w": w, "b": b, "distance": distance, "fit_error": float(np.sqrt(np.mean(gap**2)))}


def line_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """Draw the fitted line, the points, and a stick for each residual between them."""
    w, b = fitted(model)
    x, y = data.x[:, 0].astype(float), data.y[:, 0].astype(float)
    order = np.argsort(x)[:: -(-len(x) // STICKS)]
    x, y = x[order], y[order]
    loss = float(_losses([w], [b], data)[0, 0])
    low, high = _window([*y, p.true_intercept, p.true_slope + p.true_intercept], [b, w + b])
    of = f" ({len(x)} of {len(data.x)})" * (len(x) < len(data.x))
    return {
        "kind": "plane", "title": f"ŷ = {w:.4g}x {b:+.4g}: mean squared residual {loss:.4g}",
        "x_label": "x", "y_label": "y", "x_range": [0, 1],
        "y_range": [low, high],
        "sticks": np.stack([x, w * x + b, y], axis=1).tolist(),
        "lines": [
            {"name": "fitted", "x": [0.0, 1.0], "y": [b, w + b]},
            {"name": "true", "x": [0.0, 1.0], "y": [p.true_intercept, p.true_slope + p.true_intercept],
             "dashed": True},
        ],
        "groups": [{"name": f"points{of}", "x": x.tolist(), "y": y.tolist()}],
    }  # fmt: skip


def _window(fixed: list[float], moving: list[float]) -> tuple[float, float]:
    """Return the ends of an axis with all fixed values, and with moving ones that are near them."""
    reach = 2 * (max(fixed) - min(fixed)) + 1.0
    near = [v for v in moving if min(fixed) - reach <= v <= max(fixed) + reach]
    low, high = min(*fixed, *near), max(*fixed, *near)
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


_paths: WeakKeyDictionary[Any, list[tuple[float, float]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: LinearRegression) -> dict[str, Any]:
    """Draw the path of (w, b) over the contours of the loss, and the direction of −∇L there."""
    path = _paths.setdefault(model, [])
    w, b = fitted(model)
    path.append((w, b))
    walked = [place for place in path if np.isfinite(place).all()]
    ws, bs = [place[0] for place in walked], [place[1] for place in walked]
    across, up = (_axis(0.0, truth) for truth in (p.true_slope, p.true_intercept))
    losses = np.sqrt(_losses(across, up, data))
    levels = losses.min() + (losses.max() - losses.min()) * np.array(
        [0.02, 0.07, 0.16, 0.3, 0.5, 0.75]
    )
    dw, db = _gradient(w, b, data)
    return {
        "kind": "plane", "title": f"contours of √L: −∂L/∂w = {-dw:.3g}, −∂L/∂b = {-db:.3g}",
        "x_label": "w", "y_label": "b",
        "x_range": [across[0], across[-1]], "y_range": [up[0], up[-1]],
        "contours": {"values": losses.tolist(), "levels": levels.tolist()},
        "lines": [{"name": "path", "x": ws, "y": bs}],
        "groups": [
            {"name": f"now ({w:.2f}, {b:.2f})", "x": ws[-1:], "y": bs[-1:]},
            {"name": f"true ({p.true_slope:g}, {p.true_intercept:g})",
             "x": [p.true_slope], "y": [p.true_intercept]},
        ],
        "arrows": _arrow(w, b, dw, db, across, up),
        "words": _numbers(walked, across[-1] - across[0], up[-1] - up[0]),
    }  # fmt: skip


def _numbers(path: list[tuple[float, float]], wide: float, tall: float) -> list[dict[str, Any]]:
    """Return the number of each place on the path that is far enough from the one before."""
    words: list[dict[str, Any]] = []
    for number, (w, b) in enumerate(path):
        last = words[-1] if words else None
        if last is None or np.hypot((w - last["x"]) / wide, (b - last["y"]) / tall) > 0.06:
            words.append({"text": str(number), "x": w, "y": b})
    return words


def _axis(start: float, end: float) -> list[float]:
    """Return CELLS rising values from before `start` to beyond `end`."""
    margin = max(1.0, 0.4 * abs(end - start))
    return np.linspace(min(start, end) - margin, max(start, end) + margin, CELLS).tolist()


def _losses(ws: list[float], bs: list[float], data: Dataset) -> np.ndarray:
    """Return the mean squared error of every line (b down, w across), from the data's moments."""
    w, b = np.meshgrid(ws, bs)
    x, y = data.x.astype(float), data.y.astype(float)
    squares = w**2 * np.mean(x**2) + b**2 + np.mean(y**2)
    products = w * b * np.mean(x) - w * np.mean(x * y) - b * np.mean(y)
    return np.maximum(squares + 2 * products, 0.0)


def _gradient(w: float, b: float, data: Dataset) -> tuple[float, float]:
    """Return ∂L/∂w and ∂L/∂b over all points."""
    residual = w * data.x.astype(float) + b - data.y
    return float(2 * np.mean(residual * data.x)), float(2 * np.mean(residual))


def _arrow(
    w: float, b: float, dw: float, db: float, across: list[float], up: list[float]
) -> list[dict[str, Any]]:
    """Return the direction of −∇L at (w, b), a fifth of the window long; none where it is 0."""
    wide, tall = across[-1] - across[0], up[-1] - up[0]
    length = np.hypot(dw / wide, db / tall)
    if not np.isfinite(length) or length == 0:
        return []
    scale = 0.2 / length
    return [{"name": "−∇L", "x": [w, w - scale * dw], "y": [b, b - scale * db]}]


VIEWS = (View("line", "The line", line_view), View("path", "The path of (w, b)", path_view))
