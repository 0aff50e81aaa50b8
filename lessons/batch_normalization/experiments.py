"""Batch normalization: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

PLAIN = {"batch_normalization": False}
SLOW = {"optimizer": "sgd", "learning_rate": 0.01, "dropout": 0.0}
LONG = {"dropout": 0.0, "epochs": 20}
NARROW, WIDE = {"initial_scale": 0.1}, {"initial_scale": 10.0}


def _faster(m: Measured) -> bool:
    return m["this"].history("loss")[1] < m["plain"].history("loss")[3]


def _reach(m: Measured, *names: str) -> float:
    accuracies = [m[name]["accuracy"] for name in names]
    return max(accuracies) - min(accuracies)


def _steadier(m: Measured) -> bool:
    with_it = _reach(m, "this", "narrow", "wide")
    return with_it <= _reach(m, "plain", "plain narrow", "plain wide") / 2


def _regular(m: Measured) -> bool:
    return m["this"]["gap"] <= 0.8 * m["plain"]["gap"]


EXPERIMENTS = (
    Experiment(
        "source", "As in the exercise", {},
        "How long do the moving averages remember where they started? Watch “Moving statistics” and the validation loss, then compare a run with `momentum` 0.9.",
    ),
    Experiment(
        "speed", "A small learning rate", SLOW,
        "Does the layer need half as many epochs? Compare its loss after two epochs with that of the plain network after four.",
        (
            Claim(
                "003/batchnorm-speed", "With batch normalization two epochs reach a lower training loss than four without.",
                "learning advances faster (no figure)", _faster, ("loss", "accuracy"), {"plain": SLOW | PLAIN},
                why="He's initialization already suits the plain network, and a rate of 0.01 is safe for both: the layer leads, but not twofold. "
                "Its training loss also contains the noise of the batches; on MNIST only its validation loss is the lower one. `large-rate` shows where the gain is.",
            ),
        ),
    ),
    Experiment(
        "large-rate", "A large learning rate", SLOW | {"learning_rate": 0.5},
        "Which network still learns at fifty times the rate? Train with the layer and without it, a few seeds each.",
    ),
    Experiment(
        "start", "Different initial weights", {},
        "How much does the scale of the initial weights matter? Set `initial_scale` to 0.1 and 10, with the layer and without it, and compare both accuracies.",
        (
            Claim(
                "003/batchnorm-init", "With initial weights of 0.1, 1 and 10 times He's, the final accuracies are at most half as far apart with the layer.",
                "depends little on the initial values (no figure)", _steadier, ("accuracy", "loss"),
                {
                    "narrow": NARROW, "wide": WIDE,
                    "plain": PLAIN, "plain narrow": PLAIN | NARROW, "plain wide": PLAIN | WIDE,
                },
                why="What the network computes no longer depends on the scale of the weights, but how fast it learns still does: relative to weights "
                "that are ten times larger, a step is ten times smaller. In few steps the wide start stays behind: the runs end closer together than without the layer, but not by half.",
            ),
        ),
    ),
    Experiment(
        "regular", "Regularization", LONG,
        "Does the layer reduce overfitting? Compare `gap` after 20 epochs with the layer and without it.",
        (
            Claim(
                "003/batchnorm-regular", "After 20 epochs without dropout the gap of validation to training loss is at least a fifth smaller.",
                "overfits less (no figure)", _regular, ("gap", "val_loss", "val_accuracy"), {"plain": LONG | PLAIN},
            ),
        ),
    ),
    Experiment(
        "tiny-batch", "Two images per batch", {"batch_size": 2},
        "Does the network learn from the mean and variance of two images? Compare the training loss with that of `source`, which takes a sixteenth of the steps.",
    ),
)  # fmt: skip
