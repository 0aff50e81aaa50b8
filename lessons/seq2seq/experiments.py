"""Sequence to sequence: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "lowest-first", "The last digit first", {"lowest_first": True},
        "The carry now travels in the direction of writing: `val_accuracy` passes 0.99 in less than half the epochs.",
    ),
    Experiment(
        "no-teacher", "Training without a teacher", {"teacher_forcing": False},
        "The decoder learns after its own mistakes. With four letters to write that does no harm: compare the first 15 epochs.",
    ),
    Experiment(
        "narrow", "A state of 16 numbers", {"units": 16},
        "“Examples”: after 60 epochs about half of the answers are right, the others wrong in a digit or two. All must pass through 16 numbers.",
    ),
    Experiment(
        "few-sums", "500 sums to learn from", {"pairs": 500, "batch_size": 16},
        "Training accuracy goes to 1 and `val_loss` climbs; a sixth of the unseen answers is right. The network has memorized the training sums.",
    ),
    Experiment(
        "reverse", "Read from the end", {"reverse": True},
        "The letters that the answer begins with are now read last, close to where they are needed: right in 10 epochs instead of 25.",
    ),
    Experiment(
        "three-digits", "Sums up to 999 + 999", {"digits": 3, "pairs": 20_000},
        "Longer questions through the same state: after 60 epochs about six in ten unseen answers are right. Try `reverse` with it.",
    ),
)  # fmt: skip
