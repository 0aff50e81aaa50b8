"""CIFAR-10 from its file, or generated shapes in its place."""

from __future__ import annotations

import numpy as np

from tui_dl.datasets import shapes
from tui_dl.export.plain.images import read_images
from tui_dl.lesson import Dataset, Split


def load(rng: np.random.Generator, source: str, training: int = 50_000) -> Dataset:
    """Return `x` (N, 32, 32, 3) float32 in [0, 1], `y` (N,) int32, and N/5 validation images."""
    if source != "cifar10":
        return shapes.load(rng, training, "")
    x, y, held_out = read_images("cifar10.npz")
    n = min(training, len(x))
    m = max(1, min(n // 5, len(held_out.x)))
    return Dataset("CIFAR-10", x[:n], y[:n], Split(held_out.x[:m], held_out.y[:m]))
