"""Splits samples into those to train on and those to validate with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_dl.lesson import Split

if TYPE_CHECKING:
    import numpy as np


def split(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator, training: float = 0.8
) -> tuple[np.ndarray, np.ndarray, Split]:
    """`x`, `y` and the rest: the samples in random order, a share `training` of them first."""
    order = rng.permutation(len(x))
    first, rest = order[: int(training * len(x))], order[int(training * len(x)) :]
    return x[first], y[first], Split(x[rest], y[rest])
