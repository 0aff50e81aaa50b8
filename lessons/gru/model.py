"""A memory with two gates: a GRU beside an LSTM, on a task for both and a task for only one."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from lessons.gru.settings import GatedRecurrentUnit
from tui_dl.lesson import Dataset, Split

Arrays = dict[str, np.ndarray]


def sigmoid(u: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e⁻ᵘ), written so that no u overflows."""
    return 0.5 * (1 + np.tanh(u / 2))


def gru_step(state: Arrays, x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Arrays:
    """Compute update gate z, reset gate r and candidate g; h moves from its old value towards g."""
    h = state["h"]
    b_in, b_rec = b
    u_z, u_r, u_g = np.split(x @ W + b_in, 3, axis=-1)
    v_z, v_r, v_g = np.split(h @ U + b_rec, 3, axis=-1)
    z = sigmoid(u_z + v_z)
    r = sigmoid(u_r + v_r)
    g = np.tanh(u_g + r * v_g)
    h = z * h + (1 - z) * g
    return {"z": z, "r": r, "h": h}


UNSEEN, LONGER, NOISE = 200, 4, 2.0


def data(p: GatedRecurrentUnit, rng: np.random.Generator) -> Dataset:
    """Return x (sequences, steps, 2); y (sequences, 1), or for counting (sequences, steps, 1)."""
    if p.task == "message":
        x, y = messages(p.sequences + UNSEEN, p.steps, rng)
        n = p.sequences
        return Dataset("message and noise", x[:n], y[:n], Split(x[n:], y[n:]), ("−1", "+1"))
    x, y = rooms(p.sequences, p.steps, rng)
    note = f"unseen sequences are {LONGER} times as long"
    longer = rooms(UNSEEN, LONGER * p.steps, rng)
    return Dataset("people in a room", x, y, Split(*longer), ("somebody", "empty"), note)


def messages(count: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a message, +1 or −1, in input 0 at step 0, with noise in input 1. y: 1 for +1."""
    y = rng.integers(0, 2, size=(count, 1)).astype("float32")
    x = np.zeros((count, steps, 2), "float32")
    x[:, 0, 0] = 2 * y[:, 0] - 1
    x[:, :, 1] = rng.normal(0, NOISE, size=(count, steps))
    return x, y


def rooms(count: int, steps: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return arrivals (input 0) and departures (input 1), one a step. y: 1 for an empty room.

    Departures need someone in the room. A series of arrivals turns into departures, or back, at one
    step in ten.
    """
    coming = np.cumsum(rng.random((count, steps)) < 0.1, axis=1) % 2 == 0
    people = np.zeros((count, steps + 1), int)
    x = np.zeros((count, steps, 2), "float32")
    for t in range(steps):
        x[:, t, 0] = coming[:, t]
        x[:, t, 1] = ~coming[:, t] & (people[:, t] > 0)
        people[:, t + 1] = people[:, t] + x[:, t, 0] - x[:, t, 1]
    return x, (people[:, 1:, None] == 0).astype("float32")


def model(p: GatedRecurrentUnit, data: Dataset) -> keras.Model:
    """Return a memory that reads the sequence and a sigmoid unit, at the end or at every step."""
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
