"""Greater than: settings to try, and the claims that they check."""

from __future__ import annotations

from statistics import fmean, median, pstdev

from tui_dl.experiment import Claim, Experiment, Measured, Outcome


def spread(outcome: Outcome, after: int = 10) -> float:
    """Return the standard deviation of validation accuracy over later epochs, median of seeds.

    A run may stay constant for many epochs and then jump: differences from one epoch to the next
    would miss that.
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
        "The diagonal is found within the first epoch; the rest only sharpens it.",
        (
            Claim(
                "004/base", "About 99 % of fresh pairs are judged rightly, and that quickly.",
                "about 99 % at once", _quickly, SHOWN,
            ),
        ),
    ),
    Experiment(
        "noise", "Wrong labels", {"noise": 0.2},
        "One label in five lies, also in the validation data. The accuracy stops near 0.8; the picture is as good as ever.",
        (
            Claim(
                "004/noise", "With a fifth of the labels flipped the accuracy falls by about a fifth.",
                "falls by the noise", _falls_by_the_noise, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "dummies", "Useless inputs", {"dummies": 3},
        "Three inputs mean nothing. The network learns to leave them out, with a little more wobble.",
        (
            Claim(
                "004/dummies", "With three useless inputs it still learns, with more wobble.",
                "learns, wobbles somewhat more", _learns_with_wobble, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale", "Inputs a thousand times larger", {"scale": 1000.0},
        "Look at the activations: the first layer is at -1 or +1 nearly everywhere, with almost no slope left to learn from.",
        (
            Claim(
                "004/scale", "Unstable, and worse in the last epochs than before.",
                "unstable, degrades late", _unstable_and_late_worse, SHOWN, {"base": {}},
                why="Unstable it is: ten times the spread of plain inputs, and 11 runs of 12 end at least 0.03 below their own best. But nothing waits for the end: the last ten epochs were worse than those before in 5 runs of 12, better in 3.",
            ),
        ),
    ),
    Experiment(
        "scale-long", "The same, for longer", {"scale": 1000.0, "epochs": 300},
        "Three times the epochs: does the accuracy settle, or does it go on jumping?",
        (
            Claim(
                "004/scale-long", "More epochs do not cure it.",
                "still unstable", _still_unstable, SHOWN, {"base": {}},
            ),
        ),
    ),
    Experiment(
        "scale-slow", "The same, in small steps", {"scale": 1000.0, "learning_rate": 0.001},
        "Steps thirty times shorter, and the same inputs are learnt after all: scale and step belong together.",
    ),
    Experiment(
        "shift", "Inputs a thousand higher", {"shift": 1000.0},
        "All activations are the same in every column: the network sees one and the same input, whatever a and b are.",
        (
            Claim(
                "004/shift", "Accuracy stays near 0.5: nothing is learnt.",
                "about 0.5", lambda m: abs(m["this"]["val_accuracy"] - 0.5) < 0.03, SHOWN,
            ),
        ),
    ),
)  # fmt: skip
