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
    x, t = columns(data)
    inputs = np.hstack([x, np.ones_like(x)])
    line = inputs @ np.linalg.lstsq(inputs, t, rcond=None)[0]
    return {
        "line_loss": mean_squared_error(line, t),
        "true_loss": mean_squared_error(truth(x, p), t),
    }


def truth(x: Array, p: TwoLayerNetwork) -> Array:
    """Return the mean of t at x: the sine, raised by half of the noise."""
    return np.asarray(np.sin(2 * np.pi * x) + p.noise / 2)


GRID = np.linspace(0, 1, 101)[:, None]
SHOWN = 40  # residuals in the picture: with more, they would overlap


def curve(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw the points, the network's curve, the true curve, and residuals from curve to point."""
    x, t = columns(data)
    loss = mean_squared_error(forward(net.theta, x, p.activation)[1], t)
    grid, y = GRID[:, 0].tolist(), forward(net.theta, GRID, p.activation)[1][:, 0]
    return {
        "kind": "scatter", "title": f"iteration {net.iteration}: loss {loss:.4f}", "x_label": "x", "y_label": "y",
        "groups": [{"name": "points", "x": x[:, 0].tolist(), "y": t[:, 0].tolist()}],
        "lines": [
            residuals(net, x, t, p),
            {"name": "true curve", "x": grid, "y": truth(GRID, p)[:, 0].tolist()},
            {"name": "network", "x": grid, "y": y.tolist()},
        ],
    }  # fmt: skip


def residuals(net: Network, x: Array, t: Array, p: TwoLayerNetwork) -> dict[str, Any]:
    """Return one line along the curve that goes to every point and back."""
    order = np.argsort(x[:, 0])[:: 1 + (len(x) - 1) // SHOWN]
    y = forward(net.theta, x[order], p.activation)[1]
    heights = np.hstack([y, t[order], y])
    name = "residuals" if len(order) == len(x) else f"residuals of {len(order)}"
    return {"name": name, "x": np.repeat(x[order], 3).tolist(), "y": heights.ravel().tolist()}


def parts(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw each hidden unit's part of the output, h · W2; their sum and b2 make the curve."""
    h, _ = forward(net.theta, GRID, p.activation)
    added = h * net.theta[2][:, 0]
    series = [_series(str(i + 1), GRID[:, 0], column) for i, column in enumerate(added.T)]
    return {"kind": "lines", "title": "what each unit adds", "x_label": "x", "series": series}


def _series(name: str, x: Array, y: Array) -> dict[str, Any]:
    return {"name": name, "x": x.tolist(), "y": y.tolist()}


def traces(net: Network, which: int) -> list[dict[str, Any]]:
    """Return one parameter of every unit against the iteration, at 200 points at most."""
    every = 1 + len(net.trace) // 200
    iterations = BLOCK * np.arange(len(net.trace))[::every]
    values = np.array([theta[which].ravel() for theta in net.trace[::every]])
    return [_series(str(i + 1), iterations, v) for i, v in enumerate(values.T)]


def _traced(title: str, series: list[dict[str, Any]]) -> dict[str, Any]:
    return {"kind": "lines", "title": title, "x_label": "iteration", "series": series}


def input_weights(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw W1 of every hidden unit."""
    return _traced("W1: the weight of x in each unit", traces(net, 0))


def input_biases(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw b1 of every hidden unit."""
    return _traced("b1: the bias of each unit", traces(net, 1))


def output_parameters(net: Network, data: Dataset, p: TwoLayerNetwork) -> dict[str, Any]:
    """Draw b2, and W2 of every hidden unit."""
    series = [{**one, "name": "b2"} for one in traces(net, 3)] + traces(net, 2)
    return _traced("b2, and W2: what each unit weighs in the answer", series)


VIEWS = (
    View("curve", "Curve and residuals", curve),
    View("parts", "What each unit adds", parts),
    View("W1", "Paths of W1", input_weights),
    View("b1", "Paths of b1", input_biases),
    View("W2", "Paths of W2 and b2", output_parameters),
)
