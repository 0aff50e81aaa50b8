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


def paths(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Draw the paths as lines, each up to where it leaves the picture."""
    lines = []
    for name, path in walks(model, p).items():
        inside = (np.abs(path) <= 1.2).all(axis=1)
        end = valley.STEPS + 1 if inside.all() else int(inside.argmin())
        x, y = path[[i for i in SHOWN if i < end]].T.tolist()
        lines.append({"name": name if inside.all() else f"{name} (leaves)", "x": x, "y": y})
    start, low = valley.START, [0.0]
    return {
        "kind": "scatter", "title": "1000 steps down the valley (x² + 25 y²) / 2", "x_label": "x", "y_label": "y",
        "groups": [{"name": "start", "x": [start[0]], "y": [start[1]]}, {"name": "lowest point", "x": low, "y": low}],
        "lines": lines,
    }  # fmt: skip


def descent(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Draw each path's height above the minimum, as a power of ten (from −12 to 3)."""
    series = []
    for name, path in walks(model, p).items():
        heights = np.nan_to_num(valley.height(path[SHOWN].astype(float)), nan=np.inf)
        series.append({"name": name, "x": SHOWN, "y": np.log10(heights.clip(1e-12, 1e3)).tolist()})
    title = "log₁₀ of the height in the valley"
    return {"kind": "lines", "title": title, "x_label": "step", "series": series}


def memory(model: Any, data: Dataset, p: Optimizers) -> dict[str, Any]:
    """Tabulate the optimizer's state for each layer's weights: each slot's root mean square."""
    rows: dict[str, list[Any]] = {
        layer.name: [layer.name] for layer in model.layers if layer.weights
    }
    slots: list[str] = []
    for variable in model.optimizer.variables:
        owner, kernel, slot = variable.path.rpartition("_kernel_")
        for name in rows:
            if kernel and owner.endswith(name):
                rows[name].append(float(f"{np.sqrt(np.mean(np.square(np.asarray(variable)))):.3g}"))
                slots = slots if slot in slots else [*slots, slot]
    title = "root mean square of what is remembered" if slots else "this rule remembers nothing"
    columns = ["weights of", *slots]
    return {"kind": "table", "title": title, "columns": columns, "rows": list(rows.values())}


VIEWS = (
    View("paths", "Paths down a valley", paths),
    View("descent", "Height in the valley", descent),
    View("memory", "The optimizer's memory", memory),
)
