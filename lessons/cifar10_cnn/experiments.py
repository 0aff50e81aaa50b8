"""Convolution in color: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

SMALLER = {"training_images": 2500, "epochs": 5}


def _learns(m: Measured) -> bool:
    """True if training accuracy rises by 0.1 or more and validation is three times guessing."""
    accuracy = m["this"].history("accuracy")
    return accuracy[-1] >= accuracy[0] + 0.1 and m["this"]["val_accuracy"] >= 0.3


EXPERIMENTS = (
    Experiment(
        "source", "As in the source", {},
        "How far apart do training and validation accuracy end? This run needs a GPU: 31,260 steps with all photographs.",
    ),
    Experiment(
        "smaller", "A smaller run", SMALLER,
        "Is an eightieth of the full training (2500 images, five epochs) enough to learn something? Watch when the loss leaves 2.3.",
        (
            Claim(
                "000/cifar10", "The network learns: training accuracy rises by 0.1 or more, and validation accuracy is at least three times that of guessing.",
                "20 epochs on all of CIFAR-10, a rising curve (no figure in the text)",
                _learns, ("accuracy", "val_accuracy", "val_loss", "seconds"),
            ),
        ),
    ),
    Experiment(
        "no-dropout", "Without dropout", SMALLER | {"dropout": 0.0, "dense_dropout": 0.0, "epochs": 10},
        "Does the network memorize 2500 images when nothing is dropped? Compare training and validation accuracy.",
    ),
    Experiment(
        "one-block", "One block", SMALLER | {"blocks": 1},
        "Does a network with fewer layers have fewer parameters? Look at the layer table: 7200 numbers enter the dense layer instead of 2304.",
    ),
    Experiment(
        "shapes", "Colored shapes", SMALLER | {"images": "shapes"},
        "Do the filters look for edges or for colors when the colors are random? Watch the view Filters. Shapes are used even if CIFAR-10 is present.",
    ),
)  # fmt: skip
