"""One network reads a sum as text, another writes its answer: "57+8" in, "65" out.

Run alone: python -m lessons.seq2seq.lesson
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

from lessons.seq2seq.pictures import encoder_state, examples, measure, outcome, positions
from lessons.seq2seq.text import START, SYMBOLS, one_hot, to_indices
from tui_dl.lesson import Dataset, Experiment, Hyperparameters, Lesson, View, param

if TYPE_CHECKING:
    import keras

# --- Setup -----------------------------------------------------------------------------------


class SequenceToSequence(Hyperparameters):
    """An encoder reads a question letter by letter; a decoder starts from its last state."""

    digits: int = param(2, "Most digits of each number.", ge=1, le=3, unit="digits")
    pairs: int = param(
        8000, "Sums to train on; up to 2000 more stay unseen.", ge=50, le=50_000, unit="sums"
    )
    lowest_first: bool = param(False, "Write the answer from its last digit: 65 becomes 56.")
    reverse: bool = param(False, "Let the encoder read the question from its end.")
    units: int = param(128, "Size of the state that the encoder hands over.", ge=4, le=512)
    teacher_forcing: bool = param(
        True, "In training feed the right letters to the decoder, not its own."
    )
    learning_rate: float = param(0.004, "Adam's step size.", ge=1e-5, le=1, live=True)
    batch_size: int = param(128, "Sums that share one step.", ge=1, le=1000, unit="sums")
    epochs: int = param(60, "How often the training sums are shown.", ge=1, le=500)


# --- Data ------------------------------------------------------------------------------------


def data(p: SequenceToSequence, rng: np.random.Generator) -> Dataset:
    """x (sums, 2·digits+1), y (sums, digits+2): indices into SYMBOLS. Every pair a, b comes once."""
    numbers = 10**p.digits
    unseen = min(2000, numbers**2 // 5)
    count = min(p.pairs, numbers**2 - unseen) + unseen
    a, b = np.divmod(rng.choice(numbers**2, size=count, replace=False), numbers)
    questions = [f"{i}+{k}".rjust(2 * p.digits + 1) for i, k in zip(a, b, strict=True)]
    answers = [str(s)[:: -1 if p.lowest_first else 1].ljust(p.digits + 2) for s in a + b]
    x, y = to_indices(questions), to_indices(answers)
    name = f"sums of up to {p.digits} digits"
    return Dataset(name, x[unseen:], y[unseen:], x[:unseen], y[:unseen], tuple(SYMBOLS))


# --- Model -----------------------------------------------------------------------------------


def model(p: SequenceToSequence, data: Dataset) -> keras.Model:
    """An encoder and a decoder, each a GRU, and one softmax over the symbols for every letter."""
    import keras

    network = encoder_decoder()(p.units, data.y.shape[1], p.reverse, p.teacher_forcing)
    network.build(data.x.shape)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(p.learning_rate, clipnorm=1.0)
    network.compile(optimizer, loss, metrics=["accuracy"])
    return network


def taught(network: Any, x: Any, y: Any) -> Any:
    """Teacher forcing: logits, where the decoder is shown the right letter before each next one."""
    from keras import ops

    h = network.encoder(one_hot(x))
    before = ops.concatenate([ops.full_like(y[:, :1], START), y[:, :-1]], axis=1)
    return network.letters(network.decoder(one_hot(before), initial_state=h))


def free(network: Any, x: Any) -> Any:
    """Greedy decoding: logits, where the decoder is shown its own likeliest letter instead."""
    from keras import ops

    h = network.encoder(one_hot(x))
    letter, logits = ops.full_like(x[:, 0], START), []
    for _ in range(network.length):
        h, _ = network.decoder.cell(one_hot(letter), [h])
        logits.append(network.letters(h))
        letter = ops.cast(ops.argmax(logits[-1], axis=-1), letter.dtype)
    return ops.stack(logits, axis=1)


@functools.cache
def encoder_decoder() -> type[Any]:
    """The class of the network: trained with the right letters at hand, asked without them."""
    import keras
    import tensorflow as tf

    @keras.saving.register_keras_serializable(package="dlworkbench")
    class EncoderDecoder(keras.Model):
        """Questions x (batch, letters) to logits of the answers (batch, length, symbols)."""

        def __init__(
            self, units: int, length: int, reverse: bool, teacher_forcing: bool, **options: Any
        ) -> None:
            super().__init__(**options)
            self.settings = (units, length, reverse, teacher_forcing)
            self.length, self.teacher_forcing = length, teacher_forcing
            self.encoder = keras.layers.GRU(units, go_backwards=reverse, name="encoder")
            self.decoder = keras.layers.GRU(units, return_sequences=True, name="decoder")
            self.letters = keras.layers.Dense(len(SYMBOLS), name="letters")
            self.look = tf.function(functools.partial(outcome, self), jit_compile=True)

        def build(self, shape: Any) -> None:
            """Weights of the three layers; both GRUs read one-hot letters."""
            self.encoder.build((None, None, len(SYMBOLS)))
            self.decoder.build((None, None, len(SYMBOLS)))
            self.letters.build((None, None, self.decoder.units))

        def call(self, x: Any, training: bool = False) -> Any:
            """Logits: taught where x comes as a pair (x, y) with the right answers, else free."""
            return taught(self, *x) if isinstance(x, tuple) else free(self, x)

        def train_step(self, data: Any) -> Any:
            """Keras's own step; with a teacher the right answers come in as well."""
            x, y = data
            return super().train_step(((x, y), y) if self.teacher_forcing else (x, y))

        def get_config(self) -> dict[str, Any]:
            """What `from_config` needs."""
            names = ("units", "length", "reverse", "teacher_forcing")
            return {**super().get_config(), **dict(zip(names, self.settings, strict=True))}

    return EncoderDecoder


