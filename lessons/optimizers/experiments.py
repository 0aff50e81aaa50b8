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
        "Is a rate that trains the digits also safe in the valley? Compare “Paths down a valley” with the accuracy.",
    ),
    Experiment(
        "momentum", "Momentum", {"optimizer": "momentum", "learning_rate": 0.01},
        "Does a tenth of the rate of plain descent go equally far? Watch how the path overshoots the floor of the valley.",
    ),
    Experiment(
        "adagrad", "AdaGrad", {"optimizer": "adagrad", "learning_rate": 0.01},
        "Why does AdaGrad fall behind in the valley? Compare its first steps with its last ones.",
    ),
    Experiment(
        "rmsprop", "RMSprop", {"optimizer": "rmsprop"},
        "Does RMSprop come to rest at the lowest point? Watch the end of its path in “Paths down a valley”.",
    ),
    Experiment(
        "source", "Network of the study articles", SOURCE,
        "Which rate is good first, and which one ends best? Compare runs with 0.0001, 0.001 and 0.01.",
        (
            Claim(
                "000/adam-lr", "From 0.0001 to 0.001 the accuracy stays within 0.01 but comes sooner; at 0.01 it is lower.",
                "0.0001 → 0.001: same accuracy, faster; 0.01: worse", _rate, ("val_accuracy", "val_loss"),
                {"0.0001": SOURCE | {"learning_rate": 0.0001}, "0.01": SOURCE | {"learning_rate": 0.01}},
                why="The source trained on MNIST, 9380 steps. On the embedded digits 20 epochs are 240 steps, too few for 0.0001 to catch up: "
                "0.001 is both sooner and better there, and 0.01 is somewhat worse, as the source says.",
            ),
        ),
    ),
    Experiment(
        "rate-0.1", "Adam at a rate of 0.1", SOURCE | {"learning_rate": 0.1},
        "Does Adam learn when its first steps are as large as the weights? Watch the loss, with seeds 0, 1 and 2.",
        (
            Claim(
                "001/adam-lr", "With a rate of 0.1 Adam does not learn: under 0.3, where 0.001 gives over 0.9.",
                "0.1: it no longer learns", _stuck, ("val_accuracy", "loss"), {"0.001": SOURCE},
                why="On the embedded digits it learns badly rather than not at all: the first steps destroy the initialization, and how far the network "
                "recovers depends on the seed.",
            ),
        ),
    ),
)  # fmt: skip
