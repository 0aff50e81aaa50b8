"""Bidirectional RNN: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.bidirectional_rnn.settings import BidirectionalRNN
from tui_dl.lesson import Dataset, View

SHOWN = 100  # sequences
REACH = 8  # steps on each side of a flip


def sigmoid(v: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e⁻ᵛ), written so that no v overflows."""
    return 0.5 * (1 + np.tanh(v / 2))


def states(x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return hᵗ = tanh(xᵗ W + hᵗ⁻¹ U + b), (sequences, steps, units), x (sequences, steps, 1)."""
    h = np.zeros((len(x), x.shape[1] + 1, len(U)), "float32")
    for t in range(x.shape[1]):
        h[:, t] = np.tanh(x[:, t] @ W + h[:, t - 1] @ U + b)
    return h[:, :-1]


def read(model: Any, x: np.ndarray, p: BidirectionalRNN) -> np.ndarray:
    """Return the states of both readers side by side, at the step of the input just read."""
    W, U, b, *second = (np.asarray(weight) for weight in model.layers[0].weights)
    forward = states(x, W, U, b)
    if not second:
        return forward
    backward = states(x[:, ::-1], *second)[:, ::-1]
    return np.concatenate([forward, backward], axis=-1)


def probability(model: Any, x: np.ndarray, p: BidirectionalRNN) -> np.ndarray:
    """Return P(+1) at every step, (sequences, steps)."""
    w, c = (np.asarray(weight) for weight in model.layers[1].weights)
    return sigmoid(read(model, x, p) @ w + c)[..., 0]


def through(belief: np.ndarray, flips: float) -> np.ndarray:
    """Turn a belief about one step into a belief about the next: a flip may come between."""
    return 2 * np.arctanh((1 - 2 * flips) * np.tanh(belief / 2) * (1 - 1e-12))


def heard_before(evidence: np.ndarray, flips: float) -> np.ndarray:
    """Return at each step the belief from the evidence up to it, (sequences, steps)."""
    belief = np.zeros_like(evidence)
    for t in range(evidence.shape[1]):
        belief[:, t] = through(belief[:, t - 1], flips) * (t > 0) + evidence[:, t]
    return belief


def heard_after(evidence: np.ndarray, flips: float, steps: int) -> np.ndarray:
    """Return at each step the belief from the next `steps` observations, excluding its own."""
    belief = np.zeros_like(evidence)
    for _ in range(steps):
        following = evidence[:, 1:] + belief[:, 1:]
        belief = np.pad(through(following, flips), ((0, 0), (0, 1)))
    return belief


def best_belief(x: np.ndarray, p: BidirectionalRNN) -> np.ndarray:
    """Return the exact P(+1) at every step, given all that the chosen reader has read by then."""
    edge = abs(p.shift)
    evidence = np.pad(2 * x[..., 0].astype("float64") / p.noise**2, ((0, 0), (edge, edge)))
    before = heard_before(evidence, p.flips)
    if p.reads == "forward" and p.shift >= 0:
        return sigmoid(_later(before[:, edge : edge + p.steps], p.flips, p.shift))
    heard = evidence.shape[1] if p.reads == "both" else edge
    belief = before + heard_after(evidence, p.flips, heard)
    return sigmoid(belief[:, edge + p.shift : edge + p.shift + p.steps])


def _later(belief: np.ndarray, flips: float, steps: int) -> np.ndarray:
    for _ in range(steps):
        belief = through(belief, flips)
    return belief


def measure(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, float]:
    """Measure `limit`: the validation accuracy of the best possible reader of the same kind."""
    right = (best_belief(data.held_out.x, p) > 0.5) == (data.held_out.y[..., 0] > 0.5)
    return {"limit": float(right.mean())}


def answers(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, Any]:
    """Draw one unseen sequence: the truth, the network's P(+1) and the best possible P(+1)."""
    x, y = data.held_out.x[:1], data.held_out.y[0, :, 0]
    time = list(range(p.steps))
    curves = {
        "truth": y,
        "network": probability(model, x, p)[0],
        "best possible": best_belief(x, p)[0],
    }
    return {
        "kind": "lines", "title": "P(+1) over one unseen sequence", "x_label": "step t",
        "series": [{"name": n, "x": time, "y": v.tolist()} for n, v in curves.items()],
    }  # fmt: skip


def around_a_flip(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, Any]:
    """Draw the share of right answers by their distance from a flip of the target."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN, :, 0] > 0.5
    guesses = {"network": probability(model, x, p), "best possible": best_belief(x, p)}
    series = []
    for name, guess in guesses.items():
        by = right_by_distance((guess > 0.5) == y, y[:, 1:] != y[:, :-1])
        series.append({"name": name, "x": list(by), "y": list(by.values())})
    label = "steps from a flip (0: the first step after it)"
    return {"kind": "lines", "title": "share right", "x_label": label, "series": series}


def right_by_distance(right: np.ndarray, flips: np.ndarray) -> dict[int, float]:
    """Return the share right by distance; `flips` (sequences, steps−1) are between steps."""
    rows, steps = np.nonzero(flips)
    found = {}
    for distance in range(-REACH, REACH):
        at = steps + 1 + distance
        inside = (at >= 0) & (at < right.shape[1])
        if inside.any():
            found[distance] = float(right[rows[inside], at[inside]].mean())
    return found


def both_states(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, Any]:
    """Draw the state of every unit over one unseen sequence; the forward reader's are below."""
    values = read(model, data.held_out.x[:1], p)[0].T
    second = "" if p.reads == "forward" else f", from {p.units} on the backward reader's"
    return {
        "kind": "heatmap", "title": f"states h{second}", "values": values.tolist(),
        "x_label": "step t", "y_label": "unit", "x_range": [0, p.steps - 1],
        "y_range": [0, len(values) - 1], "low": -1.0, "high": 1.0,
    }  # fmt: skip


VIEWS = (
    View("answers", "Answers", answers),
    View("flip", "Around a flip", around_a_flip),
    View("states", "Both states", both_states),
)
