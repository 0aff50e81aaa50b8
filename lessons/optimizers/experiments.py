"""Optimizers: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

SOURCE = {"units": 512, "epochs": 20}


def _rate(m: Measured) -> bool:
    slow, this, high = m["0.0001"], m["this"], m["0.01"]
    same = abs(this["val_accuracy"] - slow["val_accuracy"]) <= 0.01
    faster = this.history("val_accuracy")[0] > slow.history("val_accuracy")[0]
    return same and faster and high["val_accuracy"] < this["val_accuracy"]


def _stuck(m: Measured) -> bool:
    return m["this"]["val_accuracy"] < 0.3 and m["0.001"]["val_accuracy"] > 0.9


EXPERIMENTS = (
    Experiment(
        "sgd", "Plain gradient descent", {"optimizer": "sgd", "learning_rate": 0.1},
        "In the valley this rate throws it from wall to wall and out, and yet it trains the digits: no rate is right everywhere.",
    ),
    Experiment(
        "momentum", "Momentum", {"optimizer": "momentum", "learning_rate": 0.01},
        "A tenth of plain descent's rate goes about as far, because ten past steps add up; the path overshoots and swings back.",
    ),
    Experiment(
        "adagrad", "AdaGrad", {"optimizer": "adagrad", "learning_rate": 0.01},
        "In the valley its first step is about as long as Adam’s, and then its steps shrink: its memory only grows, and every step is divided by its root.",
    ),
    Experiment(
        "rmsprop", "RMSprop", {"optimizer": "rmsprop"},
        "Both directions of the valley are walked at one pace, and at the bottom it trembles by about half the learning rate.",
    ),
    Experiment(
        "source", "The study articles' network", SOURCE,
        "Compare how soon each rate gets good with how good it gets.",
        (
            Claim(
                "000/adam-lr", "From 0.0001 to 0.001 the accuracy stays within 0.01 but comes sooner; at 0.01 it is lower.",
                "0.0001 → 0.001: same accuracy, faster; 0.01: worse", _rate, ("val_accuracy", "val_loss"),
                {"0.0001": SOURCE | {"learning_rate": 0.0001}, "0.01": SOURCE | {"learning_rate": 0.01}},
                why="The source trained on MNIST, 9380 steps. On the embedded digits 20 epochs are 240 steps, too few for 0.0001 to catch up: "
                "0.001 is sooner there and better too, and 0.01 somewhat worse, as the source says.",
            ),
        ),
    ),
    Experiment(
        "rate-0.1", "Adam at 0.1", SOURCE | {"learning_rate": 0.1},
        "The first steps move every weight by about 0.1, as much as its whole size: the loss leaps, and what is learnt afterwards stays poor.",
        (
            Claim(
                "001/adam-lr", "With a rate of 0.1 Adam does not learn: under 0.3, where 0.001 gives over 0.9.",
                "0.1: it no longer learns", _stuck, ("val_accuracy", "loss"), {"0.001": SOURCE},
                why="On the embedded digits it learns badly rather than not at all: the first steps wreck the network, and what is left of it recovers "
                "by an amount that depends on the seed.",
            ),
        ),
    ),
)  # fmt: skip
