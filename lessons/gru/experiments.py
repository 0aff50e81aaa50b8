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
        "Can two gates remember the message? Compare accuracy, weights and steps per second with `lstm`.",
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
        "Do 17,152 weights remember better than 13,056? Compare the accuracy with `message`.",
    ),
    Experiment(
        "counting-gru", "A GRU counts", COUNTING,
        "How far can a GRU count? Watch “Read from the state” where the crowd is larger than in training.",
    ),
    Experiment(
        "counting-lstm", "An LSTM counts", {**COUNTING, "cell": "lstm"},
        "Does an LSTM count further? Watch the range of “Kept state”, and compare `counted`.",
    ),
    Experiment(
        "half-open", "No bias toward keeping", {"keep_bias": 0.0},
        "Is the message found if the update gate starts at ½? Try seeds 0, 1 and 2.",
    ),
)  # fmt: skip
