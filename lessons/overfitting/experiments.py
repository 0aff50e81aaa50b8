"""Overfitting: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

STOP = {"early_stopping": True, "keep": "best"}
EXPERIMENTS = (
    Experiment(
        "overfit", "Forty points memorized", {},
        "In which epoch does the validation loss turn upward? Watch both losses, and the islands in “Boundary”.",
    ),
    Experiment(
        "checkpoint", "Weights of the best epoch", {"keep": "best"},
        "How much does it help to keep the weights of the best epoch? Compare `test_loss` with that of `overfit`; the curves are the same.",
    ),
    Experiment(
        "early-stopping", "Early stopping", STOP,
        "How many epochs does early stopping save? Compare the last epoch and `test_loss` with those of `checkpoint`.",
    ),
    Experiment(
        "impatient", "Patience 0", STOP | {"patience": 0},
        "Is `test_loss` worse if training ends at the first epoch that is not better? Compare with `early-stopping`, with seeds 0, 1 and 2.",
    ),
    Experiment(
        "wrong-number", "Watching the training loss", STOP | {"monitor": "loss"},
        "Does early stopping ever stop if it watches the training loss? Watch the number of epochs and “What the checkpoint keeps”.",
    ),
    Experiment(
        "more-data", "A thousand points", {"samples": 2500, "epochs": 40},
        "Can the same network memorize a thousand noisy points? Watch the gap between both losses, and “Boundary”.",
    ),
    Experiment(
        "small", "Three units", {"units": 3},
        "Can a network of three units overfit forty points? Watch whether both losses stay high.",
    ),
    Experiment(
        "l2", "A penalty on large weights", {"l2": 0.01},
        "Does the boundary stay smooth if large weights cost something? Compare `test_loss`, which does not contain the penalty.",
    ),
)  # fmt: skip
