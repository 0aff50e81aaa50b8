"""RNN and BPTT: the views and the measured values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from lessons.rnn_bptt.model import (
    NAMES,
    Differentiate,
    Network,
    Parameters,
    automatic,
    bptt,
    by_step,
    difference,
    forward,
    gradient_by_lag,
)
from lessons.rnn_bptt.settings import BackPropagationThroughTime
from tui_dl.lesson import Dataset, View

Gradient = Callable[[Parameters, np.ndarray, np.ndarray, BackPropagationThroughTime], Parameters]
STEPS = 10  # the last ones of a sum that are drawn
MOST = 60  # entries of each parameter that are drawn


def measure(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, float]:
    """Measure the ratio of the gradient's norm at the largest lag to that at lag 0."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    return {
        "lag_ratio": now[-1] / max(now[0], 1e-300),
        "lag_ratio_at_start": start[-1] / max(start[0], 1e-300),
        "difference": difference(net.by_hand, net.automatic),
    }


def chain(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """Draw one unseen sum step by step, and below it the norm of the error signal δ of each step.

    The first two rows of bars are for the loss of all steps, the third for the last step's alone.
    """
    x, y = by_step(data.held_out.x[:1]), by_step(data.held_out.y[:1])
    y_hat = forward(net.theta, x, p.activation)[1]
    last = np.concatenate([y_hat[:-1], y[-1:]])  # all other steps are right, and have no error
    hand, tape = signals(bptt, net.theta, x, y, p), signals(_taped, net.theta, x, y, p)
    only = signals(bptt, net.theta, x, last, p)
    shown = slice(-STEPS, None)
    bits, said, right = x[shown, 0].astype(int), y_hat[shown, 0, 0] > 0.5, y[shown, 0, 0] > 0.5
    most, blank = max(hand[shown].max(), tape[shown].max()), {"words": [""] * len(bits)}
    rows = [
        {"name": "a", "words": [str(a) for a in bits[:, 0]]},
        {"name": "b", "words": [str(b) for b in bits[:, 1]]},
        {
            "name": "ŷ", "words": [str(int(each)) for each in said],
            "marks": ["✓" if good else "✗" for good in said == right],
        },
        _bars("by hand", hand[shown], most), blank,
        _bars("automatic", tape[shown], most), blank,
        _bars(f"of ŷ{_small(len(x))}", only[shown], only.max()),
    ]  # fmt: skip
    share = only[0] / only[-1] if only[-1] > 0 else 0.0
    steps = range(1, len(x) + 1)
    return {
        "kind": "unrolled", "columns": [str(t) for t in steps[shown]], "rows": rows, "x_label": "step t",
        "title": f"{share:.2g} of the last step's ‖δ‖ reaches step 1",
    }  # fmt: skip


def signals(
    gradient: Gradient,
    theta: Parameters,
    x: np.ndarray,
    y: np.ndarray,
    p: BackPropagationThroughTime,
) -> np.ndarray:
    """Return ‖δᵗ‖ of each step of one sum, from a function for the gradient.

    An extra input that is 1 at step t alone, with weights of 0, has δᵗ as its weights' gradient.
    """
    T = len(x)
    clock = np.concatenate([x, np.eye(T)[:, None]], axis=-1)
    widened = replace(theta, W_in=np.concatenate([theta.W_in, np.zeros((T, p.units))]))
    return _finite(np.linalg.norm(gradient(widened, clock, y, p).W_in[2:], axis=1))


def _taped(
    theta: Parameters, x: np.ndarray, y: np.ndarray, p: BackPropagationThroughTime
) -> Parameters:
    return _automatic(p)(theta, x, y)[1]


@lru_cache(maxsize=4)
def _automatic(p: BackPropagationThroughTime) -> Differentiate:
    return automatic(p)


def _finite(values: np.ndarray) -> np.ndarray:
    finite: np.ndarray = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    return finite


def _bars(name: str, values: np.ndarray, most: float) -> dict[str, Any]:
    return {
        "name": name, "values": values.tolist(), "bars": True,
        "scale": "sequential", "low": 0.0, "high": float(most) or 1.0,
    }  # fmt: skip


def _small(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def both_gradients(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """Draw entries of the gradient, by hand against automatic; equal ones lie on the line.

    The entries of each parameter are drawn relative to the largest automatic one.
    """
    groups = []
    for name, *both in zip(NAMES, net.by_hand.arrays(), net.automatic.arrays(), strict=True):
        most = float(np.abs(_finite(both[1])).max()) or 1.0
        x, y = ((_finite(a.ravel())[:: 1 + a.size // MOST] / most).tolist() for a in both)
        groups.append({"name": name, "x": x, "y": y})
    return {
        "kind": "plane", "groups": groups, "x_label": "∂L/∂θ by hand", "y_label": "automatic",
        "lines": [{"name": "equal", "x": [-1.0, 1.0], "y": [-1.0, 1.0]}],
        "title": f"largest difference {difference(net.by_hand, net.automatic):.1e}",
    }  # fmt: skip


def lags(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """Draw the gradient's norm against the lag, before training and now, in powers of ten."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    share = now[-1] / now[0] if now[0] > 0 else 0.0
    return {
        "kind": "lines", "log": True, "x_label": "lag k (steps)", "y_label": "‖∂L/∂h‖",
        "title": f"gradient of the last step's loss: {share:.2g} of it is left {len(now) - 1} steps back",
        "series": [_above_zero("now", now), _above_zero("before training", start)],
    }  # fmt: skip


def _above_zero(name: str, lengths: list[float]) -> dict[str, Any]:
    """Return a series without zeros, which have no logarithm, and without infinities."""
    points = [(k, v) for k, v in enumerate(lengths) if 0 < v < np.inf]
    return {"name": name, "x": [k for k, _ in points], "y": [v for _, v in points]}


VIEWS = (
    View("chain", "Back through time", chain),
    View("lags", "Gradient against lag", lags),
    View("gradients", "Both gradients", both_gradients),
)
