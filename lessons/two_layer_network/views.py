"""Two-layer network: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.two_layer_network.model import (
    BLOCK,
    Array,
    Network,
    columns,
    forward,
    mean_squared_error,
)
from lessons.two_layer_network.settings import TwoLayerNetwork
from tui_dl.lesson import Dataset, View


def measure(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, float]:
    """Measure the reference losses: the best straight line's, and the true curve's."""
    x, y = columns(data)
    inputs = np.hstack([x, np.ones_like(x)])
    line = inputs @ np.linalg.lstsq(inputs, y, rcond=None)[0]
    return {
        "line_loss": mean_squared_error(line, y),
        "true_loss": mean_squared_error(truth(x, p), y),
    }


def truth(x: Array, p: TwoLayerNetwork) -> Array:
    """Return the mean of y at x: the sine, raised by half of the noise."""
    return np.asarray(np.sin(2 * np.pi * x) + p.noise / 2)


GRID = np.linspace(0, 1, 61)[:, None]
SHOWN = 25  # points and residuals in the picture: with more, they would hide the curve
UNITS = 10  # small pictures of units
POINTS = 20  # of a trace
NAMES = ("W₁", "b₁", "W₂")


def parts(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw what each hidden unit adds to the output, h · W2, and then the sum with b2."""
    h, y_hat = forward(net.theta, GRID, p.activation)
    added = h * net.theta[2][:, 0]
    true = truth(GRID, p)[::2, 0]
    least = 0.3 * float(np.ptp(true))
    shown = strongest(added)
    panels = [
        _small(f"{i + 1}: {round(added[-1, i] - added[0, i], 1) + 0.0:+}", added[::2, i], least)
        for i in shown
    ]
    total = _small("sum", y_hat[::2, 0], least, true)
    total["lines"].append({"name": "", "x": _x(GRID)[::2], "y": true.tolist(), "dashed": True})
    some = f"{len(shown)} of " if len(shown) < p.units else ""
    return {
        "kind": "panels", "columns": 6, "least": 8, "panels": [*panels, total],
        "title": f"iteration {net.iteration}: {some}{_units(p.units)}, and the sum (truth dashed)",
    }  # fmt: skip


def strongest(added: Array) -> list[int]:
    """Return the units whose parts (points, units) differ most over x, in their own order."""
    reach = np.ptp(added, axis=0)
    return sorted(np.argsort(-reach, kind="stable")[:UNITS].tolist())


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"


def _x(x: Array) -> list[float]:
    column: list[float] = x[:, 0].tolist()
    return column


def _small(title: str, y: Array, least: float, *others: Array) -> dict[str, Any]:
    """Return one curve over x without axes; its window is at least `least` high."""
    return {
        "kind": "plane", "title": title, "axes": False,
        "x_range": [0, 1], "y_range": _window([y, *others], least),
        "lines": [{"name": "", "x": _x(GRID)[::2], "y": y.tolist()}],
    }  # fmt: skip


def _window(curves: list[Array], least: float) -> list[float]:
    """Return the ends of an axis that holds all curves, at least `least` apart."""
    values = np.concatenate(curves)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    room = max(0.05 * (high - low), (least - (high - low)) / 2)
    return [low - room, high + room]


def curve(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw the network's curve, the true curve, and some points with their residuals."""
    x, y = columns(data)
    loss = mean_squared_error(forward(net.theta, x, p.activation)[1], y)
    order = np.argsort(x[:, 0])[:: -(-len(x) // SHOWN)]
    x, y = x[order], y[order]
    predicted, drawn = (forward(net.theta, each, p.activation)[1] for each in (x, GRID))
    of = f" ({len(x)} of {len(data.x)})" * (len(x) < len(data.x))
    true = truth(GRID, p)
    low, high = float(min(y.min(), true.min())), float(max(y.max(), true.max()))
    return {
        "kind": "plane", "title": f"iteration {net.iteration}: loss {loss:.4g}",
        "x_label": "x", "y_label": "y", "x_range": [0, 1], "y_range": [low - 0.2, high + 0.2],
        "sticks": np.hstack([x, predicted, y]).tolist(),
        "lines": [
            {"name": "network", "x": _x(GRID), "y": _x(drawn)},
            {"name": "true curve", "x": _x(GRID), "y": _x(true), "dashed": True},
        ],
        "groups": [{"name": f"points{of}", "x": _x(x), "y": _x(y)}],
    }  # fmt: skip


def traces(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw W1, b1 and W2 of each unit against the iteration, one small picture per unit."""
    every = -(-len(net.trace) // POINTS)
    kept = [*net.trace[:-1:every], net.trace[-1]]
    iterations = [*range(0, net.iteration, BLOCK * every), net.iteration]
    paths = np.array([[theta[which].ravel() for theta in kept] for which in range(3)])
    h, _ = forward(net.theta, GRID, p.activation)
    last, least = max(net.iteration, 1), 0.25 * float(np.ptp(paths)) or 1.0
    panels = [
        {"kind": "plane", "title": f"unit {i + 1}", "axes": False, "x_range": [0, 1.4 * last],
         "y_range": _window([*paths[:, :, i], np.zeros(len(kept))], least),
         "lines": [
             {"name": "0", "x": [0, last], "y": [0, 0], "quiet": True},
             *(
                 {"name": name, "x": iterations, "y": path.tolist(), "label": True}
                 for name, path in zip(NAMES, paths[:, :, i], strict=True)
             ),
         ]}
        for i in strongest(h * net.theta[2][:, 0])
    ]  # fmt: skip
    title = f"each unit's parameters up to iteration {net.iteration}"
    return {"kind": "panels", "columns": 5, "least": 9, "title": title, "panels": panels}


VIEWS = (
    View("parts", "What each unit adds", parts),
    View("curve", "Curve and residuals", curve),
    View("traces", "Paths of the parameters", traces),
)
