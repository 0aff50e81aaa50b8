"""Answers that depend on what was said before (HRED), and not always the same ones (VHRED).

Run alone: python -m lessons.hred_vhred.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from lessons.hred_vhred.latent import vhred
from lessons.hred_vhred.network import hred, seq2seq
from lessons.hred_vhred.pictures import context, measure, open_question, talk
from lessons.hred_vhred.talk import VOCABULARY, dialogue, encode
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class Dialogues(Hyperparameters):
    """Someone tells things about themselves, then asks."""

    model: Literal["seq2seq", "hred", "vhred"] = param(
        "hred", "Reads the last turn alone; all turns; all turns and a chance z."
    )
    exchanges: int = param(
        2, "Turns, each with a reply, before the question.", ge=1, le=10, unit="exchanges"
    )
    dialogues: int = param(
        5000, "Dialogues to train on; 2048 more are for validation.", ge=100, le=50_000
    )
    units: int = param(128, "Size of the context's and of the decoder's state.", ge=4, le=256)
    latent: int = param(8, "Numbers in z (vhred).", ge=1, le=64)
    kl_annealing: int = param(
        12,
        "Epochs in which the weight of KL grows from 0 to 1 (vhred).",
        ge=0,
        le=200,
        unit="epochs",
    )
    word_dropout: float = param(
        0.75,
        "Share of the words shown to the decoder in training that are hidden (vhred).",
        ge=0,
        le=1,
    )
    learning_rate: float = param(0.004, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(50, "Dialogues that share one step.", ge=1, le=1000, unit="dialogues")
    epochs: int = param(20, "How often the training dialogues are shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------

UNSEEN = 2048  # two whole batches of validation


def data(p: Dialogues, rng: np.random.Generator) -> Dataset:
    """x (dialogues, turns, words), y (dialogues, words): numbers of words, the question last."""
    said = [dialogue(p.exchanges, rng) for _ in range(p.dialogues + UNSEEN)]
    x = np.stack([encode(each.turns) for each in said])
    y = encode([each.answer for each in said])
    n = p.dialogues
    return Dataset("small dialogues", x[:n], y[:n], x[n:], y[n:], VOCABULARY[1:])


# --- Model -----------------------------------------------------------------------------------


def model(p: Dialogues, data: Dataset) -> keras.Model:
    """One of the three answerers; their decoders are alike."""
    import keras

    if p.model == "vhred":
        steps = -(-len(data.x) // p.batch_size) * p.kl_annealing  # epochs to steps
        network = vhred()(p.units, p.latent, steps, p.word_dropout)
    else:
        network = {"seq2seq": seq2seq, "hred": hred}[p.model]()(p.units)
    network.compile(keras.optimizers.Adam(p.learning_rate), metrics=["accuracy"])
    return network


# --- Train: the engine fits the model; pictures.py draws while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------


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

LESSON = Lesson(
    id="hred-vhred",
    title="HRED and VHRED",
    track="Sequences and language",
    order=80,
    summary="Dialogues: a network that remembers earlier turns, and one that varies its answers.",
    parameters=Dialogues,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("talk", "Unseen dialogues", talk),
        View("context", "Memory of turns", context),
        View("open", "An open question", open_question),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/hred", "001/vhred"),
    prerequisites=("seq2seq",),
    read_next=("vae", "word2vec"),
    sources=(
        "Study article 001, HRED and VHRED",
        "Building end-to-end dialogue systems using generative hierarchical neural network models (Serban et al., 2016)",
        "A hierarchical latent variable encoder-decoder model for generating dialogues (Serban et al., 2017)",
        "Generating sentences from a continuous space (Bowman et al., 2016)",
    ),
    shows_code=(data, dialogue, model, hred, vhred),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
