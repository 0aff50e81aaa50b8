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
        "Does one layer reach an accuracy of 0.85 in ten epochs? Watch the templates in “What each digit looks for”.",
        (
            Claim(
                "000/mnist-single", "A single softmax layer reads at least 85 of 100 unseen digits (guessing: 10).",
                "it works (a curve, no figure)", _works, ("val_accuracy", "val_loss"),
                why="Ten epochs of the embedded digits are 150 steps, and Adam moves a weight by at most about 0.001 in each: 0.15 in all. "
                "Training ends too early, at 0.65; on MNIST, with 1000 or 6000 steps, the claim holds. Set `epochs` to 100.",
            ),
        ),
    ),
    Experiment(
        "three", "Three layers, 600 and 300 units", PART,
        "How close do training and validation accuracy come to 1? Compare with the smaller networks.",
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
        "How far behind does a network with a thirteenth of the weights (on MNIST) end? Overlay it on `three`.",
        (
            Claim(
                "001/mnist-hidden", "With 60 and 30 units the accuracy ends at least 0.005 below that of 600 and 300.",
                "600–300 → 60–30: lower", _small_loses, ("val_accuracy", "val_loss"), {"600-300": PART},
            ),
        ),
    ),
    Experiment(
        "same-rate", "Gradient descent at Adam's rate", SAME_RATE,
        "Does gradient descent learn with the learning rate of 0.001 that suits Adam? Watch the loss.",
        (
            Claim(
                "000/mnist-optimizer", "With nothing but the optimizer changed, gradient descent ends at least 0.1 below Adam.",
                "another curve (no figure, no conclusion)", _adam_leads, ("val_accuracy", "val_loss"),
                {"adam": PART},
            ),
        ),
    ),
    Experiment(
        "own-rate", "Gradient descent at a rate that suits it", OWN_RATE,
        "Does gradient descent keep up with Adam at a hundred times the learning rate? Compare the validation accuracy.",
        (
            Claim(
                "001/mnist-optimizer", "Gradient descent with 0.1 and Adam with 0.001 end within 0.03 of each other.",
                "no large difference", _much_alike, ("val_accuracy", "val_loss"), {"adam": PART},
                why="On the embedded digits the medians differ by about 0.03: 0.975 against 0.944. For 18 of 30 seeds the difference exceeds 0.03. "
                "It depends on the learning rates and on the number of steps, and the source states neither.",
                seeds=30,
            ),
        ),
    ),
    Experiment(
        "as-many-steps", "400 epochs of the small digits", {"images": "digits", "epochs": 400},
        "What do 6000 steps, ten epochs' worth of MNIST, do on the small data set? Compare training and validation loss.",
    ),
)  # fmt: skip
