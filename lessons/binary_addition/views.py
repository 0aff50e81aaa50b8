"""Binary addition: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.binary_addition.model import BITS, bits
from lessons.binary_addition.settings import BinaryAddition
from tui_dl.lesson import Dataset, View

# Chosen for their carries: none, one, one that passes through every bit, and the largest sum.
SUMS = np.array([[5, 10], [3, 5], [127, 1], [90, 45], [100, 29], [127, 127]])
SHOWN = SUMS[3:4]  # three columns without a carry, then four with one
POWERS = 2 ** np.arange(BITS)
FITTED = 100  # unseen sums by which the carry's readout is fitted


def states(model: Any, x: np.ndarray, p: BinaryAddition) -> np.ndarray:
    """Return the hidden state of each step, h (pairs, 8, units), from the layer's own weights."""
    functions: dict[str, Any] = {
        "relu": lambda u: np.maximum(u, 0), "tanh": np.tanh, "sigmoid": _sigmoid,
    }  # fmt: skip
    f = functions[p.activation]
    W_in, W, b = (np.asarray(w) for w in model.layers[0].weights)
    h = np.zeros((len(x), BITS + 1, p.units), "float32")
    for t in range(BITS):
        h[:, t] = f(x[:, t] @ W_in + h[:, t - 1] @ W + b)
    return h[:, :BITS]


def outputs(model: Any, h: np.ndarray) -> np.ndarray:
    """Return the probability that each bit of the sum is 1: (pairs, 8)."""
    W_out, b_out = (np.asarray(w) for w in model.layers[1].weights)
    return _sigmoid(h @ W_out + b_out)[..., 0]


def _sigmoid(u: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(u / 2))


def _pairs(sums: np.ndarray) -> np.ndarray:
    return np.stack([bits(sums[:, 0]), bits(sums[:, 1])], axis=-1)


def written_sum(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Write one sum in columns, the carry above it, and the network's output below it.

    The columns are read from right to left; `in state h` is the carry as read from h.
    """
    (a, b), right = SHOWN[0].tolist(), bits(SHOWN.sum(axis=1))[0]
    x = _pairs(SHOWN)
    h = states(model, x, p)
    y_hat = outputs(model, h)[0]
    carried = np.append(0, carries(x)[0, :-1]).astype(int)
    read = np.append(0, _along(h[:, :-1], carry_direction(model, data, p)) > 0.5).astype(int)
    said = (y_hat > 0.5).astype(int)
    return {
        "kind": "unrolled", "title": f"{a} + {b} = {a + b}; the network says {said @ POWERS}",
        "columns": [str(power) for power in POWERS[::-1]],
        "rows": [
            {"name": "carry", "words": _written(carried)},
            {"name": "in state h", "words": _written(read), "marks": _marks(read, carried)},
            {"name": f"a = {a}", "words": _written(x[0, :, 0])},
            {"name": f"b = {b}", "words": _written(x[0, :, 1])},
            {"name": "", "words": ["──"] * BITS},
            {"name": "a + b", "words": _written(right)},
            {"name": "network", "words": _written(said), "marks": _marks(said, right)},
            {"name": "ŷ", "values": y_hat[::-1].tolist(), "scale": "sequential", "low": 0.0, "high": 1.0, "bars": True},
        ],
    }  # fmt: skip


def six_sums(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Write six sums as the network adds them, the highest bit first, and mark the wrong bits."""
    said = (outputs(model, states(model, _pairs(SUMS), p)) > 0.5).astype(int)
    sums = SUMS.sum(axis=1)
    marks = [_marks(row, right) for row, right in zip(said, bits(sums), strict=True)]
    rows = [
        {
            "name": f"{a} + {b}", "tokens": [*_written(row), f"= {answer}"],
            "marks": [*(mark if mark == "✗" else " " for mark in wrong), "✗" if "✗" in wrong else "✓"],
        }
        for (a, b), row, answer, wrong in zip(SUMS.tolist(), said, said @ POWERS, marks, strict=True)
    ]  # fmt: skip
    return {
        "kind": "tokens", "rows": rows,
        "title": f"{int(np.sum(said @ POWERS == sums))} of {len(SUMS)} sums right",
    }  # fmt: skip


def _written(row: np.ndarray) -> list[str]:
    """Return bits as words, the highest first."""
    return [str(int(bit)) for bit in row[::-1]]


def _marks(row: np.ndarray, right: np.ndarray) -> list[str]:
    return ["✓" if good else "✗" for good in (row == right)[::-1]]


def decoded_carry(model: Any, data: Dataset, p: BinaryAddition) -> dict[str, Any]:
    """Draw how well the best linear readout from h separates a carry of 0 from 1, in unseen sums."""
    x = data.held_out.x[:FITTED]
    carried = carries(x) > 0.5
    along = _along(states(model, x, p), carry_direction(model, data, p)).clip(-0.5, 1.5)
    groups = [("carry 0", along[~carried]), ("carry 1", along[carried])]
    return {
        "kind": "ridges", "x_range": [-0.5, 1.5],
        "title": f"carry read from h: {np.mean((along > 0.5) == carried):.0%} right at ½",
        "layers": [
            {"name": name, "counts": np.histogram(values, 40, (-0.5, 1.5))[0].tolist()}
            for name, values in groups
        ],
    }  # fmt: skip


def carry_direction(model: Any, data: Dataset, p: BinaryAddition) -> np.ndarray:
    """Return the weights and bias (units + 1,) that best predict the carry from h.

    Least squares by the normal equations; a small diagonal is added because units may be dead.
    """
    x = data.held_out.x[:FITTED]
    h1 = _with_one(states(model, x, p)).reshape(-1, p.units + 1)
    square = h1.T @ h1 + 1e-6 * np.eye(p.units + 1)
    found: np.ndarray = np.linalg.solve(square, h1.T @ carries(x).ravel())
    return found


def _along(h: np.ndarray, direction: np.ndarray) -> np.ndarray:
    along: np.ndarray = _with_one(h) @ direction
    return along


def _with_one(h: np.ndarray) -> np.ndarray:
    return np.concatenate([h.astype(float), np.ones((*h.shape[:-1], 1))], axis=-1)


def carries(x: np.ndarray) -> np.ndarray:
    """Return the carry out of each step: 1 where at least two of a, b and the last carry are 1."""
    carry = np.zeros((len(x), BITS + 1), "float32")
    for t in range(BITS):
        carry[:, t] = x[:, t].sum(axis=-1) + carry[:, t - 1] >= 2
    return carry[:, :BITS]


VIEWS = (
    View("sum", "A written sum", written_sum),
    View("sums", "Worked sums", six_sums),
    View("carry", "Carry read from h", decoded_carry),
)
