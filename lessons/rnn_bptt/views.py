"""RNN and BPTT: the views and the measured values."""

from __future__ import annotations

from typing import Any

import numpy as np

from lessons.rnn_bptt.model import NAMES, Network, difference, gradient_by_lag
from lessons.rnn_bptt.settings import BackPropagationThroughTime
from tui_dl.lesson import Dataset, View


def measure(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, float]:
    """Measure the ratio of the gradient's length at the largest lag to that at lag 0."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    return {
        "lag_ratio": now[-1] / max(now[0], 1e-300),
        "lag_ratio_at_start": start[-1] / max(start[0], 1e-300),
        "difference": difference(net.by_hand, net.automatic),
    }


def both_gradients(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """Tabulate each parameter's steepest entry by hand and automatic, and the largest gap."""
    rows = []
    for name, hand, tape in zip(NAMES, net.by_hand.arrays(), net.automatic.arrays(), strict=True):
        i, j = np.unravel_index(np.abs(tape).argmax(), tape.shape)
        gap = np.abs(hand - tape).max()
        rows.append(
            [f"{name}[{i},{j}]", f"{hand[i, j]:+.12f}", f"{tape[i, j]:+.12f}", f"{gap:.1e}"]
        )
    return {
        "kind": "table", "title": "∂E/∂θ of the last step: the steepest entry of each parameter",
        "columns": ["entry", "by hand", "automatic", "largest difference"], "rows": rows,
    }  # fmt: skip


def recurrent_gradient(
    net: Network, data: Dataset, p: BackPropagationThroughTime
) -> dict[str, Any]:
    """Draw ∂E/∂W by hand: row i, column j is the influence of state i on state j a step later."""
    labels = [str(i) for i in range(p.units)]
    return {
        "kind": "matrix", "title": "∂E/∂W by hand", "row_labels": labels, "column_labels": labels,
        "values": net.by_hand.W.tolist(),
    }  # fmt: skip


def lags(net: Network, data: Dataset, p: BackPropagationThroughTime) -> dict[str, Any]:
    """Draw the gradient's length against the lag, before training and now, in powers of ten."""
    now, start = gradient_by_lag(net.theta, data, p), net.lag_at_start
    return {
        "kind": "lines", "title": "log₁₀ ‖∂E/∂z‖ at the lag, E of the last step", "x_label": "lag k (steps)",
        "series": [_powers("now", now), _powers("before training", start)],
    }  # fmt: skip


def _powers(name: str, lengths: list[float]) -> dict[str, Any]:
    """Draw a line through log₁₀ of the lengths; zero has no logarithm and is left out."""
    points = [(float(k), float(np.log10(v))) for k, v in enumerate(lengths) if 0 < v < np.inf]
    return {"name": name, "x": [k for k, _ in points], "y": [v for _, v in points]}


VIEWS = (
    View("gradients", "Both gradients", both_gradients),
    View("lags", "Gradient against lag", lags),
    View("recurrent", "Gradient of W", recurrent_gradient),
)
