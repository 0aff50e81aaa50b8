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
    """Measure u, h and slope at the chosen input, and the share of all inputs with f' below 0.01."""
    u = p.x * p.W + p.b
    flat = np.mean(DERIVATIVES[p.function](AXIS * p.W + p.b) < 0.01)
    return {
        "u": u, "h": float(unit(p.x, p)), "slope": float(slope(p.x, p)), "flat_share": float(flat),
    }  # fmt: skip


def chain(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw the path of one input: to the line, which gives u, and from u to f, which gives h."""
    u, h = p.x * p.W + p.b, float(unit(p.x, p))
    reach = max(6.0, 1.2 * abs(u))
    us = np.linspace(-reach, reach, 121)
    title = f"x = {p.x:.3g} → u = {p.x:.3g}·{p.W:.3g} {p.b:+.3g} = {u:.3g} → h = {h:.3g}"
    return {
        "kind": "panels", "columns": 2, "title": title.replace("-", "−"),
        "panels": [
            _way("u = xW + b", "x", "u", X, X * p.W + p.b, (p.x, u)),
            _way(f"h = {NAMES[p.function]}(u)", "u", "h", us, FUNCTIONS[p.function](us), (u, h)),
        ],
    }  # fmt: skip


def _way(
    title: str, across: str, up: str, xs: np.ndarray, ys: np.ndarray, at: tuple[float, float]
) -> dict[str, Any]:
    """Return a curve with an input's path: from the axis to the curve, then to the left."""
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
    """Return the ends of an axis that contains these values, with room on both sides."""
    low, high = min(values), max(values)
    room = 0.15 * ((high - low) or 2.0)
    return low - room, high + room


def tangent(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw h over x with the tangent at the chosen input, and beside it the slope at every input."""
    u, h, steep = p.x * p.W + p.b, float(unit(p.x, p)), float(slope(p.x, p))
    hs, slopes = unit(X, p), slope(X, p)
    low, high = _ends([*hs.tolist(), h])
    half = min(2.0, 0.4 * (high - low) / (abs(steep) or 1.0))
    d = float(DERIVATIVES[p.function](u))
    return {
        "kind": "panels", "columns": 2,
        "title": f"dh/dx = f′(u)·W = {d:.3g}·{p.W:.3g} = {steep:.3g} at x = {p.x:.3g}".replace("-", "−"),
        "panels": [
            {"kind": "plane", "title": "h and its tangent", "x_label": "x", "y_label": "h",
             "x_range": [-5, 5], "y_range": [low, high],
             "lines": [
                 {"name": "h", "x": X.tolist(), "y": hs.tolist()},
                 {"name": "tangent", "x": [p.x - half, p.x + half],
                  "y": [h - half * steep, h + half * steep]},
             ],
             "groups": [{"name": "", "x": [p.x], "y": [h]}]},
            {"kind": "plane", "title": "dh/dx at every x", "x_label": "x",
             "x_range": [-5, 5], "y_range": list(_ends([*slopes.tolist(), 0.0])),
             "lines": [{"name": "dh/dx", "x": X.tolist(), "y": slopes.tolist()}],
             "groups": [{"name": "", "x": [p.x], "y": [steep]}]},
        ],
    }  # fmt: skip


def functions(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Draw all four functions and their derivatives on the same axes, with the current u marked."""
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
