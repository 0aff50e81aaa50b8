"""Word vectors: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Word2Vec(Hyperparameters):
    """Word vectors that predict which words occur close to each other."""

    kind: Literal["skip-gram", "cbow"] = param(
        "skip-gram", "Guess each neighbour from a word, or a word from all its neighbours."
    )
    vector_size: int = param(32, "d: the numbers in the row of a word.", ge=2, le=200)
    window: int = param(4, "How far a neighbour may stand.", ge=1, le=8, unit="words")
    negatives: int = param(5, "k: drawn words to tell from the real one.", ge=0, le=20)
    subsample: float = param(
        0.0, "t: words more frequent than this are thinned; 0 keeps all.", ge=0, le=1
    )
    sentences: int = param(
        8000, "Length of the corpus; a tenth validates.", ge=100, le=50_000, unit="sentences"
    )
    learning_rate: float = learning_rate_param(0.01, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(500, "pairs", le=10_000)
    epochs: int = epochs_param(6, "all pairs are shown", le=200)
