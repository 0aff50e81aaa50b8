"""HRED and VHRED: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "last-turn", "The last turn alone", {"model": "seq2seq"},
        "`last_turn` reaches 1; `dependent` stays near 0.125: of eight names, homes or pets it guesses one.",
    ),
    Experiment(
        "hred", "A memory of turns", {"model": "hred"},
        "The loss stands still, then falls within a few epochs: it begins to remember. `variety` stays 1: one answer to each weather.",
    ),
    Experiment(
        "vhred", "Chance in the memory", {"model": "vhred"},
        "“An open question”: one dialogue asked 100 times, several answers, all valid; `kl_open` stays above 0.",
    ),
    Experiment(
        "collapse", "Posterior collapse", {"model": "vhred", "kl_annealing": 0, "word_dropout": 0.0},
        "The curve of KL falls towards 0: the decoder does without z, and nearly all answers are alike again.",
    ),
    Experiment(
        "longer", "Five exchanges", {"exchanges": 5, "epochs": 30},
        "Two facts among small talk, up to ten turns back: how many epochs until they are remembered?",
    ),
)  # fmt: skip
