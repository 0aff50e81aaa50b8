"""One network reads a sum as text, another writes its answer: "57+8" in, "65" out."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from lessons.seq2seq.settings import SequenceToSequence
from lessons.seq2seq.text import START, SYMBOLS, one_hot, to_indices
from tui_dl.lesson import Dataset, Split


def outcome(network: Any, x: Any, y: Any) -> Any:
    """Return the encoder's state (sums, units), and logits forced and free (sums, length, 13)."""
    return network.encoder(one_hot(x)), network((x, y)), network(x)


def data(p: SequenceToSequence, rng: np.random.Generator) -> Dataset:
    """Return x (sums, 2·digits+1), y (sums, digits+2), indices into SYMBOLS; pairs are unique."""
    numbers = 10**p.digits
    unseen = min(2000, numbers**2 // 5)
    count = min(p.pairs, numbers**2 - unseen) + unseen
    a, b = np.divmod(rng.choice(numbers**2, size=count, replace=False), numbers)
    questions = [f"{i}+{k}".rjust(2 * p.digits + 1) for i, k in zip(a, b, strict=True)]
    answers = [str(s)[:: -1 if p.lowest_first else 1].ljust(p.digits + 2) for s in a + b]
    x, y = to_indices(questions), to_indices(answers)
    name = f"sums of up to {p.digits} digits"
    return Dataset(name, x[unseen:], y[unseen:], Split(x[:unseen], y[:unseen]), tuple(SYMBOLS))


def model(p: SequenceToSequence, data: Dataset) -> keras.Model:
    """Return an encoder and a decoder, each a GRU, with one softmax over the symbols per letter."""
    network = EncoderDecoder(p.units, data.y.shape[1], p.reverse, p.teacher_forcing)
    network.build(data.x.shape)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(p.learning_rate, clipnorm=1.0)
    network.compile(optimizer, loss, metrics=["accuracy"])
    return network


def taught(network: Any, x: Any, y: Any) -> Any:
    """Return logits with teacher forcing: the decoder reads the right letter each time."""
    h = network.encoder(one_hot(x))
    before = ops.concatenate([ops.full_like(y[:, :1], START), y[:, :-1]], axis=1)
    return network.letters(network.decoder(one_hot(before), initial_state=h))


def free(network: Any, x: Any) -> Any:
    """Return logits of greedy decoding: the decoder reads its own likeliest letter instead."""
    h = network.encoder(one_hot(x))
    letter, logits = ops.full_like(x[:, 0], START), []
    for _ in range(network.length):
        h, _ = network.decoder.cell(one_hot(letter), [h])
        logits.append(network.letters(h))
        letter = ops.cast(ops.argmax(logits[-1], axis=-1), letter.dtype)
    return ops.stack(logits, axis=1)


@keras.saving.register_keras_serializable(package="dlworkbench")
class EncoderDecoder(keras.Model):
    """A model from questions x (batch, letters) to answer logits (batch, length, symbols)."""

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
        """Create the weights of the three layers; both GRUs read one-hot letters."""
        self.encoder.build((None, None, len(SYMBOLS)))
        self.decoder.build((None, None, len(SYMBOLS)))
        self.letters.build((None, None, self.decoder.units))

    def call(self, x: Any, training: bool = False) -> Any:
        """Return logits, with teacher forcing if x is a pair (x, y), else from free decoding."""
        return taught(self, *x) if isinstance(x, tuple) else free(self, x)

    def train_step(self, data: Any) -> Any:
        """Take Keras's own step; with teacher forcing the right answers are an input too."""
        x, y = data
        return super().train_step(((x, y), y) if self.teacher_forcing else (x, y))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs."""
        names = ("units", "length", "reverse", "teacher_forcing")
        return {**super().get_config(), **dict(zip(names, self.settings, strict=True))}
