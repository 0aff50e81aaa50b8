"""Binary addition: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.binary_addition.model import BITS, bits
from lessons.binary_addition.settings import BinaryAddition
from tui_dl.lesson import Dataset, View

# Chosen for their carries: none, one, one that passes through every bit, and the largest sum.
SUMS = np.array([[5, 10], [3, 5], [127, 1], [90, 45], [100, 29], [127, 127]])


def states(model: Any, x: np.ndarray, p: BinaryAddition) -> np.ndarray:
    """Return the hidden state of each step, z (pairs, 8, units), from the layer's own weights."""
    functions: dict[str, Any] = {
        "relu": lambda u: np.maximum(u, 0), "tanh": np.tanh, "sigmoid": _sigmoid,
    }  # fmt: skip
    f = functions[p.activation]
    W_in, W, b = (np.asarray(w) for w in model.layers[0].weights)
    z = np.zeros((len(x), BITS + 1, p.units), "float32")
    for t in range(BITS):
        z[:, t] = f(x[:, t] @ W_in + z[:, t - 1] @ W + b)
    return z[:, :BITS]


def outputs(model: Any, z: np.ndarray) -> np.ndarray:
    """Return the probability that each bit of the sum is 1: (pairs, 8)."""
    W_out, c = (np.asarray(w) for w in model.layers[1].weights)
    return _sigmoid(z @ W_out + c)[..., 0]


def _sigmoid(v: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(v / 2))


def _pairs(sums: np.ndarray) -> np.ndarray:
    return np.stack([bits(sums[:, 0]), bits(sums[:, 1])], axis=-1)


def worked_sums(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Tabulate six sums as the network adds them, with the highest bit first."""
    y = outputs(model, states(model, _pairs(SUMS), p)) > 0.5
    answers = y @ 2 ** np.arange(BITS)
    rows = [
        [
            f"{a} + {b}",
            _written(bits(np.array([a + b]))[0]),
            _written(row),
            int(answer),
            _mark(answer == a + b),
        ]
        for (a, b), row, answer in zip(SUMS.tolist(), y, answers, strict=True)
    ]
    return {
        "kind": "table", "title": "sums with the highest bit first",
        "columns": ["sum", "right bits", "network's bits", "network's sum", ""], "rows": rows,
    }  # fmt: skip


def _written(row: np.ndarray) -> str:
    return "".join(str(int(bit)) for bit in row[::-1])


def _mark(right: bool) -> str:
    return "right" if right else "wrong"


def hidden_state(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Draw every unit's z over the eight steps of 127 + 1, where all but the last carry."""
    z = states(model, _pairs(SUMS[2:3]), p)[0]
    return {
        "kind": "heatmap", "title": "hidden state z while adding 127 + 1", "values": z.T.tolist(),
        "x_label": "step t (bit)", "y_label": "unit", "x_range": [0, BITS - 1],
        "y_range": [0, p.units - 1], "low": float(z.min()), "high": float(z.max()),
    }  # fmt: skip


def decoded_carry(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Draw the best linear readout of the carry from z, over unseen sums.

    Least squares finds the direction of z that best predicts whether the step carries a one.
    """
    x = data.held_out.x[:300]
    z, c = states(model, x, p).reshape(-1, p.units), carries(x).ravel()
    z1 = np.column_stack([z, np.ones(len(z))])
    reading = np.linalg.lstsq(z1, c, rcond=None)[0]
    along, right = z1 @ reading, c > 0.5
    share = np.mean((along > 0.5) == right)
    edges = np.linspace(-0.5, 1.5, 21)
    series = [_shares("carry 0", along[~right], edges), _shares("carry 1", along[right], edges)]
    return {
        "kind": "lines", "title": f"carry read from z: {share:.0%} of steps right",
        "x_label": "reading (0.5 parts them)", "series": series,
    }  # fmt: skip


def carries(x: np.ndarray) -> np.ndarray:
    """Return the carry out of each step: 1 where at least two of a, b and the last carry are 1."""
    c = np.zeros((len(x), BITS + 1), "float32")
    for t in range(BITS):
        c[:, t] = x[:, t].sum(axis=-1) + c[:, t - 1] >= 2
    return c[:, :BITS]


def _shares(name: str, values: np.ndarray, edges: np.ndarray) -> dict[str, Any]:
    counts, _ = np.histogram(values.clip(edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return {"name": name, "x": middles.tolist(), "y": (counts / max(1, len(values))).tolist()}


VIEWS = (
    View("sums", "Worked sums", worked_sums),
    View("state", "Hidden state", hidden_state),
    View("carry", "Carry read from z", decoded_carry),
)
