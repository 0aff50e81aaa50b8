"""Convolution: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment

DIGITS = {"images": "digits", "epochs": 60}
EXPERIMENTS = (
    Experiment(
        "source", "All of MNIST", {},
        "Most of the way is done after one epoch; the other nineteen fetch the last percent. Validation is above training: dropout only disturbs the latter.",
    ),
    Experiment(
        "smaller", "A smaller run", {"training_images": 6000, "epochs": 5},
        "A tenth of MNIST, a quarter of the epochs: some 96 of 100 already, in a fortieth of the time.",
    ),
    Experiment(
        "digits", "The embedded digits", DIGITS,
        "Watch the maps: some answer to upright strokes, some to level ones, some to the ground between them.",
        (
            Claim(
                "000/cnn", "The network reads more than 99 of 100 validation images.",
                "over 99 % on MNIST after 20 epochs", lambda m: m["this"]["val_accuracy"] > 0.99,
                ("val_accuracy", "val_loss", "accuracy", "seconds"),
            ),
        ),
    ),
    Experiment(
        "one-pixel", "Filters of one pixel", DIGITS | {"size": 1},
        "Without neighbours there are no edges: each map is the image again, lighter or darker. What is learnt now, the dense layer learns.",
    ),
    Experiment(
        "no-pooling", "Without pooling", DIGITS | {"pooling": False},
        "Four times as many numbers reach the dense layer: compare the parameters in the layer table and the seconds.",
    ),
)  # fmt: skip