# --- Train: the engine fits the model; pictures.py draws while it does -------------------------

# --- Experiments -----------------------------------------------------------------------------

EXPERIMENTS = (
    Experiment(
        "lowest-first", "The last digit first", {"lowest_first": True},
        "The carry now travels in the direction of writing: `val_accuracy` passes 0.99 in less than half the epochs.",
    ),
    Experiment(
        "no-teacher", "Training without a teacher", {"teacher_forcing": False},
        "The decoder learns after its own mistakes. With four letters to write that does no harm: compare the first 15 epochs.",
    ),
    Experiment(
        "narrow", "A state of 16 numbers", {"units": 16},
        "“Examples”: after 60 epochs about half of the answers are right, the others wrong in a digit or two. All must pass through 16 numbers.",
    ),
    Experiment(
        "few-sums", "500 sums to learn from", {"pairs": 500, "batch_size": 16},
        "Training accuracy goes to 1 and `val_loss` climbs; a sixth of the unseen answers is right. These sums are known by heart.",
    ),
    Experiment(
        "reverse", "Read from the end", {"reverse": True},
        "The letters that the answer begins with are now read last, close to where they are needed: right in 10 epochs instead of 25.",
    ),
    Experiment(
        "three-digits", "Sums up to 999 + 999", {"digits": 3, "pairs": 20_000},
        "Longer questions through the same state: after 60 epochs about six in ten unseen answers are right. Try `reverse` with it.",
    ),
)  # fmt: skip

LESSON = Lesson(
    id="seq2seq",
    title="Sequence to sequence",
    track="Sequences and language",
    order=60,
    summary="An encoder reads a sum as text, a decoder writes the answer letter by letter.",
    parameters=SequenceToSequence,
    data=data,
    model=model,
    measure=measure,
    views=(
        View("examples", "Examples", examples),
        View("positions", "Letter by letter", positions),
        View("state", "Encoder's state", encoder_state),
    ),
    experiments=EXPERIMENTS,
    teaches=("001/seq2seq",),
    prerequisites=("gru",),
    read_next=("attention", "hred-vhred"),
    sources=(
        "Study article 001, sequence to sequence",
        "Sequence to sequence learning with neural networks (Sutskever, Vinyals and Le, 2014)",
        "Learning phrase representations using RNN encoder-decoder for statistical machine translation (Cho et al., 2014)",
        "A learning algorithm for continually running fully recurrent neural networks (Williams and Zipser, 1989)",
    ),
    shows_code=(data, model, taught, free, encoder_decoder),
)

if __name__ == "__main__":
    from tui_dl.alone import run_alone

    run_alone(LESSON)
