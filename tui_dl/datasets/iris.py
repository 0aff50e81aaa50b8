"""Iris: 150 flowers of three species, four lengths each (Fisher, 1936), from scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_dl.datasets import embedded
from tui_dl.datasets.splitting import split
from tui_dl.lesson import Dataset

if TYPE_CHECKING:
    import numpy as np


def load(rng: np.random.Generator) -> Dataset:
    """Return iris, split 80/20 by `rng`.

    `x` (120, 4) float32 in cm: sepal length and width, petal length and width. `y` (120,) int32.
    """
    lengths, species, classes = embedded.iris()
    x, y = lengths.astype("float32"), species.astype("int32")
    return Dataset("iris", *split(x, y, rng), classes, "embedded in scikit-learn, split 80/20")
