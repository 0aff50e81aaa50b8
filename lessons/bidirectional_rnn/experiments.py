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
        "Can the signal five steps ahead be read? Compare the validation accuracy with `limit` and with one way.",
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
        "Does one reader know the signal five steps ahead? Watch steps 0 to 4 of “Around a flip”.",
    ),
    Experiment(
        "now-one-way", "The present, one way", ONE_WAY,
        "How long does one reader need after a flip? Watch “Around a flip”.",
    ),
    Experiment(
        "earlier-one-way", "Patience instead of a second reader", {**EARLIER, **ONE_WAY},
        "Can waiting replace the second reader? It answers four steps late: compare with `shift` −4 both ways.",
    ),
    Experiment(
        "cheating", "Both ways, asked for the next input", {"shift": 1, "noise": 0.1},
        "Is a perfect score a good forecast? Compare with `reads` forward.",
    ),
)  # fmt: skip
