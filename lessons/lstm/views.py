"""LSTM: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.lstm.settings import LongShortTermMemory
from tui_dl.lesson import Dataset, View, evenly_spaced

Arrays = dict[str, np.ndarray]


def sigmoid(u: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e⁻ᵘ), written so that no u overflows."""
    return 0.5 * (1 + np.tanh(u / 2))


def trace(model: Any, x: np.ndarray, p: LongShortTermMemory) -> Arrays:
    """Return gates i, f, o and states c, h of every step, (steps, units) for one x (steps, 2).

    For x (steps, sequences, 2) each is (steps, sequences, units).
    """
    weights = [np.asarray(w) for w in model.layers[0].weights]
    if p.cell == "simple_rnn":
        return {"h": plain_states(x, *weights)}
    kernel, recurrent, bias, *peepholes = weights
    p_i, p_f, p_o = peepholes or np.zeros((3, p.units), "float32")
    h = c = np.zeros(p.units, x.dtype)
    steps = []
    for t in range(len(x)):
        u_i, u_f, u_c, u_o = np.split(x[t] @ kernel + h @ recurrent + bias, 4, axis=-1)
        i, f = sigmoid(u_i + p_i * c), sigmoid(u_f + p_f * c)
        c = f * c + i * np.tanh(u_c)
        o = sigmoid(u_o + p_o * c)
        h = o * np.tanh(c)
        steps.append((i, f, o, c, h))
    return {name: np.array([step[k] for step in steps]) for k, name in enumerate("ifoch")}


