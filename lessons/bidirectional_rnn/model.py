"""Reading from both ends: a signal in noise is better known by who also hears what follows."""

from __future__ import annotations

import keras
import numpy as np

from lessons.bidirectional_rnn.settings import BidirectionalRNN
from tui_dl.lesson import Dataset, Split

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
    return Dataset("a signal that flips, in noise", x[:n], y[:n], Split(x[n:], y[n:]), ("−1", "+1"))


def model(p: BidirectionalRNN, data: Dataset) -> keras.Model:
    """One or two recurrent layers, and a sigmoid unit that sees their states at every step."""
    layer = keras.layers.SimpleRNN(p.units, return_sequences=True)
    reader = layer if p.reads == "forward" else keras.layers.Bidirectional(layer)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((p.steps, 1)), reader, output])
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network
