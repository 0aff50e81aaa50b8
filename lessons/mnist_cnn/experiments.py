"""Convolution: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment

DIGITS = {"images": "digits", "epochs": 60}
EXPERIMENTS = (
    Experiment(
        "source", "All of MNIST", {},
        "How much of the final accuracy is there after the first epoch? Compare training and validation accuracy.",
    ),
    Experiment(
        "smaller", "A smaller run", {"training_images": 6000, "epochs": 5},
        "How far do a tenth of MNIST and a quarter of the epochs get, in a fortieth of the time? Watch the validation accuracy.",
    ),
    Experiment(
        "digits", "The embedded digits", DIGITS,
        "Which filters respond to vertical strokes, which to horizontal ones? Watch “Filters” and “Feature maps 1”.",
        (
            Claim(
                "000/cnn", "The network classifies more than 99 of 100 validation images correctly.",
                "over 99 % on MNIST after 20 epochs", lambda m: m["this"]["val_accuracy"] > 0.99,
                ("val_accuracy", "val_loss", "accuracy", "seconds"),
            ),
        ),
    ),
    Experiment(
        "one-pixel", "Filters of one pixel", DIGITS | {"size": 1},
        "What do the maps show if a filter sees no neighbors? Watch “Feature maps 1” and the validation accuracy.",
    ),
    Experiment(
        "no-pooling", "Without pooling", DIGITS | {"pooling": False},
        "How many more parameters does the dense layer have without pooling? Compare the layer table and the accuracy.",
    ),
)  # fmt: skip
