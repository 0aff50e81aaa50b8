"""GRU: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.gru.model import Arrays, gru_step, sigmoid
from lessons.gru.settings import GatedRecurrentUnit
from tui_dl.lesson import Dataset, View, evenly_spaced

READ = 12  # sequences for fitting the linear readout
UNITS = 16  # whose states are drawn
WINDOW = 8  # steps of counting that are drawn


def trace(model: Any, x: np.ndarray, p: GatedRecurrentUnit) -> Arrays:
    """Return the gates and states of every step for x (sequences, steps, 2).

    Each has the shape (steps, sequences, units).
    """
    W, U, b = (np.asarray(weight) for weight in model.layers[0].weights)
    step = {"gru": gru_step, "lstm": lstm_step}[p.cell]
    state = {name: np.zeros((len(x), p.units), x.dtype) for name in "hc"}
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
    """Draw what keeps and what writes above the state of one unit, step by step, and the answer.

    It is the unit that speaks most for +1, or for an empty room.
    """
    x = data.held_out.x[:1]
    shown = (
        list(range(*leaving(x[0])))
        if p.task == "counting"
        else evenly_spaced(x.shape[1], 10 if p.steps <= 100 else 8)
    )
    steps = trace(model, x[:, : shown[-1] + 1], p)
    w, b = (np.asarray(each) for each in model.layers[1].weights)
    says = (steps["h"] @ w + b)[shown, 0, 0] > 0
    unit = int((np.maximum(w[:, 0], 0) * np.abs(steps["h"][shown, 0]).mean(axis=0)).argmax())
    kept = "h" if p.cell == "gru" else "c"
    told = {name: values[shown, 0, unit] for name, values in steps.items()}
    blank, keeps = {"words": [""] * len(shown)}, told["z" if p.cell == "gru" else "f"].mean()
    gates = (_gate(name, values) for name, values in _gates(told, p).items())
    rows = [
        *_inputs(x[0], shown, p),
        *(row for gate in gates for row in (gate, blank)),
        {"name": f"state {kept}", "values": told[kept].tolist(), "scale": "diverging"},
        _answers(says, truth(x, p)[shown, 0], p),
    ]
    return {
        "kind": "unrolled", "columns": [str(t) for t in shown], "rows": rows, "x_label": "step t",
        "title": f"unit {unit + 1} keeps {keeps:.0%} a step: {kept} = {told[kept][-1]:+.2f} at step {shown[-1]}",
    }  # fmt: skip


def _gates(told: Arrays, p: GatedRecurrentUnit) -> Arrays:
    """Return what keeps the state, what writes to it, and the third gate, by name."""
    if p.cell == "gru":
        return {"keep z": told["z"], "write 1−z": 1 - told["z"], "reset r": told["r"]}
    return {"keep f": told["f"], "write i": told["i"], "output o": told["o"]}


def _gate(name: str, values: np.ndarray) -> dict[str, Any]:
    return {
        "name": name, "values": values.tolist(), "scale": "sequential",
        "low": 0.0, "high": 1.0, "bars": True,
    }  # fmt: skip


def _inputs(x: np.ndarray, shown: list[int], p: GatedRecurrentUnit) -> list[dict[str, Any]]:
    """Return the rows of what comes in: the message and noise, or people who come and leave."""
    if p.task == "message":
        words = ["+1" if x[t, 0] > 0 else "−1" if x[t, 0] < 0 else "" for t in shown]
        noise = {"name": "noise", "values": x[shown, 1].tolist(), "scale": "diverging"}
        return [{"name": "message", "words": words}, noise]
    moves = ["+1" if came else "−1" if left else "" for came, left in x[shown]]
    people = np.cumsum(x[:, 0] - x[:, 1])[shown]
    return [
        {"name": "comes", "words": moves},
        {"name": "people", "words": [str(int(n)) for n in people]},
    ]


def _answers(says: np.ndarray, told: np.ndarray, p: GatedRecurrentUnit) -> dict[str, Any]:
    """Return the row of answers, as if the sequence ended at each step, and if they are right."""
    counting = p.task == "counting"
    yes, no = ("0", "≥1") if counting else ("+", "−")
    right = says == (told == 0 if counting else told > 0)
    return {
        "name": "answer", "words": [yes if each else no for each in says],
        "marks": ["✓" if each else "✗" for each in right],
    }  # fmt: skip


def leaving(x: np.ndarray) -> tuple[int, int]:
    """Return where the steps start and end in which the room first gets empty."""
    people = np.cumsum(x[:, 0] - x[:, 1])
    empty = np.flatnonzero((people[1:] == 0) & (people[:-1] > 0))
    end = min(len(x), max(WINDOW, int(empty[0]) + 4 if len(empty) else WINDOW))
    return end - min(end, WINDOW), end


def state_over_time(model: Any, data: Dataset, p: GatedRecurrentUnit) -> dict[str, Any]:
    """Draw the states of the units with most say over one unseen sequence: h, or c of an LSTM."""
    kept = "h" if p.cell == "gru" else "c"
    steps = trace(model, data.held_out.x[:1], p)
    w = np.asarray(model.layers[1].weights[0])[:, 0]
    say = np.abs(w * steps["h"][:, 0]).mean(axis=0)
    units = np.argsort(-say, kind="stable")[:UNITS]
    values = steps[kept][:, 0, units]
    bound = 1.0 if p.cell == "gru" else max(1.0, float(np.abs(values).max()))
    most = f"largest |{kept}| = {np.abs(values).max():.2f}"
    return {
        "kind": "heatmap", "scale": "diverging", "low": -bound, "high": bound, "name": kept,
        "title": f"h within ±1: {most}" if kept == "h" else f"c without a bound: {most}",
        "values": values[evenly_spaced(len(values), 36)].T.tolist(),
        "x_label": f"step 0 … {len(values) - 1}", "y_label": f"{len(units)} units",
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
    right = truth(shown, p)[:, 0]
    time = evenly_spaced(len(read), 60)
    what = "people" if p.task == "counting" else "message"
    window = {} if p.task == "counting" else {"y_range": [-1.5, 1.5]}
    return {
        "kind": "lines", "x_label": "step t", "y_label": what, **window,
        "title": f"{what} read from {kept}: off by {np.abs(read - right).mean():.2f} on average",
        "series": [
            {"name": "truth", "x": time, "y": right[time].tolist()},
            {"name": f"read from {kept}", "x": time, "y": read[time].tolist()},
        ],
    }  # fmt: skip


def best_line(rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Solve least squares by the normal equations, which are much faster than `lstsq`.

    A small number added to the diagonal keeps them solvable if units move together.
    """
    return np.linalg.solve(rows.T @ rows + 1e-6 * np.eye(rows.shape[1]), rows.T @ wanted)


def _flat(states: np.ndarray) -> np.ndarray:
    """Return states (steps, sequences, units) as rows (steps · sequences, units + 1) with a 1."""
    rows = states.reshape(-1, states.shape[-1]).astype(float)
    return np.column_stack([rows, np.ones(len(rows))])


VIEWS = (
    View("gates", "Gates over time", gates_over_time),
    View("reading", "Read from the state", reading_over_time),
    View("state", "Kept state", state_over_time),
)
