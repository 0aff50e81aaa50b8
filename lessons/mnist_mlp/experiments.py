"""MNIST: one layer or three: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

PART = {"training_images": 10_000}  # a sixth of MNIST: each run takes seconds, not minutes
SMALL, TINY = PART | {"units_1": 60, "units_2": 30}, PART | {"units_1": 6, "units_2": 3}
SAME_RATE = PART | {"optimizer": "sgd"}
OWN_RATE = PART | {"optimizer": "sgd", "learning_rate": 0.1}


def _works(m: Measured) -> bool:
    return m["this"]["val_accuracy"] >= 0.85


def _larger_is_better(m: Measured) -> bool:
    tiny, small, large = (m[name]["val_accuracy"] for name in ("6-3", "60-30", "this"))
    return tiny < small < large


def _small_loses(m: Measured) -> bool:
    return m["this"]["val_accuracy"] <= m["600-300"]["val_accuracy"] - 0.005


def _adam_leads(m: Measured) -> bool:
    return m["this"]["val_accuracy"] <= m["adam"]["val_accuracy"] - 0.1


def _much_alike(m: Measured) -> bool:
    return abs(m["this"]["val_accuracy"] - m["adam"]["val_accuracy"]) <= 0.03


EXPERIMENTS = (
    Experiment(
        "single", "The softmax layer alone", PART | {"layers": "one"},
        "“What each digit looks for” turns into ten pale digits: where a weight is above 0, ink speaks for the digit; below 0, against it.",
        (
            Claim(
                "000/mnist-single", "A single softmax layer reads at least 85 of 100 unseen digits (guessing: 10).",
                "it works (a curve, no figure)", _works, ("val_accuracy", "val_loss"),
                why="Ten epochs of the embedded digits are 150 steps, and Adam moves a weight by about 0.001 in each: 0.15 in all. "
                "The layer is caught on its way, at 0.65; from MNIST, with 1000 steps or 6000, it holds. Set `epochs` to 100.",
            ),
        ),
    ),
    Experiment(
        "three", "Three layers, 600 and 300 units", PART,
        "The training accuracy runs towards 1, the validation accuracy stops short of it: the last per cent is the hard one.",
        (
            Claim(
                "000/mnist-hidden", "The validation accuracy grows with the hidden layers: 6–3, 60–30, 600–300.",
                "the larger, the better (no figure)", _larger_is_better, ("val_accuracy", "val_loss"),
                {"60-30": SMALL, "6-3": TINY},
            ),
        ),
    ),
    Experiment(
        "small", "Three layers, 60 and 30 units", SMALL,
        "A thirteenth of the weights on MNIST. Lay it over `three`: it learns more slowly, and how far behind does it end?",
        (
            Claim(
                "001/mnist-hidden", "With 60 and 30 units the accuracy ends at least 0.005 below that of 600 and 300.",
                "600–300 → 60–30: lower", _small_loses, ("val_accuracy", "val_loss"), {"600-300": PART},
            ),
        ),
    ),
    Experiment(
        "same-rate", "Plain gradient descent, the same rate", SAME_RATE,
        "The same 0.001 that suits Adam is hardly a movement here: the loss slides down as if in honey.",
        (
            Claim(
                "000/mnist-optimizer", "With nothing but the rule changed, plain descent ends at least 0.1 below Adam.",
                "another curve (no figure, no conclusion)", _adam_leads, ("val_accuracy", "val_loss"),
                {"adam": PART},
            ),
        ),
    ),
    Experiment(
        "own-rate", "Plain gradient descent, a rate of its own", OWN_RATE,
        "A hundred times the rate, and plain descent keeps up. A comparison of optimizers is one of their learning rates, too.",
        (
            Claim(
                "001/mnist-optimizer", "Plain descent with 0.1 and Adam with 0.001 end within 0.03 of each other.",
                "no large difference", _much_alike, ("val_accuracy", "val_loss"), {"adam": PART},
                why="On the embedded digits the bound itself is what they differ by: 0.975 against 0.944, and 18 of 30 seeds exceed 0.03. "
                "How large the difference is depends on the rates and on the steps, and the source states neither.",
                seeds=30,
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "400 epochs of the small digits", {"images": "digits", "epochs": 400},
        "As many steps as ten epochs of the whole of MNIST: the training loss goes to nothing, and the validation loss stopped following it long ago.",
    ),
)  # fmt: skip
