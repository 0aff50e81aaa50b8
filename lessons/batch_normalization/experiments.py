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
        "γ and β leave (1, 0) slowly. Lay a run with a momentum of 0.9 beside it: its validation loss falls sooner, since the moving averages forget their first values sooner.",
    ),
    Experiment(
        "speed", "Faster, step for step", SLOW,
        "Hold the loss after two epochs with the layer against the loss after four without; a step costs more time, so look at the seconds too.",
        (
            Claim(
                "003/batchnorm-speed", "With batch normalization two epochs reach a lower training loss than four without.",
                "learning advances faster (no figure)", _faster, ("loss", "accuracy", "seconds"), {"plain": SLOW | PLAIN},
                why="He's first weights already suit the plain network, and a rate of 0.01 is safe for both: the layer leads, but not twofold. "
                "Its training loss also carries the batches' noise; on MNIST only its validation loss is the lower one. `large-rate` shows where the gain lies.",
            ),
        ),
    ),
    Experiment(
        "large-rate", "At a large rate", SLOW | {"learning_rate": 0.5},
        "Fifty times the rate: train with the layer and without, a few seeds each, and see which one still learns.",
    ),
    Experiment(
        "start", "Any first weights", {},
        "Make the first weights ten times smaller or larger: how far apart do the three runs end, with the layer and without?",
        (
            Claim(
                "003/batchnorm-init", "First weights 0.1, 1 and 10 times He's: with the layer the final accuracies lie at most half as far apart.",
                "depends little on the initial values (no figure)", _steadier, ("accuracy", "loss"),
                {
                    "narrow": NARROW, "wide": WIDE,
                    "plain": PLAIN, "plain narrow": PLAIN | NARROW, "plain wide": PLAIN | WIDE,
                },
                why="What the network computes no longer depends on the weights' scale, but how fast it learns still does: a step changes weights "
                "that are ten times larger relatively ten times less. In few steps the wide start stays behind: the runs end closer together than without the layer, but not by half.",
            ),
        ),
    ),
    Experiment(
        "regular", "Some regularisation", LONG,
        "Without dropout both networks memorize the training images: compare how far the validation loss stays behind.",
        (
            Claim(
                "003/batchnorm-regular", "After 20 epochs without dropout the gap of validation to training loss is at least a fifth smaller.",
                "overfits less (no figure)", _regular, ("gap", "val_loss", "val_accuracy"), {"plain": LONG | PLAIN},
            ),
        ),
    ),
    Experiment(
        "tiny-batch", "Two images a batch", {"batch_size": 2},
        "The mean and variance of two numbers are mostly noise: sixteen times as many steps, and yet a far higher loss.",
    ),
)  # fmt: skip
