"""Vanishing gradients: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "sigmoid", "Six sigmoid layers", {},
        "The bars shrink by a factor of four from layer to layer, and the first layer receives less than a thousandth of δ. The loss stays at log 10 = 2.303.",
    ),
    Experiment(
        "tanh", "Six tanh layers", {"activation": "tanh"},
        "The slope is 1 at the middle, not ¼: the bars hardly shrink, and the loss falls. After training the first layer even receives more than the last.",
    ),
    Experiment(
        "relu", "Six ReLU layers", {"activation": "relu"},
        "A unit that is on passes everything on; about half of them are on, and the bars shrink slowly.",
    ),
    Experiment(
        "shallow", "One sigmoid layer", {"hidden_layers": 1},
        "Little to multiply, little lost: with a single hidden layer the sigmoid learns well, if more slowly than tanh or ReLU.",
    ),
    Experiment(
        "very-deep", "Twenty sigmoid layers", {"hidden_layers": 20},
        "Read the share that reaches layer 1 in the title of “Gradient by layer”. No learning rate makes up for so many powers of ten.",
    ),
    Experiment(
        "large-rate", "A hundred times the rate", {"learning_rate": 10.0},
        "A larger rate does not help: the last layers are thrown to where their own slope is 0, and the first ones hear less than before.",
    ),
)  # fmt: skip
