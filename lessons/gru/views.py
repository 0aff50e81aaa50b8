"""GRU: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.gru.model import Arrays, gru_step, sigmoid
from lessons.gru.settings import GatedRecurrentUnit
from tui_dl.lesson import Dataset, View

READ = 12  # sequences for fitting the linear readout


def trace(model: Any, x: np.ndarray, p: GatedRecurrentUnit) -> Arrays:
    """Return the gates and states of every step for x (sequences, steps, 2).

    Each has the shape (steps, sequences, units).
    """
    W, U, b = (np.asarray(weight) for weight in model.layers[0].weights)
    step = {"gru": gru_step, "lstm": lstm_step}[p.cell]
    state = {name: np.zeros((len(x), p.units)) for name in "hc"}
    steps = []
    for t in range(x.shape[1]):
        state = step(state, x[:, t], W, U, b)
        steps.append(state)
    return {name: np.array([each[name] for each in steps]) for name in steps[0]}


def lstm_step(state: Arrays, x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> Arrays:
    """Compute input, forget and output gate; c is added to and has no bound."""
    h, c = state["h"], state["c"]
    u_i, u_f, u_c, u_o = np.split(x @ W + h @ U + b, 4, axis=-1)
    i, f, o = sigmoid(u_i), sigmoid(u_f), sigmoid(u_o)
    c = f * c + i * np.tanh(u_c)
    return {"i": i, "f": f, "o": o, "c": c, "h": o * np.tanh(c)}


def measure(model: Any, data: Dataset, p: GatedRecurrentUnit) -> dict[str, float]:
    """Measure the number of weights and, for counting, the share of error-free long sequences."""
    figures = {"weights": float(model.layers[0].count_params())}
    if p.task == "counting":
        right = (np.asarray(model(data.held_out.x, training=False)) > 0.5) == (
            data.held_out.y > 0.5
        )
        figures["counted"] = float(right.all(axis=(1, 2)).mean())
    return figures


def gates_over_time(model: Any, data: Dataset, p: GatedRecurrentUnit) -> dict[str, Any]:
    """Draw the gates of the unit with most influence on the answer, for one unseen sequence."""
    steps = {name: values[:, 0] for name, values in trace(model, data.held_out.x[:1], p).items()}
    w = np.asarray(model.layers[1].weights[0])[:, 0]
    unit = int(np.abs(w * steps["h"]).mean(axis=0).argmax())
    names = {
        "gru": {"z": "update gate z", "r": "reset gate r"},
        "lstm": {"i": "input gate i", "f": "forget gate f", "o": "output gate o"},
    }[p.cell] | {"h": "hidden state h"}
    time = list(range(len(steps["h"])))
    series = [{"name": names[k], "x": time, "y": steps[k][:, unit].tolist()} for k in names]
    title = f"unit {unit}, one unseen sequence"
    return {"kind": "lines", "title": title, "x_label": "step t", "series": series}


def state_over_time(model: Any, data: Dataset, p: GatedRecurrentUnit) -> dict[str, Any]:
    """Draw each unit's state over one unseen sequence: h of the GRU, c of the LSTM."""
    kept = "h" if p.cell == "gru" else "c"
    values = trace(model, data.held_out.x[:1], p)[kept][:, 0].T
    bound = 1.0 if p.cell == "gru" else float(np.abs(values).max())
    return {
        "kind": "heatmap", "title": "hidden state h, within ±1" if kept == "h" else "cell state c, without a bound",
        "values": values.tolist(), "x_label": "step t", "y_label": "unit",
        "x_range": [0, values.shape[1] - 1], "y_range": [0, p.units - 1], "low": -bound, "high": bound,
    }  # fmt: skip


def truth(x: np.ndarray, p: GatedRecurrentUnit) -> np.ndarray:
    """Return the ideal memory at every step (steps, sequences): the message, or the people."""
    if p.task == "counting":
        return np.cumsum(x[..., 0] - x[..., 1], axis=1).T
    return np.broadcast_to(x[:, 0, 0], (x.shape[1], len(x)))


def reading_over_time(model: Any, data: Dataset, p: GatedRecurrentUnit) -> dict[str, Any]:
    """Draw the message or the count, read from the state by the best linear fit, and the truth.

    Least squares fits the readout to training sequences; the picture shows the unseen sequence with
    the most people in the room.
    """
    kept = "h" if p.cell == "gru" else "c"
    seen, unseen = data.x[:READ], data.held_out.x[:READ]
    shown = unseen[[int(truth(unseen, p).max(axis=0).argmax())]]
    line = best_line(_flat(trace(model, seen, p)[kept]), truth(seen, p).ravel())
    read = _flat(trace(model, shown, p)[kept]) @ line
    time = list(range(len(read)))
    what = "people in the room" if p.task == "counting" else "the message"
    return {
        "kind": "lines", "title": f"{what}, read from {kept}", "x_label": "step t",
        "series": [
            {"name": "truth", "x": time, "y": truth(shown, p)[:, 0].tolist()},
            {"name": f"read from {kept}", "x": time, "y": read.tolist()},
        ],
    }  # fmt: skip


def best_line(rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Solve least squares by the normal equations, which are much faster than `lstsq`.

    A small number added to the diagonal keeps them solvable if units move together.
    """
    return np.linalg.solve(rows.T @ rows + 1e-6 * np.eye(rows.shape[1]), rows.T @ wanted)


def _flat(states: np.ndarray) -> np.ndarray:
    """Return states (steps, sequences, units) as rows (steps · sequences, units + 1) with a 1."""
    rows = states.reshape(-1, states.shape[-1])
    return np.column_stack([rows, np.ones(len(rows))])


VIEWS = (
    View("gates", "Gates over time", gates_over_time),
    View("state", "Kept state", state_over_time),
    View("reading", "Read from the state", reading_over_time),
)
