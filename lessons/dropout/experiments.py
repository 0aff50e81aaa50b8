"""Dropout: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

CLEAN = {"wrong_labels": 0.0}
EXPERIMENTS = (
    Experiment(
        "half", "Half of the units dropped", {},
        "Why is the training loss in the chart higher than that of the whole network? Compare it with “Three losses”.",
    ),
    Experiment(
        "without", "Without dropout", {"rate": 0.0},
        "Does the network memorize the wrong labels? Compare `gap` and `val_accuracy` with those of `half`.",
    ),
    Experiment(
        "clean", "Correct labels", CLEAN,
        "Does dropout help if all labels are right? Compare `gap` at a `rate` of 0.5 and of 0, with a few seeds.",
    ),
    Experiment(
        "source", "Rate 0.2, as in the exercise", {"hidden_layers": 4, "units": 128, "rate": 0.2},
        "Is the rate of 0.2 from the study article enough? Compare `gap` with that of the same network at a rate of 0.",
    ),
    Experiment(
        "too-much", "Nine of ten units dropped", CLEAN | {"rate": 0.9},
        "Can a network learn with a tenth of its units at a time? Compare both losses and `gap` with those of `clean`.",
    ),
    Experiment(
        "at-the-input", "Pixels dropped as well", {"input_rate": 0.2},
        "Does it help to drop a fifth of the pixels too, as the original paper does? Compare `val_accuracy` and `val_loss` with those of `half`.",
    ),
    Experiment(
        "more-images", "All training images", {"training_images": 60_000},
        "Does dropout still help with more images? Compare `gap` at a `rate` of 0.5 and of 0 with those for 500 images.",
    ),
    Experiment(
        "rescaled-later", "Rescaled at inference", {"rescale": "inference"},
        "Does scaling down at inference, as in the original paper, end where `half` does? Compare `val_accuracy`.",
    ),
    Experiment(
        "never-rescaled", "No rescaling", CLEAN | {"rescale": "never"},
        "What suffers if each layer receives twice what it was trained with, the accuracy or the loss? Compare both with those of `clean`.",
    ),
)  # fmt: skip
