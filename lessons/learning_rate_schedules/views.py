"""Learning-rate schedules: the views and the measured values."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from lessons.learning_rate_schedules.model import Diary, warmup_cosine
from lessons.learning_rate_schedules.settings import Schedules
from tui_dl.lesson import Dataset, View, evenly_spaced

MOST = 120  # points of a curve


def kept(model: Any) -> Diary:
    """Return the run's diary, or an empty one before training."""
    found = getattr(model, "diary", None)
    return found if isinstance(found, Diary) else Diary()


def rate_above_loss(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """Draw the rate of every epoch, planned and used, above the validation loss; sticks are cuts."""
    diary, plan = kept(model), planned(p)
    top = 1.05 * max([*plan, *diary.rates, p.learning_rate])
    losses = [math.log10(v) if v > 0 else math.nan for v in diary.losses]
    found = [v for v in losses if math.isfinite(v)] or [0.0]
    low, high = min(found) - 0.1, max(found) + 0.1
    cuts = [n + 1 for n in falls(diary.rates)][-20:] if p.schedule == "plateau" else []
    used = f"η: used {diary.rates[-1]:.2g}" if diary.rates else "η"
    least = f", least {10 ** min(found):.3g}" if losses else ""
    common = {"kind": "plane", "x_range": [0, p.epochs + 1], "margin": 8}
    return {
        "kind": "panels", "columns": 1, "title": _stage(p, diary),
        "panels": [
            {**common, "title": f"{used}, planned ┄" if plan else used, "y_range": [0, top],
             "lines": [{**_line(plan), "dashed": True}, _line(diary.rates)],
             "sticks": [[n, 0, top] for n in cuts]},
            {**common, "title": f"log₁₀ validation loss{least}", "x_label": "epoch", "y_range": [low, high],
             "lines": [_line([]), _line(losses)], "sticks": [[n, low, high] for n in cuts]},
        ],
    }  # fmt: skip


def planned(p: Schedules) -> list[float]:
    """Return the planned rate of every epoch, or an empty list if it depends on the loss."""
    if p.schedule == "constant":
        return [p.learning_rate] * p.epochs
    if p.schedule == "plateau":
        return []
    T = p.epochs
    return [warmup_cosine(t, p.learning_rate, p.warmup, T, p.zero_start) for t in range(T)]


def falls(rates: list[float]) -> list[int]:
    """Return the epochs, counted from 0, that have a smaller rate than the one before."""
    return [n for n in range(1, len(rates)) if rates[n] < 0.999 * rates[n - 1]]


def _stage(p: Schedules, diary: Diary) -> str:
    """Return what the schedule does in the current epoch, in words."""
    epoch = len(diary.rates)
    if p.schedule == "constant":
        return f"the rate stays {p.learning_rate:g}"
    if p.schedule == "plateau":
        since = epoch - 1 - int(np.argmin(diary.losses)) if diary.losses else 0
        return f"{len(falls(diary.rates))} cuts; {since} epochs without a new best"
    if epoch < p.warmup:
        return f"warm-up: epoch {epoch} of {p.warmup}"
    return f"cosine: epoch {epoch - p.warmup} of {p.epochs - p.warmup}"


def _line(values: list[float]) -> dict[str, Any]:
    """Return a line over epochs, numbered from 1, without those that have no value."""
    points = [(n, v) for n, v in enumerate(values, 1) if math.isfinite(v)]
    thin = [points[k] for k in evenly_spaced(len(points), MOST)]
    return {"name": "", "x": [n for n, _ in thin], "y": [v for _, v in thin]}


def moves(model: Any, data: Dataset, p: Schedules) -> dict[str, Any]:
    """Draw each epoch by its rate and the distance that all weights together moved in it.

    The first and the second half of the epochs so far have different marks.
    """
    diary = kept(model)
    pairs = [(diary.rates[k], diary.moves[k]) for k in evenly_spaced(len(diary.moves), MOST)]
    half = len(pairs) // 2
    parts = [("first half of the epochs", pairs[:half]), ("second half", pairs[half:])]
    title = (
        f"the last epoch moved the weights by {diary.moves[-1]:.3g}" if pairs else "no epoch yet"
    )
    top = 1.05 * max([*diary.moves, 1e-9])
    return {
        "kind": "plane", "title": title, "x_label": "rate η", "y_label": "distance moved",
        "x_range": [0, 1.05 * max([*diary.rates, *planned(p), p.learning_rate])], "y_range": [0, top],
        "groups": [
            {"name": name, "x": [rate for rate, _ in part], "y": [far for _, far in part]}
            for name, part in parts
        ],
    }  # fmt: skip


def measure(model: Any, data: Dataset, p: Schedules) -> dict[str, float]:
    """Measure landmarks of the rates used, and how far the first epoch moved the weights."""
    used = kept(model).rates
    if not used:
        return {}
    cuts = falls(used)
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
    View("rates", "Rate above loss", rate_above_loss),
    View("moves", "Distance moved", moves),
)
