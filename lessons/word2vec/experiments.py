"""Word vectors: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "skip-gram", "One neighbor at a time", {},
        "Do neighbors or analogies come first? Watch the shares in the titles of “Map” and “Analogies”.",
    ),
    Experiment(
        "cbow", "All neighbors at once", {"kind": "cbow"},
        "Does CBOW find as many analogies as skip-gram in the same number of epochs? Compare the steps per epoch as well.",
    ),
    Experiment(
        "narrow", "A narrow window", {"window": 1},
        "What does *king* learn if it never stands beside *throne*? Compare `neighbors` and `analogies`.",
    ),
    Experiment(
        "few-sentences", "A small corpus", {"sentences": 800, "epochs": 60},
        "Can ten times the epochs replace nine tenths of the text? Watch the validation loss.",
    ),
    Experiment(
        "two-numbers", "Two numbers per word", {"vector_size": 2},
        "Is there room for both pair and side in two numbers? Watch the loss and `analogies`.",
    ),
    Experiment(
        "no-negatives", "No drawn words", {"negatives": 0},
        "What do the vectors know when every question is about a real pair? Compare the loss with `neighbors`.",
    ),
    Experiment(
        "thinned", "Fewer frequent words", {"subsample": 0.005},
        "Does anything get worse if most of *the* is left out? Compare the metrics and the length of an epoch.",
    ),
)  # fmt: skip
