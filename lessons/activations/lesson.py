"""A unit's two halves, the line xW + b and the activation on it, drawn anew as a number changes.

Run alone: python -m lessons.activations.lesson
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

# --- Setup -----------------------------------------------------------------------------------


class Activations(Hyperparameters):
    """One unit: y = f(xW + b)."""

    function: Literal["identity", "sigmoid", "relu", "tanh"] = param(
        "sigmoid", "f, from u to y; identity leaves the bare line xW + b."
    )
    W: float = param(-6.0, "The weight: how steep the line is.", ge=-20, le=20)
    b: float = param(10.0, "The bias: how high the line starts.", ge=-50, le=50)
    x: float = param(1.5, "One input to follow, marked in the pictures.", ge=-5, le=5)


# --- Data ------------------------------------------------------------------------------------

AXIS = np.linspace(-5, 5, 251)


def data(p: Activations, rng: np.random.Generator) -> Dataset:
    """The inputs from -5 to 5 and what the unit makes of them, both (251, 1)."""
    x, y = AXIS[:, None], unit(AXIS[:, None], p)
    return Dataset(f"{p.function} of xW + b", x.astype("float32"), y.astype("float32"))


# --- Model: one unit, and nothing to train ----------------------------------------------------

Function = Callable[[Any], Any]


def identity(u: Any) -> Any:
    """u itself: no activation at all."""
    return u * 1.0


def sigmoid(u: Any) -> Any:
    """From 0 to 1."""
    return 1 / (1 + np.exp(-u))


def relu(u: Any) -> Any:
    """The positive part."""
    return np.maximum(u, 0.0)


def tanh(u: Any) -> Any:
    """From -1 to 1."""
    return np.tanh(u)


FUNCTIONS: dict[str, Function] = {
    "identity": identity, "sigmoid": sigmoid, "relu": relu, "tanh": tanh,
}  # fmt: skip
DERIVATIVES: dict[str, Function] = {
    "identity": lambda u: np.ones_like(u * 1.0),
    "sigmoid": lambda u: sigmoid(u) * (1 - sigmoid(u)),
    "relu": lambda u: np.where(u > 0, 1.0, 0.0),  # at 0 it has none; frameworks take 0
    "tanh": lambda u: 1 - np.tanh(u) ** 2,
}


def unit(x: Any, p: Activations) -> Any:
    """y = f(xW + b)."""
    u = x * p.W + p.b
    return FUNCTIONS[p.function](u)


def slope(x: Any, p: Activations) -> Any:
    """dy/dx = f'(u) W: how much of a change of x comes through."""
    u = x * p.W + p.b
    return DERIVATIVES[p.function](u) * p.W


def measure(model: None, data: Dataset, p: Activations) -> dict[str, float]:
    """The one input's way, and which share of all inputs comes through almost not at all."""
    u = p.x * p.W + p.b
    flat = np.mean(DERIVATIVES[p.function](AXIS * p.W + p.b) < 0.01)
    return {
        "u": u, "y": float(unit(p.x, p)), "slope": float(slope(p.x, p)), "flat_share": float(flat),
    }  # fmt: skip


# --- Views -----------------------------------------------------------------------------------


def unit_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """y and dy/dx over x, with the one input marked on y."""
    series = [
        line("output y", AXIS, unit(AXIS, p)),
        line("slope dy/dx", AXIS, slope(AXIS, p)),
        {"name": "at x", "x": [p.x], "y": [float(unit(p.x, p))]},
    ]
    title = f"y = {p.function}({p.W:g}x {p.b:+g})"
    return {"kind": "lines", "title": title, "x_label": "x", "series": series}


def line(name: str, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """One curve as plain lists."""
    return {"name": name, "x": x.tolist(), "y": y.tolist()}


def functions_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """All four functions, as far as they lie between -1.1 and 1.6."""
    return _over_u("f(u)", FUNCTIONS, p)


def derivatives_view(model: None, data: Dataset, p: Activations) -> dict[str, Any]:
    """Their four derivatives."""
    return _over_u("f'(u)", DERIVATIVES, p)


def _over_u(what: str, functions: dict[str, Function], p: Activations) -> dict[str, Any]:
    """The functions over u from -5 to 5; the unit's own u is marked where it is in sight."""
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
    """The one input through every function, step by step."""
    u = p.x * p.W + p.b
    rows = [_way(name, u, p.W) for name in FUNCTIONS]
    return {
        "kind": "table", "title": f"x = {p.x:g} gives u = {p.x:g} · {p.W:g} {p.b:+g} = {u:.4g}",
        "columns": ["f", "y = f(u)", "f'(u)", "dy/dx = f'(u) W"], "rows": rows,
    }  # fmt: skip


def _way(name: str, u: float, W: float) -> list[Any]:
    y, d = float(FUNCTIONS[name](u)), float(DERIVATIVES[name](u))
    return [name, y, d, d * W]


# --- Experiments -----------------------------------------------------------------------------

PLAIN = {"W": 1.0, "b": 0.0}

EXPERIMENTS = (
    Experiment(
        "linear", "The bare line", {"function": "identity"},
        "From 40 down to -20: the weight tilts the line, the bias lifts it. Its slope is W everywhere, and never bends.",
    ),
    Experiment(
        "identity", "The identity", PLAIN | {"function": "identity"},
        "What goes in comes out. Move W and b one at a time from here.",
    ),
    Experiment(
        "switch", "The line through a sigmoid", {},
        "A switch: about 1 left of x = 10/6 and about 0 right of it. The slope is a single dent where it switches, and 0 elsewhere.",
    ),
    Experiment(
        "sigmoid", "The plain sigmoid", PLAIN | {"x": 0.0},
        "The slope's highest value is 0.25, at u = 0. Look at the derivatives of all four side by side.",
    ),
    Experiment(
        "relu", "The plain ReLU", PLAIN | {"function": "relu"},
        "All of the slope on one side, none on the other. Set x to -1: nothing comes through.",
    ),
    Experiment(
        "tanh", "The plain tanh", PLAIN | {"function": "tanh", "x": 0.0},
        "A sigmoid stretched to -1…1. Its slope at 0 is 1, four times the sigmoid's.",
    ),
    Experiment(
        "dead", "A dead ReLU", {"function": "relu", "W": 2.0, "b": -15.0},
        "xW + b is below 0 for every x here: output and slope are 0, so W and b get no gradient and the unit stays dead.",
    ),
    Experiment(
        "step", "A steep sigmoid", {"W": 20.0, "b": 0.0, "x": 0.1},
        "With a large weight the sigmoid turns into a step, and nineteen inputs in twenty get almost no slope.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="activations",
    title="Activation functions",
    track="First steps",
    order=2,
    summary="What one unit does: a line, then a bend. Change a number and see both follow.",
    parameters=Activations,
    data=data,
    measure=measure,
    views=(
        View("unit", "The unit", unit_view),
        View("functions", "The functions", functions_view),
        View("derivatives", "Their derivatives", derivatives_view),
        View("table", "One input", table_view),
    ),
    experiments=EXPERIMENTS,
    teaches=("002/activations",),
    read_next=("tensors", "linear-regression"),
    sources=(
        "Study article 002, section 7.3.2: linear transform and activation functions",
        "Y. LeCun, L. Bottou, G. Orr, K. Müller, Efficient backprop, 1998 (tanh against sigmoid)",
        "V. Nair, G. Hinton, Rectified linear units improve restricted Boltzmann machines, 2010",
        "I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, 2016, section 6.3",
    ),
    shows_code=(identity, sigmoid, relu, tanh, unit, slope),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
