"""HRED and VHRED: the hyperparameters."""

from __future__ import annotations

from typing import Literal

from tui_dl.parameters import (
    Hyperparameters,
    batch_size_param,
    epochs_param,
    learning_rate_param,
    param,
)


class Dialogues(Hyperparameters):
    """Dialogues in which a speaker states facts about themselves, then asks a question."""

    model: Literal["seq2seq", "hred", "vhred"] = param(
        "hred",
        "Read the last turn only (seq2seq), all turns (hred), or all turns and draw z (vhred).",
    )
    exchanges: int = param(
        2, "Turns, each with a reply, before the question.", ge=1, le=10, unit="exchanges"
    )
    dialogues: int = param(
        5000, "Number of training dialogues; 2048 more are for validation.", ge=100, le=50_000
    )
    units: int = param(
        128, "Size of the context network's state and of the decoder's.", ge=4, le=256
    )
    latent: int = param(8, "How many numbers z has (vhred).", ge=1, le=64)
    kl_annealing: int = param(
        12,
        "Number of epochs in which the weight of KL grows from 0 to 1 (vhred).",
        ge=0,
        le=200,
        unit="epochs",
    )
    word_dropout: float = param(
        0.75,
        "Share of the words that are hidden from the decoder in training (vhred).",
        ge=0,
        le=1,
    )
    learning_rate: float = learning_rate_param(0.004, "Adam's step size.", le=1)
    batch_size: int = batch_size_param(50, "dialogues", le=1000)
    epochs: int = epochs_param(20, "the training dialogues are shown", le=200)
