"""Nonlinear regression: the views and the measured values."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lessons.nonlinear_regression.model import CURVES, polynomial, truth
from lessons.nonlinear_regression.settings import NonlinearRegression
from tui_dl.lesson import Dataset, View

GRID = np.linspace(-2, 2, 81)


def weights(model: Any) -> np.ndarray:
    """Return w0, w1, …, (degree + 1,)."""
    return np.asarray(model.get_weights()[0], float)[:, 0]


def measure(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, float]:
    """Measure the RMS gap between fitted and true curve over −2…2, and the highest weight."""
    w = weights(model)
    gap = polynomial(w, GRID) - truth(GRID, p)
    return {"fit_error": float(np.sqrt(np.mean(gap**2))), f"w{p.degree}": float(w[-1])}


def curve_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Draw the points, the fitted curve and the true curve."""
    error = measure(model, data, p)["fit_error"]
    shown = slice(None, None, 1 + len(data.x) // 300)
    grid = GRID.tolist()
    return {
        "kind": "scatter", "title": f"root-mean-square gap to the true curve: {error:.3g}", "x_label": "x", "y_label": "d",
        "groups": [{"name": "points", "x": data.x[shown, 0].tolist(), "y": data.y[shown, 0].tolist()}],
        "lines": [
            {"name": "true", "x": grid, "y": truth(GRID, p).tolist()},
            {"name": "fitted", "x": grid, "y": polynomial(weights(model), GRID).tolist()},
        ],
    }  # fmt: skip


_paths: WeakKeyDictionary[Any, list[tuple[int, np.ndarray]]] = WeakKeyDictionary()


def path_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Draw each weight against the step: with Adam straight at first, one learning rate a step."""
    path = _paths.setdefault(model, [])
    path.append((int(model.optimizer.iterations), weights(model)))
    steps, values = [step for step, _ in path], np.array([w for _, w in path]).T
    series = [{"name": f"w{k}", "x": steps, "y": w.tolist()} for k, w in enumerate(values)]
    return {"kind": "lines", "title": "the weights", "x_label": "step", "series": series}


def table_view(model: Any, data: Dataset, p: NonlinearRegression) -> dict[str, Any]:
    """Tabulate each weight beside the true one; powers missing in the true curve have weight 0."""
    true = (*CURVES[p.curve], *[0.0] * 10)
    fitted = [*weights(model).tolist(), *[0.0] * 10]
    count = max(p.degree + 1, len(CURVES[p.curve]))
    rows = [[f"x^{k}", fitted[k], true[k], fitted[k] - true[k]] for k in range(count)]
    columns = ["power", "fitted weight", "true weight", "difference"]
    return {"kind": "table", "title": "weights, fitted and true", "columns": columns, "rows": rows}


VIEWS = (
    View("curve", "The curve", curve_view),
    View("path", "The weights' paths", path_view),
    View("table", "The weights", table_view),
)
