"""Handwritten digits: MNIST from its file, or the 8×8 digits of scikit-learn."""

from __future__ import annotations

import numpy as np

from tui_dl.datasets.splitting import split
from tui_dl.export.plain.images import read_images
from tui_dl.lesson import Dataset

CLASSES = tuple("0123456789")


def load(rng: np.random.Generator, source: str) -> Dataset:
    """Return digits: `x` (samples, height, width) float32 in [0, 1] and `y` (samples,) int32."""
    if source == "mnist":
        return Dataset("MNIST", *read_images("mnist.npz"), CLASSES)
    from sklearn.datasets import load_digits

    digits = load_digits()
    x, y = (digits.images / 16).astype("float32"), digits.target.astype("int32")
    return Dataset("digits", *split(x, y, rng), CLASSES)
