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
        "Can a network without gates remember across 50 steps of noise? Compare training and validation accuracy, then try seed 17.",
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
        "Do 48 peephole weights help this task? Compare the validation accuracy with the default.",
    ),
    Experiment(
        "forget-bias-1", "The usual forget bias", {"forget_bias": 1.0},
        "Does the usual start find the message? Watch “Gradient left”, then try seed 10.",
    ),
    Experiment(
        "short-lag", "A lag of five, no gates", {"cell": "simple_rnn", "lag": 5},
        "Is the task hard for the plain network, or the distance? Compare with “No gates”.",
    ),
    Experiment(
        "lag-100", "A lag of a hundred", {"lag": 100, "forget_bias": 5.0},
        "How far open must the forget gate be to bridge 100 steps? Watch the forget gate in “Gates over time”.",
    ),
)  # fmt: skip
