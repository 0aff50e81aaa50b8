"""Attention: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

TWO = {"dates": 2, "epochs": 6}


def _holds_where_the_fixed_vector_falls(m: Measured) -> bool:
    on, off = m["this"], m["fixed"]
    return on["long"] >= 0.95 and off["short"] - off["long"] >= 0.15


EXPERIMENTS = (
    Experiment(
        "two-dates", "One date or two", TWO,
        "Are long lines as easy as short ones for attention? Watch the three bars of “By length”.",
        (
            Claim(
                "001/attention", "With attention, dates in long lines are right as often as in short ones; "
                "with the encoder's last state alone they are not.",
                "long sentences are hard for a fixed vector; attention finds what belongs together",
                _holds_where_the_fixed_vector_falls,
                ("exact", "short", "middle", "long"), {"fixed": {**TWO, "attention": False}},
            ),
        ),
    ),
    Experiment(
        "fixed-two-dates", "Two dates in one vector", {**TWO, "attention": False},
        "What happens to long lines when everything must fit into 64 numbers? Watch “By length”.",
    ),
    Experiment(
        "fixed", "One date in one vector", {"attention": False, "epochs": 8},
        "Does a single date need attention? Watch `val_accuracy`, and compare short and long lines.",
    ),
    Experiment(
        "three-dates", "Up to three dates", {"dates": 3, "epochs": 4},
        "Can the same network read 139 characters and write 32? Watch `long`; it takes minutes.",
    ),
)  # fmt: skip
