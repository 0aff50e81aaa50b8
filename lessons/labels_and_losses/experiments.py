"""Labels and losses: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

DIGITS = {"images": "digits"}
INTEGERS = DIGITS | {"labels": "integers"}
SPARSE = INTEGERS | {"loss": "sparse"}


def _same(m: Measured) -> bool:
    """True for equal losses after epoch 1 and validation accuracies at most 0.01 apart."""
    first = [m[arm].history("loss")[0] for arm in ("this", "one-hot")]
    last = abs(m["this"]["val_accuracy"] - m["one-hot"]["val_accuracy"])
    alike = abs(first[0] - first[1]) <= 0.001 * first[1] and last <= 0.01
    accepted = max(m["this"].each("refused") + m["one-hot"].each("refused")) == 0
    return alike and accepted and min(m["sparse, one-hot"].each("refused")) == 1


def _refused(m: Measured) -> bool:
    return min(m["this"].each("refused")) == 1 and max(m["sparse"].each("refused")) == 0


EXPERIMENTS = (
    Experiment(
        "source", "One-hot and categorical", {},
        "Which number of the output does a one-hot label pick? Watch *One label, two forms*.",
    ),
    Experiment(
        "sparse", "Integers and sparse", SPARSE,
        "Does the form of the labels change the training? Compare the loss with that of `source` on the same images (`images=digits`) and seed.",
        (
            Claim(
                "000/sparse", "Integers with sparse cross-entropy give what one-hot vectors give with categorical; one-hot vectors with sparse are refused.",
                "categorical needs one-hot labels, sparse needs integers",
                _same, ("loss", "val_accuracy", "refused"),
                {"one-hot": DIGITS, "sparse, one-hot": DIGITS | {"loss": "sparse"}},
            ),
        ),
    ),
    Experiment(
        "mismatch", "Integers and categorical", INTEGERS,
        "What does the network learn if nobody checks the label's form? Read *What Keras says*, then watch *Ten images*.",
        (
            Claim(
                "001/onehot-error", "Integer labels with categorical cross-entropy are an error; with sparse they are not.",
                "one-hot off: error; sparse loss: learns",
                _refused, ("refused", "val_accuracy"), {"sparse": SPARSE},
            ),
        ),
    ),
    Experiment(
        "mismatch-sparse", "One-hot and sparse", DIGITS | {"loss": "sparse"},
        "What do the outputs become if each 0 and 1 of a one-hot vector is read as a class? Watch *Ten images*.",
    ),
)  # fmt: skip
