"""Word vectors: settings to try, and the claims that they check."""

from __future__ import annotations

from tui_dl.experiment import Experiment

EXPERIMENTS = (
    Experiment(
        "skip-gram", "One neighbour at a time", {},
        "Neighbours come before analogies: after one epoch about 8 in 10 nearest words are of the group, but fewer than half of the analogies are right; at the end nearly all are.",
    ),
    Experiment(
        "cbow", "All neighbours at once", {"kind": "cbow"},
        "A fifth as many examples an epoch, so it is done several times sooner, and about half of the analogies are right. Five times the epochs bring it to three quarters or a little more, not to skip-gram's 99 %.",
    ),
    Experiment(
        "narrow", "A narrow window", {"window": 1},
        "With one word to either side *king* seldom sees its throne: about 7 in 10 neighbours are still of the group, since these stand in like places, but only 1 analogy in 10 is right.",
    ),
    Experiment(
        "few-sentences", "A small corpus", {"sentences": 800, "epochs": 60},
        "As many steps on a tenth of the text: the validation loss turns up again and about 4 analogies in 10 are right. More epochs do not replace more text.",
    ),
    Experiment(
        "two-numbers", "Two numbers a word", {"vector_size": 2},
        "The loss falls little and hardly an analogy is right: two numbers have no room for pair and side. A map is a shadow of the 32, not a smaller version of them.",
    ),
    Experiment(
        "no-negatives", "No negatives", {"negatives": 0},
        "The loss falls to 0: always saying yes is right when every question is about a real pair. Look at the neighbours: next to nothing was learnt.",
    ),
    Experiment(
        "thinned", "Frequent words thinned", {"subsample": 0.005},
        "Most of *the* is dropped, so an epoch is half as long; analogies and neighbours stay about where they were.",
    ),
)  # fmt: skip
