"""Greater than: settings to try, and the claims that they check."""

from __future__ import annotations

from statistics import fmean, median, pstdev

from tui_dl.experiment import Claim, Experiment, Measured, Outcome


def spread(outcome: Outcome, after: int = 10) -> float:
    """Return the standard deviation of validation accuracy over later epochs, median of seeds.

    A run may stay constant for many epochs and then jump, which the differences between
    neighboring epochs would miss.
    """
    return median(pstdev(h["val_accuracy"][after:]) for h in outcome.histories)


def late_change(outcome: Outcome) -> float:
    """Return the late rise of validation accuracy.

    It is the mean of the last ten epochs minus that of the epochs before them, from the 11th.
    """
    curves = [h["val_accuracy"] for h in outcome.histories]
    return median(fmean(curve[-10:]) - fmean(curve[10:-10]) for curve in curves)


def _quickly(m: Measured) -> bool:
    return m["this"]["val_accuracy"] > 0.98 and m["this"].history("val_accuracy")[4] > 0.97


def _falls_by_the_noise(m: Measured) -> bool:
    return abs(m["base"]["val_accuracy"] - m["this"]["val_accuracy"] - 0.2) < 0.05


def _learns_with_wobble(m: Measured) -> bool:
    return m["this"]["val_accuracy"] > 0.95 and spread(m["this"]) > spread(m["base"])


def _unstable_and_late_worse(m: Measured) -> bool:
    unstable = spread(m["this"]) > 2 * spread(m["base"])
    return unstable and late_change(m["this"]) < -0.02


def _still_unstable(m: Measured) -> bool:
    unstable = spread(m["this"], after=100) > 2 * spread(m["base"])
    return unstable and m["base"]["val_accuracy"] - m["this"]["val_accuracy"] > 0.02


SHOWN = ("val_accuracy", "val_loss", "rule_accuracy")
EXPERIMENTS = (
    Experiment(
        "base", "a > b", {},
        "How many epochs does the boundary need to reach the diagonal? Watch *Decision boundary*.",
        (
            Claim(
                "004/base", "About 99 % of new pairs are answered correctly, after few epochs.",
                "about 99 % at once", _quickly, SHOWN,
            ),
        ),
    ),
    Experiment(
        "noise", "Wrong labels", {"noise": 0.2},
        "One label in five is wrong, also in the validation set. Does the boundary leave the diagonal? Compare `val_accuracy` with `rule_accuracy`.",
        (
            Claim(
                "004/noise", "With a fifth of the labels flipped the accuracy falls by about a fifth.",
                "falls by the noise", _falls_by_the_noise, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "dummies", "Useless inputs", {"dummies": 3},
        "Does the network learn to ignore three inputs that mean nothing? Compare how much `val_accuracy` varies with and without them.",
        (
            Claim(
                "004/dummies", "With three useless inputs it still learns, less steadily.",
                "learns, wobbles somewhat more", _learns_with_wobble, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale", "Inputs a thousand times larger", {"scale": 1000.0},
        "Where do the pairs fall on tanh now? Watch the share of flat slopes, and how `val_accuracy` varies.",
        (
            Claim(
                "004/scale", "Unstable, and worse in the last epochs than before.",
                "unstable, degrades late", _unstable_and_late_worse, SHOWN, {"base": {}},
                why="It is unstable: ten times the spread of plain inputs, and 11 of 12 runs end at least 0.03 below their best. But it is not worse at the end: the last ten epochs were worse than those before in 5 of 12 runs, better in 3.",
            ),
        ),
    ),
    Experiment(
        "scale-long", "Large inputs, 300 epochs", {"scale": 1000.0, "epochs": 300},
        "Does the accuracy settle with three times the epochs? Compare the last hundred epochs with the first.",
        (
            Claim(
                "004/scale-long", "More epochs do not cure it.",
                "still unstable", _still_unstable, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale-slow", "Large inputs, small learning rate", {"scale": 1000.0, "learning_rate": 0.001},
        "Does a learning rate of 0.001 cope with the same large inputs? Compare `val_accuracy` with the default rate of 0.03.",
    ),
    Experiment(
        "shift", "Inputs shifted by a thousand", {"shift": 1000.0},
        "Can the hidden units distinguish any two pairs? Compare the columns of *Hidden activations*.",
        (
            Claim(
                "004/shift", "Accuracy stays near 0.5: nothing is learned.",
                "about 0.5", lambda m: abs(m["this"]["val_accuracy"] - 0.5) < 0.03, SHOWN,
            ),
        ),
    ),
)  # fmt: skip
