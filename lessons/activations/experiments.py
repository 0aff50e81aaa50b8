"""Activation functions: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

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
