"""A memory with gates: an LSTM remembers the first step of a long sequence, a simple RNN rarely."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from lessons.lstm.settings import LongShortTermMemory
from tui_dl.lesson import Dataset, Split

UNSEEN = 1000


def data(p: LongShortTermMemory, rng: np.random.Generator) -> Dataset:
    """Return x (sequences, lag+1, 2): a message at step 0, and noise. y: 1 for +1, 0 for −1."""
    count = p.sequences + UNSEEN
    y = rng.integers(0, 2, size=(count, 1)).astype("float32")
    x = np.zeros((count, p.lag + 1, 2), "float32")
    x[:, 0, 0] = 2 * y[:, 0] - 1
    x[:, :, 1] = rng.normal(0, p.noise, size=(count, p.lag + 1))
    n = p.sequences
    return Dataset(
        f"message and {p.lag} steps of noise", x[:n], y[:n], Split(x[n:], y[n:]), ("−1", "+1")
    )


def model(p: LongShortTermMemory, data: Dataset) -> keras.Model:
    """Return a memory that reads the sequence, and one sigmoid unit on its last hidden state."""
    memory = layer(p)
    output = keras.layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input((p.lag + 1, 2)), memory, output])
    if p.cell != "simple_rnn":
        b_i, _, b_c, b_o = np.split(np.zeros(4 * p.units, "float32"), 4)
        b_f = np.full(p.units, p.forget_bias, "float32")
        memory.cell.bias.assign(np.concatenate([b_i, b_f, b_c, b_o]))
    network.compile(
        keras.optimizers.Adam(p.learning_rate), "binary_crossentropy", metrics=["accuracy"]
    )
    return network


def layer(p: LongShortTermMemory) -> Any:
    """Return the recurrent layer of the chosen cell."""
    if p.cell == "peephole":
        return keras.layers.RNN(PeepholeLSTMCell(p.units))
    return {"lstm": keras.layers.LSTM, "simple_rnn": keras.layers.SimpleRNN}[p.cell](p.units)


@keras.saving.register_keras_serializable(package="dlworkbench")
class PeepholeLSTMCell(keras.layers.Layer):
    """One step: input x (batch, inputs) and states h, c (batch, units) to the next h, c."""

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(**options)
        self.units, self.state_size, self.output_size = units, [units, units], units

    def build(self, shape: tuple[int, ...]) -> None:
        """Create the weights of the four pre-activations in Keras's order: i, f, c, o."""
        n = self.units
        self.kernel = self.add_weight((shape[-1], 4 * n), "glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight((n, 4 * n), "orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight((4 * n,), "zeros", name="bias")
        self.p_i = self.add_weight((n,), "zeros", name="p_i")
        self.p_f = self.add_weight((n,), "zeros", name="p_f")
        self.p_o = self.add_weight((n,), "zeros", name="p_o")

    def call(self, x: Any, states: list[Any], training: bool = False) -> tuple[Any, list[Any]]:
        """Compute the equations of the page; i, f and c see the old cell state, o the new one."""
        h, c = states
        u = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        u_i, u_f, u_c, u_o = ops.split(u, 4, axis=-1)
        i = ops.sigmoid(u_i + self.p_i * c)
        f = ops.sigmoid(u_f + self.p_f * c)
        c = f * c + i * ops.tanh(u_c)
        o = ops.sigmoid(u_o + self.p_o * c)
        h = o * ops.tanh(c)
        return h, [h, c]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that `from_config` needs."""
        return {**super().get_config(), "units": self.units}
