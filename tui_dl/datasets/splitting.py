"""Random splits into training and validation samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_dl.lesson import Split

if TYPE_CHECKING:
    import numpy as np


def split(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator, training: float = 0.8
) -> tuple[np.ndarray, np.ndarray, Split]:
    """Shuffle the samples; return `x` and `y` of the share `training`, and the rest as a Split."""
    order = rng.permutation(len(x))
    first, rest = order[: int(training * len(x))], order[int(training * len(x)) :]
    return x[first], y[first], Split(x[rest], y[rest])
