"""Iris: 150 flowers of three species, four lengths each (Fisher, 1936), from scikit-learn."""

from __future__ import annotations

import numpy as np

from tui_dl.datasets.splitting import split
from tui_dl.lesson import Dataset


def load(rng: np.random.Generator) -> Dataset:
    """Return Iris, split 80/20 by `rng`.

    `x` (120, 4) float32 in cm: sepal length and width, petal length and width. `y` (120,) int32.
    """
    from sklearn.datasets import load_iris

    flowers = load_iris()
    x, y = flowers.data.astype("float32"), flowers.target.astype("int32")
    classes = tuple(str(name) for name in flowers.target_names)
    return Dataset("iris", *split(x, y, rng), classes, "embedded in scikit-learn, split 80/20")
