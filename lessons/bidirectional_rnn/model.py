"""Reading from both ends: the inputs that follow help to identify a signal in noise."""

from __future__ import annotations

import keras
import numpy as np

from lessons.bidirectional_rnn.settings import BidirectionalRNN
from tui_dl.lesson import Dataset, Split

UNSEEN = 500


def data(p: BidirectionalRNN, rng: np.random.Generator) -> Dataset:
    """Return x (sequences, steps, 1), signal plus noise, and y: 1 where s, `shift` later, is +1."""
    count, edge = p.sequences + UNSEEN, abs(p.shift)
    turns = rng.random((count, p.steps + 2 * edge)) < p.flips
    turns[:, 0] = rng.random(count) < 0.5  # the first state: each sign equally likely
    s = 1.0 - 2.0 * (np.cumsum(turns, axis=1) % 2)
    heard = s[:, edge : edge + p.steps]
    asked = s[:, edge + p.shift : edge + p.shift + p.steps]
    x = (heard + rng.normal(0, p.noise, heard.shape)).astype("float32")[..., None]
    y = (asked > 0).astype("float32")[..., None]
    n = p.sequences
    return Dataset("a signal that flips, in noise", x[:n], y[:n], Split(x[n:], y[n:]), ("−1", "+1"))


def model(p: BidirectionalRNN, data: Dataset) -> keras.Model:
    """Return one or two recurrent layers and a sigmoid unit that reads every state."""
    layer = keras.layers.SimpleRNN(p.units, return_sequences=True)
    reader = layer if p.reads == "forward" else keras.layers.Bidirectional(layer)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((p.steps, 1)), reader, output])
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network
