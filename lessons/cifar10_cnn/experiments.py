"""Convolution in colour: settings to try, and the claims that they check."""

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
        "For a GPU: 31 260 steps with all photographs. Training accuracy goes on rising, validation soon rises slowly: look how far apart they end.",
    ),
    Experiment(
        "smaller", "A smaller run", SMALLER,
        "2500 images and five epochs are an eightieth of the whole: enough to see that it learns, not how far it can come.",
        (
            Claim(
                "000/cifar10", "The network learns: the training accuracy rises by 0.1 or more, and three times as many new images are read as guessing would.",
                "20 epochs on all of CIFAR-10, a rising curve (no figure in the text)",
                _learns, ("accuracy", "val_accuracy", "val_loss", "seconds"),
            ),
        ),
    ),
    Experiment(
        "no-dropout", "Without dropout", SMALLER | {"dropout": 0.0, "dense_dropout": 0.0, "epochs": 10},
        "On photographs, training accuracy rises far above validation accuracy: the network memorizes so few images. The shapes that replace them are too easy for that, so the gap stays small.",
    ),
    Experiment(
        "one-block", "One block", SMALLER | {"blocks": 1},
        "The second block is gone and yet there are more parameters: 7200 numbers enter the dense layer instead of 2304.",
    ),
    Experiment(
        "shapes", "Coloured shapes", SMALLER | {"images": "shapes"},
        "The stand-in, also where CIFAR-10 is present: colours are random, so the filters that help are those that see edges in any colour.",
    ),
)  # fmt: skip
