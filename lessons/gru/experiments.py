"""GRU: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured, Outcome

COUNTING = {"task": "counting", "units": 16, "epochs": 30}


def _like_accuracy(m: Measured) -> bool:
    gru, lstm = m["this"]["val_accuracy"], m["lstm"]["val_accuracy"]
    return gru > 0.95 and abs(gru - lstm) < 0.02


def fastest(outcome: Outcome) -> float:
    """Return the seconds of the fastest seed: other work on the machine only adds time."""
    return min(outcome.each("seconds"))


def _smaller_and_faster(m: Measured) -> bool:
    gru, lstm = m["this"], m["lstm"]
    return gru["weights"] < 0.8 * lstm["weights"] and fastest(gru) < fastest(lstm)


def _lstm_counts_better(m: Measured) -> bool:
    return m["lstm counts"]["counted"] - m["gru counts"]["counted"] > 0.2


EXPERIMENTS = (
    Experiment(
        "message", "Two gates remember", {},
        "Both remember the message; compare the steps a second and the weights with those of `lstm`.",
        (
            Claim(
                "001/gru",
                "A GRU remembers as well as an LSTM with three quarters of its weights and in less time; "
                "at counting beyond the trained length the LSTM is stronger.",
                "fewer gates, less computation; the LSTM is strictly stronger",
                lambda m: _like_accuracy(m) and _smaller_and_faster(m) and _lstm_counts_better(m),
                ("val_accuracy", "weights", "seconds", "counted"),
                {"lstm": {"cell": "lstm"}, "gru counts": COUNTING, "lstm counts": {**COUNTING, "cell": "lstm"}},
                "Weights, accuracy and counting do not depend on the machine. The time does: the GRU needs "
                "about a fifth less at 64 units, which other work on the machine between two runs can hide.",
            ),
        ),
    ),
    Experiment(
        "lstm", "Three gates remember", {"cell": "lstm"},
        "17 152 weights in the memory where the GRU has 13 056, and the same accuracy.",
    ),
    Experiment(
        "counting-gru", "A GRU counts", COUNTING,
        "“Read from the state”: as far as it was trained the reading follows the crowd; above that it flattens.",
    ),
    Experiment(
        "counting-lstm", "An LSTM counts", {**COUNTING, "cell": "lstm"},
        "“Kept state”: some units of c rise and fall with the crowd, far beyond ±1; validation stays near 1.",
    ),
    Experiment(
        "half-open", "No bias to keep", {"keep_bias": 0.0},
        "The update gate starts at ½, so next to nothing of step 0 is left at the end. Training may find the message all the same, late or not within ten epochs: try several seeds.",
    ),
)  # fmt: skip
