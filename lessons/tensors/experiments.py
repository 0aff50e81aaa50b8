"""Tensors and gradients: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "parabola", "Down a parabola", {},
        "The steps shrink although the learning rate stays: the slope does. Each leaves 0.8 of the distance to w = 1.",
    ),
    Experiment(
        "one-step", "The right rate at once", {"learning_rate": 0.5},
        "On this parabola 0.5 is exactly right: one step, then the gradient is 0 and nothing moves.",
    ),
    Experiment(
        "back-and-forth", "Nearly too far", {"start": 0.2, "learning_rate": 0.95},
        "Every step lands on the other side, a little lower. At 1 it would leap between two points for ever.",
    ),
    Experiment(
        "diverging", "Too far", {"start": 0.8, "learning_rate": 1.05},
        "Every step lands higher than the last, until it leaves the picture. Read the gradients in *Step by step*.",
    ),
    Experiment(
        "left-valley", "Two valleys, from the left", {"function": "two-valleys", "learning_rate": 0.02, "steps": 60},
        "It finds the deeper valley, near w = -1.06.",
    ),
    Experiment(
        "right-valley", "Two valleys, from the right", {"function": "two-valleys", "start": 1.5, "learning_rate": 0.02, "steps": 60},
        "Same curve, same rate: it ends in the shallower valley near 0.93. The gradient knows nothing of the other one.",
    ),
    Experiment(
        "flat", "A flat floor", {"function": "flat", "steps": 100},
        "Towards 0 the slope vanishes faster than the distance: a hundred steps, and still not there.",
    ),
    Experiment(
        "corner", "A corner", {"function": "corner", "learning_rate": 0.2},
        "The slope is -1 or 1, never small: the steps do not shrink, and in the end w leaps across the corner for ever.",
    ),
)  # fmt: skip
