"""LSTM: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Claim, Experiment, Measured


def _gates_remember(m: Measured) -> bool:
    """True if most plain networks stay near chance accuracy and most LSTMs do not."""
    plain, lstm = m["this"], m["lstm"]
    return plain.share("val_accuracy", 0.6) < 0.5 < lstm.share("val_accuracy", 0.95)


EXPERIMENTS = (
    Experiment(
        "simple-rnn", "No gates", {"cell": "simple_rnn"},
        "Validation usually stays at a coin's accuracy (25 of 30 seeds), and what training gains is memorized noise. Four of the 30 reach 1.00: try seed 17.",
        (
            Claim(
                "001/lstm-lag", "Across 50 steps of noise a plain recurrent network usually answers no better than a coin, an LSTM usually correctly.",
                "long lags are hard without gates, easy with them", _gates_remember,
                ("val_accuracy", "val_accuracy>0.6", "val_accuracy>0.95"), {"lstm": {}}, seeds=30,
            ),
        ),
    ),
    Experiment(
        "peephole", "Peepholes", {"cell": "peephole"},
        "48 weights more than the LSTM, and the same answer: this task does not need to see c.",
    ),
    Experiment(
        "forget-bias-1", "The usual forget gate", {"forget_bias": 1.0},
        "The gradient along the cell state starts below 1e-6. Training found the message with 5 of 30 seeds, no more often than the plain network: try seed 10.",
    ),
    Experiment(
        "short-lag", "A lag of five, no gates", {"cell": "simple_rnn", "lag": 5},
        "The plain network can do it: the lag makes the task hard, not the message.",
    ),
    Experiment(
        "lag-100", "A lag of a hundred", {"lag": 100, "forget_bias": 5.0},
        "A forget gate that starts at 0.993 keeps half of the gradient over a hundred steps.",
    ),
)  # fmt: skip