def plain_states(x: np.ndarray, W_in: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the states h of a SimpleRNN, (steps, …, units) for x (steps, …, 2)."""
    h = np.zeros((len(x) + 1, *x.shape[1:-1], len(W)), np.result_type(x, W))
    for t in range(len(x)):
        h[t] = np.tanh(x[t] @ W_in + h[t - 1] @ W + b)
    return h[:-1]


def carousel(f: np.ndarray) -> np.ndarray:
    """Return the share of a change in c left k steps later, k = 0 …: the forget gates' product.

    f (steps, units); the root of the mean square over units, by lag, counted from the last step.
    """
    products = np.cumprod(np.vstack([np.ones(f.shape[1]), f[:0:-1]]), axis=0)
    return np.sqrt((products**2).mean(axis=1))


def plain_chain(h: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Return the same for a SimpleRNN: |∂hᵀ/∂h| at T−k, a product of matrices W diag(1−h²)."""
    chain, sizes = np.eye(len(W)), [1.0]
    for state in h[:0:-1]:
        chain = (W * (1 - state**2)) @ chain
        sizes.append(float(np.sqrt((chain**2).sum() / len(W))))
    return np.array(sizes)


def left_by_lag(model: Any, x: np.ndarray, p: LongShortTermMemory) -> np.ndarray:
    """Return the share of the gradient left on the memory's own path after k steps, k = 0 … lag."""
    steps = trace(model, x, p)
    if p.cell == "simple_rnn":
        return plain_chain(steps["h"], np.asarray(model.layers[0].weights[1]))
    return carousel(steps["f"])


def untrained(x: np.ndarray, p: LongShortTermMemory) -> np.ndarray:
    """Return `plain_chain` of a SimpleRNN as Keras starts it: W a rotation, W_in Glorot uniform."""
    rng = np.random.default_rng(0)
    W, _ = np.linalg.qr(rng.normal(size=(p.units, p.units)))
    spread = np.sqrt(6 / (2 + p.units))
    W_in = rng.uniform(-spread, spread, size=(2, p.units))
    return plain_chain(plain_states(x, W_in, W, np.zeros(p.units)), W)


def measure(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, float]:
    """Measure the share of the gradient left over the whole lag, along the memory's own path."""
    return {
        "gradient_left": float(np.mean([left_by_lag(model, x, p)[-1] for x in data.held_out.x[:8]]))
    }


def gates_over_time(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, Any]:
    """Draw the gates above the state of the unit that speaks most for +1, step by step.

    The last row is what the network would answer if the sequence ended there.
    """
    steps = trace(model, data.held_out.x[0], p)
    w, b = (np.asarray(each) for each in model.layers[1].weights)
    unit = int((np.maximum(w[:, 0], 0) * np.abs(steps["h"][-1])).argmax())
    shown = evenly_spaced(p.lag + 1, 11 if p.lag < 100 else 8)
    answers = ["+" if v > 0 else "−" for v in (steps["h"] @ w + b)[shown, 0]]
    right = "+" if data.held_out.y[0, 0] == 1 else "−"
    kept = "h" if p.cell == "simple_rnn" else "c"
    state = steps[kept][:, unit]
    gates = [_gate(name, steps[name[-1]][shown, unit]) for name in GATES if name[-1] in steps]
    blank = {"words": [""] * len(shown)}
    rows = [
        {"name": "message", "words": [f"{right}1" if t == 0 else "" for t in shown]},
        {"name": "noise", "values": data.held_out.x[0, shown, 1].tolist(), "scale": "diverging"},
        *(row for gate in gates for row in (gate, blank)),
        {"name": f"state {kept}", "values": state[shown].tolist(), "scale": "diverging"},
        {"name": "answer", "words": answers, "marks": ["✓" if a == right else "✗" for a in answers]},
    ]  # fmt: skip
    return {
        "kind": "unrolled", "x_label": "step t", "columns": [str(t) for t in shown], "rows": rows,
        "title": f"unit {unit + 1}: {kept} = {state[-1]:+.2f} at step {p.lag}, message {right}1",
    }  # fmt: skip


GATES = ("input i", "forget f", "output o")


def _gate(name: str, values: np.ndarray) -> dict[str, Any]:
    return {
        "name": name, "values": values.tolist(), "scale": "sequential",
        "low": 0.0, "high": 1.0, "bars": True,
    }  # fmt: skip


def answers_over_time(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, Any]:
    """Draw what the network would answer at every step of sequences of either message."""
    said = data.held_out.y[:, 0]
    chosen = [i for message in (1, 0) for i in np.flatnonzero(said == message)[:EACH]]
    w, b = (np.asarray(each) for each in model.layers[1].weights)
    shown = evenly_spaced(p.lag + 1, 36)
    h = trace(model, data.held_out.x[chosen].swapaxes(0, 1), p)["h"][shown]
    answers = 2 * sigmoid(h @ w + b)[..., 0].T - 1
    right = np.mean((answers[:, -1] > 0) == (said[chosen] == 1))
    return {
        "kind": "heatmap", "scale": "diverging", "low": -1.0, "high": 1.0, "name": "answer",
        "title": f"{right:.0%} of these {len(chosen)} answer right at the end",
        "values": answers.tolist(), "x_label": f"step 0 … {p.lag}",
        "row_labels": ["+1" if said[i] else "−1" for i in chosen],
    }  # fmt: skip


EACH = 10  # sequences of each message


def gradient_left(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, Any]:
    """Draw the gradient against the lag: along the cell state, in an untrained SimpleRNN."""
    x = data.held_out.x[0]
    left, plain = left_by_lag(model, x, p), untrained(x, p)
    mine = "this SimpleRNN" if p.cell == "simple_rnn" else "along the cell state"
    series = [(mine, left), ("SimpleRNN, untrained", plain)]
    return {
        "kind": "lines", "log": True, "x_label": "lag k (steps)", "y_label": "share left",
        "title": f"gradient left after {p.lag} steps: {left[-1]:.2g}, SimpleRNN {plain[-1]:.2g}",
        "series": [{"name": n, "x": list(range(len(v))), "y": v.tolist()} for n, v in series],
    }  # fmt: skip


VIEWS = (
    View("gates", "Gates over time", gates_over_time),
    View("memory", "Messages kept", answers_over_time),
    View("gradient", "Gradient left", gradient_left),
)
