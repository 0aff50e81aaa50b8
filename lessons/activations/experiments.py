"""Activation functions: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

PLAIN = {"W": 1.0, "b": 0.0}
EXPERIMENTS = (
    Experiment(
        "linear", "The line alone", {"function": "identity"},
        "What do W and b do to a line? Change one at a time, and watch its slope.",
    ),
    Experiment(
        "identity", "The identity", PLAIN | {"function": "identity"},
        "How much of a small change of x passes through the identity? Compare with the other three functions.",
    ),
    Experiment(
        "switch", "The line through a sigmoid", {},
        "What does a sigmoid make of a falling line? Watch at which x the output switches from 1 to 0.",
    ),
    Experiment(
        "sigmoid", "The plain sigmoid", PLAIN | {"x": 0.0},
        "How large is the slope of a sigmoid at most? Compare the dashed curves in “The four functions”.",
    ),
    Experiment(
        "relu", "The plain ReLU", PLAIN | {"function": "relu"},
        "Where does a ReLU pass a change on, and where not? Set x to -1.",
    ),
    Experiment(
        "tanh", "The plain tanh", PLAIN | {"function": "tanh", "x": 0.0},
        "How much steeper than a sigmoid is tanh at 0? Compare the slopes in “The four functions”.",
    ),
    Experiment(
        "dead", "A dead ReLU", {"function": "relu", "W": 2.0, "b": -15.0},
        "Is there an x for which this unit gives more than 0? Watch output and slope, then raise b.",
    ),
    Experiment(
        "step", "A steep sigmoid", {"W": 20.0, "b": 0.0, "x": 0.1},
        "How many inputs saturate a sigmoid with a weight of 20? Watch `flat_share`.",
    ),
)  # fmt: skip
