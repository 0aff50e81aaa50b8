"""Ten kinds of colored shape on a colored ground, drawn at random: a stand-in for photographs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tui_dl.lesson import Dataset, Split

Plane = Any  # an array of coordinates or of distances, (n, 32, 32)
SIDE = 32
TRAINING, VALIDATION = 5000, 1000
SAMPLES = TRAINING + VALIDATION
NAME = "colored shapes (generated)"
NOISE = 0.08  # standard deviation of each pixel and color


def _triangle(u: Plane, v: Plane) -> Plane:
    return np.maximum(np.abs(u) * 1.73 - v - 1, v - 0.7)


def _bars(u: Plane) -> Plane:
    return np.cos(3 * np.pi * u)


# A shape covers the points with values below 0. u runs right, v down; 1 is half its width.
_SHAPES: dict[str, Callable[[Plane, Plane], Plane]] = {
    "disc": lambda u, v: np.hypot(u, v) - 1,
    "ring": lambda u, v: np.abs(np.hypot(u, v) - 0.8) - 0.25,
    "square": lambda u, v: np.maximum(np.abs(u), np.abs(v)) - 0.9,
    "frame": lambda u, v: np.abs(np.maximum(np.abs(u), np.abs(v)) - 0.75) - 0.2,
    "triangle": _triangle,
    "plus": lambda u, v: np.maximum(
        np.maximum(abs(u), abs(v)) - 1, np.minimum(abs(u), abs(v)) - 0.3
    ),
    "cross": lambda u, v: np.maximum(
        np.hypot(u, v) - 1.2, np.minimum(abs(u + v), abs(u - v)) - 0.4
    ),
    "upright bars": lambda u, v: np.maximum(np.maximum(abs(u), abs(v)) - 1, _bars(u)),
    "level bars": lambda u, v: np.maximum(np.maximum(abs(u), abs(v)) - 1, _bars(v)),
    "chequers": lambda u, v: np.maximum(np.maximum(abs(u), abs(v)) - 1, _bars(u) * _bars(v)),
}
CLASSES = tuple(_SHAPES)


def load(rng: np.random.Generator, training: int = TRAINING, note: str = "") -> Dataset:
    """Return `training` (at most 5000) images (N, 32, 32, 3) float32 in [0, 1], `y` (N,) int32.

    A fifth of that number is drawn for validation. Position, size, both colors and the noise are
    random and independent of the class: only the form determines it.
    """
    n = min(training, TRAINING)
    x, y = _draw(rng, n + max(1, n // 5))
    return Dataset(NAME, x[:n], y[:n], Split(x[n:], y[n:]), CLASSES, note)


def _draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    y = rng.integers(0, len(CLASSES), n).astype("int32")
    inside = _inside(rng, y)[..., None]
    ground, color = _two_colors(rng, n)
    x = np.where(inside, color[:, None, None], ground[:, None, None])
    x = x + NOISE * rng.standard_normal(x.shape, "float32")
    return np.clip(x, 0, 1), y


def _inside(rng: np.random.Generator, y: np.ndarray) -> np.ndarray:
    """Return a mask (N, 32, 32) of the pixels inside the shape, of random size and position."""
    half = rng.uniform(7, 12, (len(y), 1, 1)).astype("float32")
    center = rng.uniform(half + 1, SIDE - 2 - half, (2, len(y), 1, 1)).astype("float32")
    rows, columns = np.mgrid[:SIDE, :SIDE].astype("float32")
    u, v = (columns - center[0]) / half, (rows - center[1]) / half
    inside = np.zeros(u.shape, bool)
    for k, shape in enumerate(_SHAPES.values()):
        inside[y == k] = shape(u[y == k], v[y == k]) < 0
    return inside


def _two_colors(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return colors of ground and shape (N, 3), far apart in at least one color channel."""
    ground = rng.uniform(0, 1, (n, 3)).astype("float32")
    color = rng.uniform(0, 1, (n, 3)).astype("float32")
    row, channel = np.arange(n), rng.integers(0, 3, n)
    color[row, channel] = (ground[row, channel] + 0.5) % 1
    return ground, color
