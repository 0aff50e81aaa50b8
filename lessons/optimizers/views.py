"""Optimizers: the views and the measured values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from lessons.optimizers import valley
from lessons.optimizers.model import optimizers
from lessons.optimizers.settings import Optimizers
from tui_dl.lesson import Dataset, View


@lru_cache(maxsize=8)
def _walker(p: Optimizers) -> Any:
    """Return the walks, compiled once per setting of the form; the learning rate stays variable."""
    return valley.walker(optimizers(p))


def walks(model: Any, p: Optimizers) -> valley.Paths:
    """Return 1000 steps of every optimizer down the valley at the model's present learning rate."""
    numbers = {
        name: getattr(p, name) for name in ("momentum", "rho", "beta_1", "beta_2", "epsilon")
    }
    walk: Callable[[float], valley.Paths] = _walker(Optimizers(**numbers))
    return walk(float(model.optimizer.learning_rate))


SHOWN = [*range(40), *range(40, valley.STEPS + 1, 20)]  # all of the first steps, then every 20th
WINDOW = (-1.1, 0.5), (-0.55, 0.55)
LEVELS = [0.03, 0.3, 1.0, 2.5]


def paths(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Draw the race down the valley: how far each rule has come, and the trail behind it.

    The race takes as long as training: its last step is drawn with the last step of training.
    """
    t = race_step(model, data, p)
    groups = []
    for name, path in walks(model, p).items():
        trail = path[[i for i in SHOWN if i < t] + [t]].astype(float)
        inside = bool((np.abs(trail[-1]) <= 1.2).all())
        x, y = np.nan_to_num(trail, nan=9, posinf=9, neginf=-9).clip(-9, 9).round(3).T.tolist()
        groups.append({"name": name if inside else f"{name} (out)", "x": x, "y": y, "trail": True})
    height = float(np.nan_to_num(heights(model, p, t)[p.optimizer], nan=np.inf, posinf=1e3))
    return {
        "kind": "plane", "title": f"step {t} of {valley.STEPS}: {p.optimizer} is {height:.2g} above the lowest point",
        "x_range": list(WINDOW[0]), "y_range": list(WINDOW[1]),
        "contours": {"values": _valley().tolist(), "levels": LEVELS},
        "groups": groups,
    }  # fmt: skip


def heights(model: Any, p: Optimizers, t: int) -> dict[str, float]:
    """Return how high each rule is above the lowest point after t steps of the race."""
    return {
        name: float(valley.height(path[t].astype(float))) for name, path in walks(model, p).items()
    }


def race_step(model: Any, data: Dataset, p: Optimizers) -> int:
    """Return the step of the race that corresponds to the present step of training."""
    total = p.epochs * -(-len(data.x) // p.batch_size)
    return min(valley.STEPS, round(valley.STEPS * int(model.optimizer.iterations) / total))


@lru_cache(maxsize=1)
def _valley() -> np.ndarray:
    """Return the height of the valley over the window, (21, 21)."""
    axes = np.meshgrid(*(np.linspace(*ends, 21) for ends in WINDOW))
    return valley.height(np.stack(axes, axis=-1)).round(3)


def descent(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Draw how high each rule still is above the lowest point, on a logarithmic scale."""
    t = race_step(model, data, p)
    found = {
        name: float(np.clip(np.nan_to_num(height, nan=1e3), 1e-12, 1e3))
        for name, height in heights(model, p, t).items()
    }
    return {
        "kind": "bars", "title": f"height above the lowest point at step {t} (log)",
        "labels": list(found), "values": list(found.values()), "log": True, "low": 1e-12,
        "high": 10.0, "highlight": [list(found).index(p.optimizer)],
    }  # fmt: skip


STATE = {"adagrad": "accumulator", "rmsprop": "velocity", "adam": "velocity"}
SAMPLED = 4000


def memory(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Draw histograms of the learning rates of single weights, layer by layer.

    It is η / √(memory of squared gradients) for the adaptive rules, η for the others and at first.
    """
    eta = float(model.optimizer.learning_rate)
    names = [layer.name for layer in model.layers if layer.weights]
    rates = {name: np.log10(own_rates(model, p, name)) for name in names}
    low = min(float(r.min()) for r in rates.values())
    high = max(float(r.max()) for r in rates.values())
    low, high = float(np.floor(low)), float(np.ceil(high + 1e-6))
    layers = [
        {"name": name, "counts": np.histogram(r, 30, (low, high))[0].tolist(),
         "note": f"median {10 ** np.median(r):.2g}"}
        for name, r in rates.items()
    ]  # fmt: skip
    title = f"each weight's own learning rate, log₁₀ (η = {eta:g})"
    if p.optimizer not in STATE:
        title = f"{p.optimizer}: every weight has the same rate η = {eta:g}"
    return {"kind": "ridges", "title": title, "x_range": [low, high], "layers": layers}


def own_rates(model: Any, p: Optimizers, layer: str) -> np.ndarray:
    """Return the factor between gradient and step of some weights that have moved, (n,)."""
    eta, t = float(model.optimizer.learning_rate), int(model.optimizer.iterations)
    slot = f"{layer}_kernel_{STATE.get(p.optimizer)}"
    found = [np.asarray(v).ravel() for v in model.optimizer.variables if v.path.endswith(slot)]
    s = found[0][:: 1 + found[0].size // SAMPLED].astype(float) if found and t else np.zeros(1)
    s = s[s > 0]
    if not s.size:
        return np.full(1, eta)
    if p.optimizer == "adam":
        return np.asarray(eta / (np.sqrt(s / (1 - p.beta_2**t)) + p.epsilon))
    return np.asarray(eta / np.sqrt(s + p.epsilon))


VIEWS = (
    View("paths", "Paths down a valley", paths),
    View("descent", "Height in the valley", descent),
    View("memory", "Learning rate of each weight", memory),
)
