"""Sequence to sequence: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "lowest-first", "The last digit first", {"lowest_first": True},
        "Is a sum easier to write in the direction in which its carries travel? Watch when `val_accuracy` passes 0.99.",
    ),
    Experiment(
        "no-teacher", "No teacher forcing", {"teacher_forcing": False},
        "Can the decoder learn from its own letters alone? Compare the first 15 epochs with the default.",
    ),
    Experiment(
        "narrow", "A state of 16 numbers", {"units": 16},
        "How many answers survive a state of 16 numbers? Watch “Examples” and `exact_match`.",
    ),
    Experiment(
        "few-sums", "500 training sums", {"pairs": 500, "batch_size": 16},
        "Does the network learn to add, or does it memorize the sums? Compare training and validation accuracy.",
    ),
    Experiment(
        "reverse", "A question read from its end", {"reverse": True},
        "Does it help if the first digits are read last, close to where they are needed? Watch when `val_accuracy` passes 0.99.",
    ),
    Experiment(
        "three-digits", "Sums up to 999 + 999", {"digits": 3, "pairs": 20_000},
        "How many longer sums fit through the same state? Watch `exact_match`, then try `reverse` with it.",
    ),
)  # fmt: skip
