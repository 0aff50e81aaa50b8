"""HRED and VHRED: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "last-turn", "The last turn alone", {"model": "seq2seq"},
        "What can a network answer that reads the last turn only? Compare `dependent` and `last_turn`.",
    ),
    Experiment(
        "hred", "A memory of turns", {"model": "hred"},
        "When does the network begin to remember? Watch the loss, and “What is remembered”.",
    ),
    Experiment(
        "vhred", "A latent variable", {"model": "vhred"},
        "How many different answers come when one question is asked 100 times? Watch “An open question” and `kl`.",
    ),
    Experiment(
        "collapse", "Posterior collapse", {"model": "vhred", "kl_annealing": 0, "word_dropout": 0.0},
        "Does the decoder use z without annealing and word dropout? Watch `kl` and “An open question”.",
    ),
    Experiment(
        "longer", "Five exchanges", {"exchanges": 5, "epochs": 30},
        "How many epochs until a fact from up to ten turns back is remembered? Watch the loss.",
    ),
)  # fmt: skip
