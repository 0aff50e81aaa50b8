"""Tensors and gradients: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "parabola", "Down a parabola", {},
        "Why do the steps shrink although the learning rate stays the same? Compare the slopes in “Step by step”.",
    ),
    Experiment(
        "one-step", "The exact rate", {"learning_rate": 0.5},
        "How many steps does the descent need at a learning rate of 0.5? Watch where step 1 ends.",
    ),
    Experiment(
        "back-and-forth", "Nearly too large", {"start": 0.2, "learning_rate": 0.95},
        "Does the descent still reach the bottom if every step crosses it? Watch the height of the points.",
    ),
    Experiment(
        "diverging", "Too large", {"start": 0.8, "learning_rate": 1.05},
        "What happens when each step ends higher than it began? Read the gradients in “Step by step”.",
    ),
    Experiment(
        "left-valley", "Two valleys, from the left", {"function": "two-valleys", "learning_rate": 0.02, "steps": 60},
        "Does the descent find the deeper valley? Compare the end with “Two valleys, from the right”.",
    ),
    Experiment(
        "right-valley", "Two valleys, from the right", {"function": "two-valleys", "start": 1.5, "learning_rate": 0.02, "steps": 60},
        "In which valley does this descent end? Only the start differs from “Two valleys, from the left”.",
    ),
    Experiment(
        "flat", "A flat bottom", {"function": "flat", "steps": 100},
        "Are a hundred steps enough to reach the bottom at 0? Watch how fast the slope shrinks.",
    ),
    Experiment(
        "corner", "A corner", {"function": "corner", "learning_rate": 0.2},
        "Does the descent come to rest at the corner? Watch the last steps.",
    ),
)  # fmt: skip
