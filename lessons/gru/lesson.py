"""A memory with two gates: a GRU beside an LSTM, where both remember and where only one can count.

Run alone: python -m lessons.gru.lesson
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from lessons.gru.pictures import (
    gates_over_time,
    gru_step,
    measure,
    reading_over_time,
    state_over_time,
)
from tui_dl.lesson import (
    Claim,
    Dataset,
    Experiment,
    Hyperparameters,
    Lesson,
    Measured,
    Outcome,
    View,
    param,
)

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class GatedRecurrentUnit(Hyperparameters):
    """Remember a message through noise, or count who is in a room."""

    cell: Literal["gru", "lstm"] = param("gru", "What remembers: two gates, or three.")
    task: Literal["message", "counting"] = param(
        "message", "Tell the sign of step 0 at the end, or at every step whether the room is empty."
    )
    units: int = param(64, "Size of the hidden state.", ge=1, le=256)
    keep_bias: float = param(
        3.0, "Starting bias of the gate that keeps: update or forget gate.", ge=-5, le=10
    )
    steps: int = param(
        40, "Length of the training sequences; unseen counts are 4 times as long.",
        ge=4, le=200, unit="steps",
    )  # fmt: skip
    sequences: int = param(
        2000, "Training sequences; 200 more are for validation.", ge=100, le=20_000
    )
    learning_rate: float = param(0.01, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(50, "Sequences that share one step.", ge=1, le=1000, unit="sequences")
    epochs: int = param(10, "How often the training sequences are shown.", ge=1, le=200)


# --- Data ------------------------------------------------------------------------------------

UNSEEN, LONGER, NOISE = 200, 4, 2.0


def data(p: GatedRecurrentUnit, rng: np.random.Generator) -> Dataset:
    """x (sequences, steps, 2). y (sequences, 1), or for counting (sequences, steps, 1)."""
    if p.task == "message":
        x, y = messages(p.sequences + UNSEEN, p.steps, rng)
        n = p.sequences
        return Dataset("message and noise", x[:n], y[:n], x[n:], y[n:], ("−1", "+1"))
    x, y = rooms(p.sequences, p.steps, rng)
    note = f"unseen sequences are {LONGER} times as long"
    longer = rooms(UNSEEN, LONGER * p.steps, rng)
    return Dataset("people in a room", x, y, *longer, ("somebody", "empty"), note)


def messages(count: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """At step 0 a message, +1 or −1; in the other input, noise at every step. y: 1 for +1."""
    y = rng.integers(0, 2, size=(count, 1)).astype("float32")
    x = np.zeros((count, steps, 2), "float32")
    x[:, 0, 0] = 2 * y[:, 0] - 1
    x[:, :, 1] = rng.normal(0, NOISE, size=(count, steps))
    return x, y


def rooms(count: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """At every step one person comes (input 0) or one leaves (input 1), if any is left. y: 1 for empty.

    A run of arrivals turns into a run of departures, or back, at one step in ten.
    """
    coming = np.cumsum(rng.random((count, steps)) < 0.1, axis=1) % 2 == 0
    people = np.zeros((count, steps + 1), int)
    x = np.zeros((count, steps, 2), "float32")
    for t in range(steps):
        x[:, t, 0] = coming[:, t]
        x[:, t, 1] = ~coming[:, t] & (people[:, t] > 0)
        people[:, t + 1] = people[:, t] + x[:, t, 0] - x[:, t, 1]
    return x, (people[:, 1:, None] == 0).astype("float32")


# --- Model -----------------------------------------------------------------------------------


def model(p: GatedRecurrentUnit, data: Dataset) -> keras.Model:
    """A memory reads the sequence; one sigmoid unit answers, at the end or at every step."""
    import keras

    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[p.cell]
    memory = layer(p.units, return_sequences=p.task == "counting")
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((None, 2)), memory, output])
    keep_open(memory, p)
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network


def keep_open(memory: Any, p: GatedRecurrentUnit) -> None:
    """Start the gate that keeps the memory at σ(keep_bias): z of the GRU, f of the LSTM."""
    bias = np.zeros(memory.cell.bias.shape, "float32")
    if p.cell == "gru":
        bias[0, : p.units] = p.keep_bias  # Keras's order: z, r, candidate
    else:
        bias[p.units : 2 * p.units] = p.keep_bias  # i, f, c, o
    memory.cell.bias.assign(bias)


# --- Train: the engine fits the model; pictures.py draws while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------

COUNTING = {"task": "counting", "units": 16, "epochs": 30}


def _like_accuracy(m: Measured) -> bool:
    gru, lstm = m["this"]["val_accuracy"], m["lstm"]["val_accuracy"]
    return gru > 0.95 and abs(gru - lstm) < 0.02


def fastest(outcome: Outcome) -> float:
    """Seconds of the fastest seed: other work on the machine only adds to them."""
    return min(outcome.each("seconds"))


def _smaller_and_faster(m: Measured) -> bool:
    gru, lstm = m["this"], m["lstm"]
    return gru["weights"] < 0.8 * lstm["weights"] and fastest(gru) < fastest(lstm)


def _lstm_counts_better(m: Measured) -> bool:
    return m["lstm counts"]["counted"] - m["gru counts"]["counted"] > 0.2


EXPERIMENTS = (
    Experiment(
        "message", "Two gates remember", {},
        "Both remember the message; compare the steps a second and the weights with those of `lstm`.",
        (
            Claim(
                "001/gru",
                "A GRU remembers as well as an LSTM with three quarters of its weights and in less time; "
                "at counting beyond the trained length the LSTM is stronger.",
                "fewer gates, less computation; the LSTM is strictly stronger",
                lambda m: _like_accuracy(m) and _smaller_and_faster(m) and _lstm_counts_better(m),
                ("val_accuracy", "weights", "seconds", "counted"),
                {"lstm": {"cell": "lstm"}, "gru counts": COUNTING, "lstm counts": {**COUNTING, "cell": "lstm"}},
                "Weights, accuracy and counting do not depend on the machine. The time does: the GRU needs "
                "about a fifth less at 64 units, which other work on the machine between two runs can hide.",
            ),
        ),
    ),
    Experiment(
        "lstm", "Three gates remember", {"cell": "lstm"},
        "17 152 weights in the memory where the GRU has 13 056, and the same accuracy.",
    ),
    Experiment(
        "counting-gru", "A GRU counts", COUNTING,
        "“Read from the state”: as far as it was trained the reading follows the crowd; above that it flattens.",
    ),
    Experiment(
        "counting-lstm", "An LSTM counts", {**COUNTING, "cell": "lstm"},
        "“Kept state”: some units of c rise and fall with the crowd, far beyond ±1; validation stays near 1.",
    ),
    Experiment(
        "half-open", "No bias to keep", {"keep_bias": 0.0},
        "The update gate starts at ½, so next to nothing of step 0 is left at the end. Training may find the message all the same, late or not within ten epochs: try several seeds.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="gru",
    title="GRU",
    track="Sequences and language",
    order=40,
    summary="Two gates instead of three: cheaper than an LSTM, as good at memory, worse at counting.",
    parameters=GatedRecurrentUnit,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("gates", "Gates over time", gates_over_time),
        View("state", "Kept state", state_over_time),
        View("reading", "Read from the state", reading_over_time),
    ),
    experiments=EXPERIMENTS,
    prerequisites=("lstm",),
    read_next=("bidirectional-rnn", "seq2seq"),
    sources=(
        "Study article 001, gated recurrent unit",
        "Learning phrase representations using RNN encoder-decoder for statistical machine translation (Cho et al., 2014)",
        "Empirical evaluation of gated recurrent neural networks on sequence modeling (Chung et al., 2014)",
        "On the practical computational power of finite precision RNNs for language recognition (Weiss, Goldberg and Yahav, 2018)",
    ),
    shows_code=(data, model, keep_open, gru_step),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
