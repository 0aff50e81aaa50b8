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
        "“By length”: all three bars reach 1, whether a line holds one date or two.",
        (
            Claim(
                "001/attention", "With attention dates in long lines are as right as in short ones; "
                "with the encoder's last state alone they are not.",
                "long sentences are hard for a fixed vector; attention finds what belongs together",
                _holds_where_the_fixed_vector_falls,
                ("exact", "short", "middle", "long"), {"fixed": {**TWO, "attention": False}},
            ),
        ),
    ),
    Experiment(
        "fixed-two-dates", "Two dates in one vector", {**TWO, "attention": False},
        "“By length”: the longer the line, the more must fit into the same 64 numbers.",
    ),
    Experiment(
        "fixed", "One date in one vector", {"attention": False, "epochs": 8},
        "It learns, only slower; long ways of writing one date are no harder than short ones.",
    ),
    Experiment(
        "three-dates", "Up to three dates", {"dates": 3, "epochs": 4},
        "Up to 139 characters read and 32 written, by a network of the same size. It takes minutes.",
    ),
)  # fmt: skip
