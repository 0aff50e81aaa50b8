"""LSTM: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.lstm.settings import LongShortTermMemory
from tui_dl.lesson import Dataset, View

Arrays = dict[str, np.ndarray]


def sigmoid(u: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e⁻ᵘ), written so that no u overflows."""
    return 0.5 * (1 + np.tanh(u / 2))


def trace(model: Any, x: np.ndarray, p: LongShortTermMemory) -> Arrays:
    """Return gates i, f, o and states c, h of every step (steps, units), for one x (steps, 2)."""
    weights = [np.asarray(w) for w in model.layers[0].weights]
    if p.cell == "simple_rnn":
        return {"h": plain_states(x, *weights)}
    kernel, recurrent, bias, *peepholes = weights
    p_i, p_f, p_o = peepholes or np.zeros((3, p.units))
    h = c = np.zeros(p.units)
    steps = []
    for t in range(len(x)):
        u_i, u_f, u_c, u_o = np.split(x[t] @ kernel + h @ recurrent + bias, 4)
        i, f = sigmoid(u_i + p_i * c), sigmoid(u_f + p_f * c)
        c = f * c + i * np.tanh(u_c)
        o = sigmoid(u_o + p_o * c)
        h = o * np.tanh(c)
        steps.append((i, f, o, c, h))
    return dict(zip("ifoch", np.array(steps).transpose(1, 0, 2), strict=True))


def plain_states(x: np.ndarray, W_in: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the states h of a SimpleRNN (steps, units) for one sequence x (steps, 2)."""
    h = np.zeros((len(x) + 1, len(W)))
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
    """Draw gates and cell state of the most influential unit, for one unseen sequence.

    tanh c, which the output gate lets through, shares one picture with the gates.
    """
    steps = trace(model, data.held_out.x[0], p)
    steps["tanh c"] = np.tanh(steps.get("c", steps["h"]))
    w = np.asarray(model.layers[1].weights[0])[:, 0]
    unit = int(np.abs(w * steps["h"][-1]).argmax())
    names = {
        "i": "input gate i",
        "f": "forget gate f",
        "o": "output gate o",
        "tanh c": "tanh of cell state c",
    }
    names = names if p.cell != "simple_rnn" else {"h": "hidden state h (there are no gates)"}
    time = list(range(p.lag + 1))
    series = [
        {"name": name, "x": time, "y": steps[key][:, unit].tolist()} for key, name in names.items()
    ]
    message = "+1" if data.held_out.y[0, 0] else "−1"
    title = f"unit {unit}, message {message} at step 0"
    return {"kind": "lines", "title": title, "x_label": "step t", "series": series}


def memory_over_time(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, Any]:
    """Draw the cell state of every unit over the sequence (the hidden state without gates)."""
    steps = trace(model, data.held_out.x[0], p)
    values = steps.get("c", steps["h"]).T
    bound = float(np.abs(values).max())
    return {
        "kind": "heatmap", "title": "cell state c" if "c" in steps else "hidden state h",
        "values": values.tolist(), "x_label": "step t", "y_label": "unit",
        "x_range": [0, p.lag], "y_range": [0, p.units - 1], "low": -bound, "high": bound,
    }  # fmt: skip


def gradient_left(model: Any, data: Dataset, p: LongShortTermMemory) -> dict[str, Any]:
    """Draw the gradient against the lag: along the cell state, in an untrained SimpleRNN."""
    x = data.held_out.x[0]
    mine = "SimpleRNN" if p.cell == "simple_rnn" else "along the cell state"
    return {
        "kind": "lines", "title": "log₁₀ of the gradient that is left", "x_label": "lag k (steps)",
        "series": [_powers(mine, left_by_lag(model, x, p)), _powers("SimpleRNN, untrained", untrained(x, p))],
    }  # fmt: skip


def _powers(name: str, sizes: np.ndarray) -> dict[str, Any]:
    kept = np.flatnonzero(sizes > 0)
    return {"name": name, "x": kept.tolist(), "y": np.log10(sizes[kept]).tolist()}


VIEWS = (
    View("gates", "Gates over time", gates_over_time),
    View("memory", "Cell state", memory_over_time),
    View("gradient", "Gradient left", gradient_left),
)
