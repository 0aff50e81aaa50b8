"""Reading from both ends: a signal in noise is better known by who also hears what follows.

Run alone: python -m lessons.bidirectional_rnn.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from lessons.bidirectional_rnn.pictures import answers, around_a_flip, both_states, measure
from tui_dl.lesson import Claim, Dataset, Experiment, Hyperparameters, Lesson, Measured, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class BidirectionalRNN(Hyperparameters):
    """A signal is +1 or −1 and flips now and then; noise lies over it. Which is it at each step?"""

    reads: Literal["both", "forward"] = param(
        "both", "From both ends, or from the first step to the last."
    )
    shift: int = param(
        0, "Ask for the signal this many steps later (below 0: earlier).",
        ge=-10, le=10, unit="steps",
    )  # fmt: skip
    units: int = param(16, "Size of the state, of each direction.", ge=1, le=128)
    flips: float = param(
        0.05, "How often the signal flips from one step to the next.", ge=0, le=0.5
    )
    noise: float = param(1.0, "Standard deviation of the noise.", ge=0.1, le=5)
    steps: int = param(40, "Length of a sequence.", ge=2, le=200, unit="steps")
    sequences: int = param(
        2000, "Training sequences; 500 more are for validation.", ge=50, le=20_000
    )
    learning_rate: float = param(0.005, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(50, "Sequences that share one step.", ge=1, le=1000, unit="sequences")
    epochs: int = param(20, "How often the training sequences are shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------

UNSEEN = 500


def data(p: BidirectionalRNN, rng: np.random.Generator) -> Dataset:
    """x (sequences, steps, 1): signal and noise. y, same shape: 1 where s is +1, `shift` later."""
    count, edge = p.sequences + UNSEEN, abs(p.shift)
    turns = rng.random((count, p.steps + 2 * edge)) < p.flips
    turns[:, 0] = rng.random(count) < 0.5  # the first state: either, alike
    s = 1.0 - 2.0 * (np.cumsum(turns, axis=1) % 2)
    heard = s[:, edge : edge + p.steps]
    asked = s[:, edge + p.shift : edge + p.shift + p.steps]
    x = (heard + rng.normal(0, p.noise, heard.shape)).astype("float32")[..., None]
    y = (asked > 0).astype("float32")[..., None]
    n = p.sequences
    return Dataset("a signal that flips, in noise", x[:n], y[:n], x[n:], y[n:], ("−1", "+1"))


# --- Model -----------------------------------------------------------------------------------


def model(p: BidirectionalRNN, data: Dataset) -> keras.Model:
    """One or two recurrent layers, and a sigmoid unit that sees their states at every step."""
    import keras

    layer = keras.layers.SimpleRNN(p.units, return_sequences=True)
    reader = layer if p.reads == "forward" else keras.layers.Bidirectional(layer)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((p.steps, 1)), reader, output])
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network


# --- Train: the engine fits the model; pictures.py draws while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------

LATER, EARLIER = {"shift": 5}, {"shift": -4}
ONE_WAY = {"reads": "forward"}


def _only_what_follows_needs_both(m: Measured) -> bool:
    later = m["this"]["val_accuracy"] - m["one way"]["val_accuracy"]
    wide = m["this"]["val_accuracy"] - m["one way, as many weights"]["val_accuracy"]
    earlier = m["both, earlier"]["val_accuracy"] - m["one way, earlier"]["val_accuracy"]
    return later > 0.1 and wide > 0.1 and earlier < 0.02


EXPERIMENTS = (
    Experiment(
        "later", "What comes next, both ways", LATER,
        "The answer lies five steps ahead: validation comes near `limit` of this reader, far above one way's.",
        (
            Claim(
                "001/brnn",
                "Where the answer depends on what follows (five steps ahead), reading both ways is more accurate "
                "by at least 0.1, also than one way with as many weights; four steps behind, one way does as well.",
                "past and future together foretell the present (no figure)", _only_what_follows_needs_both,
                ("val_accuracy", "limit"),
                {
                    "one way": {**LATER, **ONE_WAY},
                    "one way, as many weights": {**LATER, **ONE_WAY, "units": 23},
                    "both, earlier": EARLIER,
                    "one way, earlier": {**EARLIER, **ONE_WAY},
                },
            ),
        ),
    ),
    Experiment(
        "later-one-way", "What comes next, one way", {**LATER, **ONE_WAY},
        "“Around a flip”: from 0 to 4 three answers in four are wrong. That flip has not been heard yet, and nothing foretells it.",
    ),
    Experiment(
        "now-one-way", "The present, one way", ONE_WAY,
        "“Around a flip”: right until the flip, at 0 no better than a coin, and back within three or four steps, when enough was heard.",
    ),
    Experiment(
        "earlier-one-way", "Patience instead of a second reader", {**EARLIER, **ONE_WAY},
        "Allowed to answer four steps late, one reader does nearly as well as two asked the same: 0.945 against 0.947.",
    ),
    Experiment(
        "cheating", "Both ways, asked for the next input", {"shift": 1, "noise": 0.1},
        "Perfect, and worthless as a forecast: the second reader has seen the answer. Compare `reads` forward.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="bidirectional-rnn",
    title="Bidirectional RNN",
    track="Sequences and language",
    order=50,
    summary="One network reads from the left, one from the right: what follows explains what is.",
    parameters=BidirectionalRNN,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("answers", "Answers", answers),
        View("flip", "Around a flip", around_a_flip),
        View("states", "Both states", both_states),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("binary-addition",),
    read_next=("seq2seq", "attention"),
    sources=(
        "Study article 001, bidirectional recurrent networks",
        "Bidirectional recurrent neural networks (Schuster and Paliwal, 1997)",
        "A tutorial on hidden Markov models and selected applications in speech recognition (Rabiner, 1989)",
    ),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
