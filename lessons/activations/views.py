"""Activation functions: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.activations.model import AXIS, DERIVATIVES, FUNCTIONS, Function, slope, unit
from lessons.activations.settings import Activations
from tui_dl.lesson import Dataset, View


def measure(model: None, data: Dataset, p: Activations) -> dict[str, float]:
    """Measure the chosen input's result, and the share of all inputs with almost no slope."""
    u = p.x * p.W + p.b
    flat = np.mean(DERIVATIVES[p.function](AXIS * p.W + p.b) < 0.01)
    return {
        "u": u, "y": float(unit(p.x, p)), "slope": float(slope(p.x, p)), "flat_share": float(flat),
    }  # fmt: skip


def unit_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw y and dy/dx over x, with the chosen input marked on y."""
    series = [
        line("output y", AXIS, unit(AXIS, p)),
        line("slope dy/dx", AXIS, slope(AXIS, p)),
        {"name": "at x", "x": [p.x], "y": [float(unit(p.x, p))]},
    ]
    title = f"y = {p.function}({p.W:g}x {p.b:+g})"
    return {"kind": "lines", "title": title, "x_label": "x", "series": series}


def line(name: str, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Return one curve as plain lists."""
    return {"name": name, "x": x.tolist(), "y": y.tolist()}


def functions_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw all four functions, as far as they are between -1.1 and 1.6."""
    return _over_u("f(u)", FUNCTIONS, p)


def derivatives_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw their four derivatives."""
    return _over_u("f'(u)", DERIVATIVES, p)


def _over_u(what: str, functions: dict[str, Function], p: Activations) -> dict[str, Any]:
    """Draw functions over u from -5 to 5, marking the unit's own u where it is in range."""
    u = p.x * p.W + p.b
    at = float(functions[p.function](u))
    seen = abs(u) <= 5 and -1.1 <= at <= 1.6
    mark = [{"name": "the unit", "x": [u], "y": [at]}] if seen else []
    series = [_within(line(name, AXIS, f(AXIS))) for name, f in functions.items()] + mark
    title = f"{what}; the unit's u = {u:.4g}" + ("" if seen else ", out of sight")
    return {"kind": "lines", "title": title, "x_label": "u", "y_label": what, "series": series}


def _within(curve: dict[str, Any]) -> dict[str, Any]:
    kept = [(x, y) for x, y in zip(curve["x"], curve["y"], strict=True) if -1.1 <= y <= 1.6]
    return {"name": curve["name"], "x": [x for x, _ in kept], "y": [y for _, y in kept]}


def table_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Tabulate the chosen input through every function, step by step."""
    u = p.x * p.W + p.b
    rows = [_way(name, u, p.W) for name in FUNCTIONS]
    return {
        "kind": "table", "title": f"x = {p.x:g} gives u = {p.x:g} · {p.W:g} {p.b:+g} = {u:.4g}",
        "columns": ["f", "y = f(u)", "f'(u)", "dy/dx = f'(u) W"], "rows": rows,
    }  # fmt: skip


def _way(name: str, u: float, W: float) -> list[Any]:
    y, d = float(FUNCTIONS[name](u)), float(DERIVATIVES[name](u))
    return [name, y, d, d * W]


VIEWS = (
    View("unit", "The unit", unit_view),
    View("functions", "The functions", functions_view),
    View("derivatives", "Their derivatives", derivatives_view),
    View("table", "One input", table_view),
)
