"""Bidirectional RNN: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured

LATER, EARLIER = {"shift": 5}, {"shift": -4}
ONE_WAY = {"reads": "forward"}


def _only_what_follows_needs_both(m: Measured) -> bool:
    later = m["this"]["val_accuracy"] - m["one way"]["val_accuracy"]
    wide = m["this"]["val_accuracy"] - m["one way, as many weights"]["val_accuracy"]
    earlier = m["both, earlier"]["val_accuracy"] - m["one way, earlier"]["val_accuracy"]
    return later > 0.1 and wide > 0.1 and earlier < 0.02


EXPERIMENTS = (
    Experiment(
        "later", "What comes next, both ways", LATER,
        "The answer lies five steps ahead: validation comes near `limit` of this reader, far above one way's.",
        (
            Claim(
                "001/brnn",
                "Where the answer depends on what follows (five steps ahead), reading both ways is more accurate "
                "by at least 0.1, also than one way with as many weights; four steps behind, one way does as well.",
                "past and future together foretell the present (no figure)", _only_what_follows_needs_both,
                ("val_accuracy", "limit"),
                {
                    "one way": {**LATER, **ONE_WAY},
                    "one way, as many weights": {**LATER, **ONE_WAY, "units": 23},
                    "both, earlier": EARLIER,
                    "one way, earlier": {**EARLIER, **ONE_WAY},
                },
            ),
        ),
    ),
    Experiment(
        "later-one-way", "What comes next, one way", {**LATER, **ONE_WAY},
        "“Around a flip”: from 0 to 4 three answers in four are wrong. That flip has not been heard yet, and nothing foretells it.",
    ),
    Experiment(
        "now-one-way", "The present, one way", ONE_WAY,
        "“Around a flip”: right until the flip, at 0 no better than a coin, and back within three or four steps, when enough was heard.",
    ),
    Experiment(
        "earlier-one-way", "Patience instead of a second reader", {**EARLIER, **ONE_WAY},
        "Allowed to answer four steps late, one reader does nearly as well as two asked the same: 0.945 against 0.947.",
    ),
    Experiment(
        "cheating", "Both ways, asked for the next input", {"shift": 1, "noise": 0.1},
        "Perfect, and worthless as a forecast: the second reader has seen the answer. Compare `reads` forward.",
    ),
)  # fmt: skip
