"""Learning-rate schedules: the views and the measured values."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from lessons.learning_rate_schedules.model import Diary, warmup_cosine
from lessons.learning_rate_schedules.settings import Schedules
from tui_dl.lesson import Dataset, View


def kept(model: Any) -> Diary:
    """Return the run's diary, or an empty one before training."""
    found = getattr(model, "diary", None)
    return found if isinstance(found, Diary) else Diary()


def from_1(values: list[float]) -> dict[str, list[float]]:
    """Return a series over epochs, numbered from 1."""
    return {"x": [float(n) for n in range(1, len(values) + 1)], "y": values}


def rates(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """Draw the rate of every epoch: as planned, if there is a plan, and as used so far."""
    T = p.epochs
    plans = {
        "warmup-cosine": [warmup_cosine(t, p.learning_rate, p.warmup, T, p.zero_start) for t in range(T)],
        "constant": [p.learning_rate] * T,
    }  # fmt: skip
    series = [{"name": "planned", **from_1(plans[p.schedule])}] if p.schedule in plans else []
    if kept(model).rates:
        series.append({"name": "used", **from_1(kept(model).rates)})
    return {"kind": "lines", "title": "learning rate", "x_label": "epoch", "series": series}


def moves(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """Draw the distance that all the weights together moved in each epoch."""
    series = [{"name": "distance", **from_1(kept(model).moves)}] if kept(model).moves else []
    title = "distance that the weights moved in the epoch"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def waiting(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """Draw the validation loss and its minimum so far: a flat lower line is a plateau."""
    losses, series = kept(model).losses, []
    if losses:
        best = np.minimum.accumulate(losses).tolist()
        series = [{"name": "validation", **from_1(losses)}, {"name": "best", **from_1(best)}]
    title = "validation loss and the best so far"
    return {"kind": "lines", "title": title, "x_label": "epoch", "series": series}


def measure(model: Any, data: Dataset, p: Schedules) -> dict[str, float]:
    """Measure landmarks of the rates used, and how far the first epoch moved the weights."""
    used = kept(model).rates
    if not used:
        return {}
    cuts = [n for n in range(1, len(used)) if used[n] < 0.999 * used[n - 1]]
    apart = [b - a for a, b in itertools.pairwise(cuts)]
    return {
        "first_rate": used[0],
        "peak_rate": max(used),
        "peak_epoch": float(1 + int(np.argmax(used))),
        "middle_rate": used[min((p.warmup + p.epochs) // 2, len(used) - 1)],
        "last_rate": used[-1],
        "cuts": float(len(cuts)),
        "closest_cuts": float(min(apart, default=len(used))),
        "first_move": kept(model).moves[0],
    }


VIEWS = (
    View("rates", "Learning rate", rates),
    View("moves", "Distance moved", moves),
    View("waiting", "Waiting", waiting),
)
