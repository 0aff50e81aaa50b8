"""Vanishing gradients: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "sigmoid", "Six sigmoid layers", {},
        "The line falls to the left, layer by layer: a factor of four each, and the first layer hears less than a thousandth. The loss stays at log 10 = 2.303.",
    ),
    Experiment(
        "tanh", "Six tanh layers", {"activation": "tanh"},
        "The slope is 1 at the middle, not ¼: the line is nearly level, and the loss falls. Trained, the first layer even hears more than the last.",
    ),
    Experiment(
        "relu", "Six ReLU layers", {"activation": "relu"},
        "A unit that is on passes everything on; about half of them are on, and the line falls gently.",
    ),
    Experiment(
        "shallow", "One sigmoid layer", {"hidden_layers": 1},
        "Little to multiply, little lost: with a single hidden layer the sigmoid learns well, if more slowly than tanh or ReLU.",
    ),
    Experiment(
        "very-deep", "Twenty sigmoid layers", {"hidden_layers": 20},
        "Count the powers of ten that are missing on the left. No learning rate makes up for that.",
    ),
    Experiment(
        "large-rate", "A hundred times the rate", {"learning_rate": 10.0},
        "A larger rate does not help: the last layers are thrown to where their own slope is 0, and the first ones hear less than before.",
    ),
)  # fmt: skip
