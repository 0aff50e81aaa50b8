"""Exercise: a deep network: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

ANSWER = {
    "hidden_layers": 4, "activation": "relu", "hidden_start": "he", "output_start": "xavier",
    "batch_normalization": True, "dropout": 0.2, "schedule": "warmup-cosine", "warmup": 3,
    "learning_rate": 0.01, "epochs": 30,
}  # fmt: skip


def _about(m: Measured) -> bool:
    """True from 98 %, half a percent below 98.5, if this is above the plain start."""
    reached = m["this"]["val_accuracy"]
    return reached >= 0.98 and reached > m["start"]["val_accuracy"]


EXPERIMENTS = (
    Experiment(
        "start", "The plain start", {},
        "Which single change to this start gains most? Write its validation accuracy down, then change one field at a time.",
    ),
    Experiment(
        "longer", "Only more epochs", {"epochs": 30},
        "How much do thirty epochs alone gain? Watch how far training and validation accuracy move apart.",
    ),
    Experiment(
        "deep-and-plain", "Only more layers", {"hidden_layers": 4},
        "Are four layers of saturated sigmoid units worse than one? Write down what you expect, then compare the validation accuracy with the start's.",
    ),
    Experiment(
        "answer", "The answer", ANSWER,
        "When does the validation accuracy stop jumping? Try your own settings first; then watch it together with *Learning rate*.",
        (
            Claim(
                "003/exercise", "The answer's validation accuracy is 0.98 or more, and above the plain start's.",
                "about 98.5 % on MNIST", _about, ("val_accuracy", "val_loss", "accuracy", "met"),
                {"start": {}},
                why="The figure is for MNIST, after 56,250 steps on 60,000 images. The embedded digits give 1350 steps, and of their "
                "360 validation images one is 0.3 %.",
            ),
        ),
    ),
)  # fmt: skip
