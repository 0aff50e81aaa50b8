"""Bidirectional RNN: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.bidirectional_rnn.settings import BidirectionalRNN
from tui_dl.lesson import Dataset, View

SHOWN = 100  # sequences
REACH = 8  # steps on each side of a flip
WINDOW = 16  # steps of the sequence drawn
ROWS = 10  # sequences, one a line


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
    """Draw an unseen sequence around a flip: what is heard, what each reader says, and their sum."""
    number = with_a_flip(data.held_out.y[:SHOWN, :, 0])
    x, y = data.held_out.x[number : number + 1], data.held_out.y[number, :, 0] > 0.5
    sides = [side[0] for side in evidence(model, x, p)]
    said, best = sum(sides) > 0, best_belief(x, p)[0] > 0.5
    part = around(y)
    high = max(float(np.abs(sides).max()), 1.0)
    readers = [
        {
            "name": name,
            "values": side[part].tolist(),
            "scale": "diverging",
            "low": -high,
            "high": high,
        }
        for name, side in zip(("reader →", "← reader"), sides, strict=False)
    ]
    return {
        "kind": "unrolled", "columns": list(signs(y[part])), "x_label": "t, on top the target",
        "title": f"{np.sum(said == y)} of {p.steps} steps right in an unseen sequence",
        "rows": [
            {"name": "heard x", "values": x[0, part, 0].tolist(), "scale": "diverging"},
            *readers,
            marked("network", said[part], y[part]),
            marked("optimum", best[part], y[part]),
        ],
    }  # fmt: skip


def evidence(model: Any, x: np.ndarray, p: BidirectionalRNN) -> list[np.ndarray]:
    """Return what each reader adds to the log-odds of +1, (sequences, steps) each.

    The output is σ of their sum; each takes half of the bias.
    """
    w, c = (np.asarray(weight) for weight in model.layers[1].weights)
    h = read(model, x, p)
    count = h.shape[-1] // p.units
    parts = zip(np.split(h, count, axis=-1), np.split(w, count), strict=True)
    return [(part @ weights)[..., 0] + c[0] / count for part, weights in parts]


def with_a_flip(y: np.ndarray) -> int:
    """Return the number of the first sequence that flips in its middle third, or 0."""
    third = y.shape[1] // 3
    middle = y[:, third : y.shape[1] - third]
    return int((middle != middle[:, :1]).any(axis=1).argmax())


def around(y: np.ndarray) -> slice:
    """Return WINDOW steps around the flip of y that is nearest to its middle."""
    flips = np.flatnonzero(y[1:] != y[:-1]) + 1
    middle = len(y) // 2
    at = min(flips.tolist(), key=lambda t: abs(t - middle), default=middle)
    start = max(0, min(at - WINDOW // 2, len(y) - WINDOW))
    return slice(start, start + WINDOW)


def marked(name: str, said: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    """Return a row of signs, each marked as right or wrong."""
    marks = ["✓" if right else "✗" for right in said == y]
    return {"name": name, "words": list(signs(said)), "marks": marks}


def signs(positive: np.ndarray) -> str:
    """Return a + or − for each step."""
    return "".join("+" if each else "−" for each in positive)


def denoised(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, Any]:
    """Draw ROWS unseen sequences, one a line: what is heard, P(+1), and the target."""
    x, y = data.held_out.x[:ROWS], data.held_out.y[:ROWS, :, 0]
    parts = {
        "heard": np.tanh(x[..., 0] / 2),
        "network P(+1)": 2 * probability(model, x, p) - 1,
        "target": 2 * y - 1,
    }
    return {
        "kind": "panels", "columns": 3, "title": f"{len(x)} unseen sequences, one a line, {WINDOW} steps",
        "panels": [
            {"kind": "heatmap", "title": name, "scale": "diverging", "low": -1, "high": 1,
             "values": values[:, :WINDOW].tolist()}
            for name, values in parts.items()
        ],
    }  # fmt: skip


def around_a_flip(model: Any, data: Dataset, p: BidirectionalRNN) -> dict[str, Any]:
    """Draw the share of right answers by their distance from a flip of the target."""
    x, y = data.held_out.x[:SHOWN], data.held_out.y[:SHOWN, :, 0] > 0.5
    guesses = {"network": probability(model, x, p), "best possible": best_belief(x, p)}
    series = []
    for name, guess in guesses.items():
        by = right_by_distance((guess > 0.5) == y, y[:, 1:] != y[:, :-1])
        series.append({"name": name, "x": list(by), "y": list(by.values())})
    return {
        "kind": "lines", "title": "share right by the distance from a flip",
        "x_label": "steps from a flip", "series": series,
    }  # fmt: skip


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


VIEWS = (
    View("answers", "Two readers", answers),
    View("denoised", "Noise in, signal out", denoised),
    View("flip", "Around a flip", around_a_flip),
)
