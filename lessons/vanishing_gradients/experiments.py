"""Vanishing gradients: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "sigmoid", "Six sigmoid layers", {},
        "Which share of the output's error signal reaches layer 1? Watch “Gradient by layer” and whether the loss leaves log 10 = 2.303.",
    ),
    Experiment(
        "tanh", "Six tanh layers", {"activation": "tanh"},
        "How much more arrives if the slope can be 1 instead of ¼? Watch “Gradient by layer” before and after training.",
    ),
    Experiment(
        "relu", "Six ReLU layers", {"activation": "relu"},
        "How fast do the bars shrink if half of the units pass everything on? Compare with tanh.",
    ),
    Experiment(
        "shallow", "One sigmoid layer", {"hidden_layers": 1},
        "Does the sigmoid learn when there is only one hidden layer? Compare the loss with six layers.",
    ),
    Experiment(
        "very-deep", "Twenty sigmoid layers", {"hidden_layers": 20},
        "How many powers of ten are lost over twenty layers? Read the title of “Gradient by layer”.",
    ),
    Experiment(
        "large-rate", "A hundred times the learning rate", {"learning_rate": 10.0},
        "Can a larger learning rate make up for a small gradient? Watch the loss and “first gradient”.",
    ),
)  # fmt: skip
