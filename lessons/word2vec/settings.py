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
        "skip-gram", "Predict each neighbor from a word, or a word from all its neighbors."
    )
    vector_size: int = param(32, "d: how many numbers a word vector has.", ge=2, le=200)
    window: int = param(4, "Maximum distance of a neighbor.", ge=1, le=8, unit="words")
    negatives: int = param(5, "k: how many words to draw for each real one.", ge=0, le=20)
    subsample: float = param(
        0.0, "t: drop part of the words that are more frequent than this; 0 keeps all.", ge=0, le=1
    )
    sentences: int = param(
        8000, "Length of the text; a tenth is for validation.", ge=100, le=50_000, unit="sentences"
    )
    learning_rate: float = learning_rate_param(0.01, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(500, "pairs", le=10_000)
    epochs: int = epochs_param(6, "all pairs are shown", le=200)
