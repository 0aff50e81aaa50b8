"""Lines of equal height through a table of values, by marching squares."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]


def contour_segments(
    values: NDArray[np.float64], level: float, x: tuple[float, float], y: tuple[float, float]
) -> Iterator[tuple[Place, Place]]:
    """Yield the ends of the straight pieces of one contour.

    Args:
        values: Heights, shape (rows, columns), at the corners of a regular grid; row 0 lies at
            ``y[0]``, column 0 at ``x[0]``.
        level: The height of the contour.
        x: The positions of the first and the last column.
        y: The positions of the first and the last row.
    """
    rows, columns = values.shape
    xs, ys = np.linspace(*x, columns), np.linspace(*y, rows)
    above = values >= level
    mixed = above[:-1, :-1].astype(int) + above[1:, :-1] + above[:-1, 1:] + above[1:, 1:]
    for row, column in zip(*np.nonzero((mixed > 0) & (mixed < 4)), strict=True):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        crossings = [
            _crossing(values, level, xs, ys, one, other)
            for one, other in zip(corners, [*corners[1:], corners[0]], strict=True)
            if above[one] != above[other]
        ]
        yield from zip(crossings[::2], crossings[1::2], strict=True)


def _crossing(
    values: NDArray[np.float64],
    level: float,
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    one: tuple[int, int],
    other: tuple[int, int],
) -> Place:
    """Return where the contour crosses the edge between two corners."""
    start, end = float(values[one]), float(values[other])
    share = (level - start) / (end - start)
    (r0, c0), (r1, c1) = one, other
    return float(xs[c0] + (xs[c1] - xs[c0]) * share), float(ys[r0] + (ys[r1] - ys[r0]) * share)
