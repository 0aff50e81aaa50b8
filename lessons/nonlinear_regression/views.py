"""Nonlinear regression: the views and the measured values."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lessons.nonlinear_regression.model import CURVES, polynomial, truth
from lessons.nonlinear_regression.settings import NonlinearRegression
from tui_dl.lesson import Dataset, View

GRID = np.linspace(-2, 2, 81)
DEGREES = (1, 3, 9)  # too few weights, enough, too many
SHOWN = 15  # points in the picture: with more, they would bury the curves
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def weights(model: Any) -> np.ndarray:
    """Return w0, w1, …, (degree + 1,)."""
    return np.asarray(model.get_weights()[0], float)[:, 0]


def measure(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, float]:
    """Measure the RMS gap between fitted and true curve over −2…2, and the weight of the highest power."""
    w = weights(model)
    gap = polynomial(w, GRID) - truth(GRID, p)
    return {"fit_error": float(np.sqrt(np.mean(gap**2))), f"w{p.degree}": float(w[-1])}


def degrees(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Draw three degrees on the same points: this run's present fit, the best fits of the others."""
    nearest = min(DEGREES, key=lambda degree: abs(degree - p.degree))
    shown = [p.degree if degree == nearest else degree for degree in DEGREES]
    others = [str(degree) for degree in shown if degree != p.degree]
    return {
        "kind": "panels", "columns": 3, "least": 12,
        "title": f"degree {p.degree} now, {' and '.join(others)} at their best fit; true curve dashed",
        "panels": [
            _curve(degree, weights(model) if degree == p.degree else best(data, degree), data, p)
            for degree in shown
        ],
    }  # fmt: skip


def best(data: Dataset, degree: int) -> np.ndarray:
    """Return the weights w0, w1, … of the polynomial of that degree with the least loss."""
    powers = data.x.astype(float) ** np.arange(degree + 1)
    return np.asarray(np.linalg.lstsq(powers, data.y[:, 0].astype(float), rcond=None)[0])


def _curve(degree: int, w: np.ndarray, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Return a polynomial with some of the points, in the window of the true curve."""
    shown = slice(None, None, -(-len(data.x) // SHOWN))
    x, y = data.x[shown, 0].astype(float), data.y[shown, 0].astype(float)
    fit, true = polynomial(w, GRID), truth(GRID, p)
    gap = float(np.sqrt(np.mean((fit - true) ** 2)))
    low, high = min(true.min(), y.min()), max(true.max(), y.max())
    room = 0.15 * (high - low)
    return {
        "kind": "plane", "title": f"{degree}: gap {gap:.2g}", "x_range": [-2, 2],
        "y_range": [float(low - room), float(high + room)],
        "lines": [
            {"name": "", "x": GRID.tolist(), "y": fit.tolist()},
            {"name": "", "x": GRID[::4].tolist(), "y": true[::4].tolist(), "dashed": True, "quiet": True},
        ],
        "groups": [{"name": "", "x": x.tolist(), "y": y.tolist()}],
    }  # fmt: skip


def shapes(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Draw what each power adds, w_k x^k, and their sum over the true curve, on one scale."""
    w, true = weights(model), truth(GRID, p)
    parts = [w_k * GRID**k for k, w_k in enumerate(w)]
    low, high = float(true.min()), float(true.max())
    ends = [low - 0.15 * (high - low), high + 0.15 * (high - low)]
    panels = [
        _shape(f"{w_k:.2g}{_power(k)}", part, ends)
        for k, (w_k, part) in enumerate(zip(w, parts, strict=True))
    ]
    total = _shape("sum", np.sum(parts, axis=0), ends)
    total["lines"].append(
        {"name": "", "x": GRID[::2].tolist(), "y": true[::2].tolist(), "dashed": True}
    )
    return {
        "kind": "panels", "columns": 3, "least": 12, "panels": [total, *panels],
        "title": "the parts add up to the sum; true curve dashed",
    }  # fmt: skip


def _power(k: int) -> str:
    """Return the power of x as written after its weight."""
    return "" if k == 0 else " x" if k == 1 else f" x{str(k).translate(SUPERSCRIPTS)}"


def _shape(title: str, part: np.ndarray, ends: list[float]) -> dict[str, Any]:
    return {
        "kind": "plane", "title": title, "axes": False, "x_range": [-2, 2], "y_range": ends,
        "lines": [
            {"name": "", "x": [-2, 2], "y": [0, 0], "quiet": True},
            {"name": "", "x": GRID[::2].tolist(), "y": part[::2].tolist()},
        ],
    }  # fmt: skip


_paths: WeakKeyDictionary[Any, list[tuple[int, np.ndarray]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Draw each weight against the step, and the true weight dashed."""
    path = _paths.setdefault(model, [])
    path.append((int(model.optimizer.iterations), weights(model)))
    steps, values = [step for step, _ in path], np.array([w for _, w in path]).T
    true = (*CURVES[p.curve], *[0.0] * 10)
    last = max(steps[-1], 1)
    panels = [
        {"kind": "plane", "title": f"w{k} {w[-1]:.3g}, true {true[k]:g}", "x_label": "step",
         "x_range": [0, last],
         "lines": [
             {"name": "", "x": steps, "y": w.tolist()},
             {"name": "", "x": [0, last], "y": [true[k], true[k]], "dashed": True},
         ]}
        for k, w in enumerate(values)
    ]  # fmt: skip
    title = f"{len(values)} weights over the steps, the true ones dashed"
    return {"kind": "panels", "columns": 2, "title": title, "panels": panels}


VIEWS = (
    View("degrees", "Three degrees", degrees),
    View("shapes", "What each power adds", shapes),
    View("path", "The weights' paths", path_view),
)
