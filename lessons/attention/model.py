"""Dates in many written forms become ISO dates; attention looks back at the input characters."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from lessons.attention.dates import (
    DAYS,
    END,
    JOINT,
    LONGEST,
    READ,
    WRITTEN,
    day,
    encode,
    iso,
    written,
)
from lessons.attention.settings import Attention
from tui_dl.lesson import Dataset, Split

UNSEEN = 2048  # two whole batches of validation


def data(p: Attention, rng: np.random.Generator) -> Dataset:
    """Return x (pairs, letters read), y (pairs, letters to write); validation has other days."""
    days = rng.permutation(DAYS)
    held_out = lines(UNSEEN, p.dates, days[: DAYS // 10], rng)
    x, y = lines(p.pairs, p.dates, days[DAYS // 10 :], rng)
    name = f"lines of up to {p.dates} dates" if p.dates > 1 else "single dates"
    return Dataset(name, x, y, Split(*held_out), tuple(WRITTEN[1:]))


def lines(
    count: int, most: int, days: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return lines of 1 … most dates, in any forms, and the same dates in ISO form."""
    read, write = [], []
    for size in rng.integers(1, most + 1, size=count):
        chosen = [day(number) for number in rng.choice(days, size=size)]
        read.append(JOINT.join(written(d, rng) for d in chosen))
        write.append(" ".join(iso(d) for d in chosen))
    longest = most * (LONGEST + len(JOINT)) - len(JOINT)
    return encode(read, READ, longest), encode(write, WRITTEN, most * 11)


def model(p: Attention, data: Dataset) -> keras.Model:
    """Return the compiled encoder–decoder, with or without attention; it runs freely in use."""
    units = p.units + p.units % 2  # an even number: half for each reading direction
    network = Translator(units, data.y.shape[1], p.attention)
    network.compile(
        keras.optimizers.Adam(p.learning_rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return network


@keras.saving.register_keras_serializable(package="dlworkbench")
class Translator(keras.Model):
    """A model from characters x (batch, letters read) to logits (batch, length, characters)."""

    def __init__(self, units: int, length: int, attention: bool, **options: Any) -> None:
        super().__init__(**options)
        self.settings = {"units": units, "length": length, "attention": attention}
        self.length, self.attention = length, attention
        reader = layers.GRU(units // 2, return_sequences=True, return_state=True)
        spread = keras.initializers.RandomNormal(stddev=1.0)  # Keras's 0.03 starts too flat
        self.embedding = layers.Embedding(len(READ), 32, spread, name="read")
        self.encoder = layers.Bidirectional(reader, name="encoder")
        self.decoder = layers.GRU(units, return_sequences=True, name="decoder")
        if attention:
            self.score = layers.Dense(units, use_bias=False, name="score")
        self.combine = layers.Dense(units, activation="tanh", name="combine")
        self.output_layer = layers.Dense(len(WRITTEN), name="written")

    def build(self, shape: tuple[int, ...]) -> None:
        """Create all weights."""
        units = self.decoder.units
        self.embedding.build()
        self.encoder.build((None, None, 32))
        self.decoder.build((None, None, len(WRITTEN)))
        self.combine.build((None, None, 2 * units if self.attention else units))
        if self.attention:
            self.score.build((None, None, units))
        self.output_layer.build((None, None, units))

    def encode(self, x: Any) -> tuple[Any, Any, Any]:
        """Return states h (batch, letters, units), the last state, and the mask of real letters."""
        real = ops.not_equal(x, END)
        h, forward, backward = self.encoder(self.embedding(x), mask=real)
        return h, ops.concatenate([forward, backward], axis=-1), real

    def align(self, s: Any, h: Any, real: Any) -> Any:
        """Return α (batch, written, read): the weight of each character read; the weights sum to 1."""
        e = ops.matmul(s, ops.transpose(self.score(h), (0, 2, 1)))
        return ops.softmax(ops.where(real[:, None, :], e, -1e9), axis=-1)

    def write(self, s: Any, h: Any, real: Any) -> Any:
        """Return the decoder's logits for states s (batch, written, units) and their contexts."""
        if self.attention:
            c = ops.matmul(self.align(s, h, real), h)
            s = ops.concatenate([c, s], axis=-1)
        return self.output_layer(self.combine(s))

    def states(self, x: Any, y: Any) -> tuple[Any, Any, Any]:
        """Return the decoder's states s under teacher forcing."""
        h, last, real = self.encode(x)
        before = ops.concatenate([ops.full_like(y[:, :1], END), y[:, :-1]], axis=1)
        s = self.decoder(ops.one_hot(before, len(WRITTEN)), initial_state=last)
        return s, h, real

    def call(self, x: Any, training: bool = False) -> Any:
        """Return the logits of a greedy free run: the decoder reads its own last character."""
        h, last, real = self.encode(x)

        def one(state: Any, _: Any) -> Any:
            s, letter, _ = state
            s, _ = self.decoder.cell(ops.one_hot(letter, len(WRITTEN)), [s])
            logits = self.write(s[:, None], h, real)[:, 0]
            return s, ops.argmax(logits, axis=-1), logits

        letter = ops.full_like(x[:, 0], END)
        start = (last, letter, ops.zeros_like(ops.one_hot(letter, len(WRITTEN))))
        logits = tf.scan(one, tf.range(self.length), start)[2]
        return ops.transpose(logits, (1, 0, 2))

    def look(self, x: Any) -> tuple[Any, Any]:
        """Return the characters of a free run (batch, length), and α as they were written."""
        y = ops.argmax(self(x), axis=-1)
        s, h, real = self.states(x, y)
        return y, self.align(s, h, real) if self.attention else ops.zeros_like(s)

    def train_step(self, batch: Any) -> Any:
        """Take one gradient step with teacher forcing; validation runs freely."""
        x, y = batch
        with tf.GradientTape() as tape:
            logits = self.write(*self.states(x, y))
            loss = self.compute_loss(x, y, logits)
        theta = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, theta), theta)
        self._loss_tracker.update_state(loss)
        return self.compute_metrics(x, y, logits)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs."""
        return {**super().get_config(), **self.settings}
