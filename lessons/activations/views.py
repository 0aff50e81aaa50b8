"""Activation functions: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.activations.model import AXIS, DERIVATIVES, FUNCTIONS, slope, unit
from lessons.activations.settings import Activations
from tui_dl.lesson import Dataset, View

X = AXIS[::2]  # a point for each column of a wide picture
NAMES = {"identity": "identity", "sigmoid": "sigmoid", "relu": "ReLU", "tanh": "tanh"}


def measure(model: None, data: Dataset, p: Activations) -> dict[str, float]:
    """Measure the chosen input's result, and the share of all inputs with almost no slope."""
    u = p.x * p.W + p.b
    flat = np.mean(DERIVATIVES[p.function](AXIS * p.W + p.b) < 0.01)
    return {
        "u": u, "y": float(unit(p.x, p)), "slope": float(slope(p.x, p)), "flat_share": float(flat),
    }  # fmt: skip


def chain(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw the way of one input: up to the line, which gives u, and from u up to f, which gives y."""
    u, y = p.x * p.W + p.b, float(unit(p.x, p))
    reach = max(6.0, 1.2 * abs(u))
    us = np.linspace(-reach, reach, 121)
    title = f"x = {p.x:.3g} → u = {p.x:.3g}·{p.W:.3g} {p.b:+.3g} = {u:.3g} → y = {y:.3g}"
    return {
        "kind": "panels", "columns": 2, "title": title.replace("-", "−"),
        "panels": [
            _way("u = xW + b", "x", "u", X, X * p.W + p.b, (p.x, u)),
            _way(f"y = {NAMES[p.function]}(u)", "u", "y", us, FUNCTIONS[p.function](us), (u, y)),
        ],
    }  # fmt: skip


def _way(
    title: str, across: str, up: str, xs: np.ndarray, ys: np.ndarray, at: tuple[float, float]
) -> dict[str, Any]:
    """Return a curve with the way over it: from the axis up to the curve, and on to the left."""
    x, y = at
    left, (low, high) = float(xs[0]), _ends([*ys.tolist(), y])
    return {
        "kind": "plane", "title": title, "x_label": across, "y_label": up,
        "x_range": [left, float(xs[-1])], "y_range": [low, high],
        "lines": [{"name": "", "x": xs.tolist(), "y": ys.tolist()}],
        "groups": [{"name": "", "x": [x], "y": [y]}],
        "arrows": [
            {"name": f"{across} = {x:.3g}", "x": [x, x], "y": [low, low + 0.9 * (y - low)]},
            {"name": f"{up} = {y:.3g}", "x": [x, left + 0.02 * (x - left)], "y": [y, y]},
        ],
    }  # fmt: skip


def _ends(values: list[float]) -> tuple[float, float]:
    """Return the ends of an axis that holds these values, with room on both sides."""
    low, high = min(values), max(values)
    room = 0.15 * ((high - low) or 2.0)
    return low - room, high + room


def tangent(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw y over x with the tangent at the chosen input, and beside it the slope of every input."""
    u, y, steep = p.x * p.W + p.b, float(unit(p.x, p)), float(slope(p.x, p))
    ys, slopes = unit(X, p), slope(X, p)
    low, high = _ends([*ys.tolist(), y])
    half = min(2.0, 0.4 * (high - low) / (abs(steep) or 1.0))
    d = float(DERIVATIVES[p.function](u))
    return {
        "kind": "panels", "columns": 2,
        "title": f"dy/dx = f′(u)·W = {d:.3g}·{p.W:.3g} = {steep:.3g} at x = {p.x:.3g}".replace("-", "−"),
        "panels": [
            {"kind": "plane", "title": "y and its tangent", "x_label": "x", "y_label": "y",
             "x_range": [-5, 5], "y_range": [low, high],
             "lines": [
                 {"name": "y", "x": X.tolist(), "y": ys.tolist()},
                 {"name": "tangent", "x": [p.x - half, p.x + half],
                  "y": [y - half * steep, y + half * steep]},
             ],
             "groups": [{"name": "", "x": [p.x], "y": [y]}]},
            {"kind": "plane", "title": "dy/dx at every x", "x_label": "x",
             "x_range": [-5, 5], "y_range": list(_ends([*slopes.tolist(), 0.0])),
             "lines": [{"name": "dy/dx", "x": X.tolist(), "y": slopes.tolist()}],
             "groups": [{"name": "", "x": [p.x], "y": [steep]}]},
        ],
    }  # fmt: skip


def functions(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw all four functions and their derivatives on the same axes, the unit's u marked on each."""
    u = p.x * p.W + p.b
    return {
        "kind": "panels", "columns": 2, "title": f"all four at u = {u:.3g}: f, and f′ dashed",
        "panels": [_function(name, u) for name in FUNCTIONS],
    }  # fmt: skip


def _function(name: str, u: float) -> dict[str, Any]:
    us = np.linspace(-5, 5, 81)
    f, d = FUNCTIONS[name], DERIVATIVES[name]
    y, steep = float(f(u)), float(d(u))
    return {
        "kind": "plane", "title": f"{NAMES[name]} {round(y, 3):.4g}, {round(steep, 3):.4g}",
        "x_range": [-5, 5], "y_range": [-1.2, 1.7],
        "lines": [
            {"name": "", "x": us.tolist(), "y": f(us).tolist()},
            {"name": "", "x": us.tolist(), "y": d(us).tolist(), "dashed": True},
        ],
        "groups": [{"name": "", "x": [u, u], "y": [y, steep]}],
    }  # fmt: skip


VIEWS = (
    View("unit", "From x to y", chain),
    View("tangent", "The slope", tangent),
    View("functions", "The four functions", functions),
)
