"""The numerical steps before a curve is drawn."""

from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LARGEST = 1e300
"""Values beyond this count as infinite, because the span of an axis must itself stay finite."""


def finite(xs: ArrayLike, ys: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Drop points that cannot be drawn.

    Args:
        xs: Positions, shape (n,).
        ys: Values, shape (n,).

    Returns:
        The drawable ``xs`` and ``ys``, and the finite positions whose value was not finite.

    Raises:
        ValueError: If the lengths differ.
    """
    x, y = np.asarray(xs, dtype=float).ravel(), np.asarray(ys, dtype=float).ravel()
    if len(x) != len(y):
        raise ValueError(f"{len(x)} positions for {len(y)} values")
    x_good, y_good = np.abs(x) <= LARGEST, np.abs(y) <= LARGEST  # comparisons with NaN are false
    good = x_good & y_good
    return x[good], y[good], x[x_good & ~y_good]


def decimate(xs: ArrayLike, ys: ArrayLike, columns: int) -> tuple[Floats, Floats]:
    """Keep what a chart of this many columns can show: each column's lowest and highest point.

    Args:
        xs: Finite positions, shape (n,), in any order.
        ys: Finite values, shape (n,).
        columns: Pixel columns, at least 1.

    Returns:
        At most ``2 * columns + 2`` of the points, sorted by position, including the first and the
        last.
    """
    x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    if np.any(x[1:] < x[:-1]):
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    if len(x) <= 2 * columns:
        return x, y
    starts = _column_starts(x, columns)
    keep = np.union1d(_firsts(y, starts, np.minimum), _firsts(y, starts, np.maximum))
    keep = np.union1d(keep, [0, len(x) - 1])
    return x[keep], y[keep]


def _column_starts(x: Floats, columns: int) -> NDArray[np.intp]:
    """Return the index at which each occupied column begins; ``x`` is sorted."""
    span = max(x[-1] - x[0], np.finfo(float).tiny)
    column = np.minimum((x - x[0]) / span * columns, columns - 1).astype(np.intp)
    return np.flatnonzero(np.diff(column, prepend=-1))


def _firsts(y: Floats, starts: NDArray[np.intp], extreme: np.ufunc) -> NDArray[np.intp]:
    """Return the index of each column's first extreme value."""
    counts = np.diff(starts, append=len(y))
    hits = np.flatnonzero(y == np.repeat(extreme.reduceat(y, starts), counts))
    column = np.searchsorted(starts, hits, side="right")
    return hits[np.diff(column, prepend=0) > 0]


def smooth(ys: ArrayLike, alpha: float) -> Floats:
    """Return an exponential moving average, corrected at the start for the missing past.

    ``m_t = alpha m_{t-1} + (1 - alpha) y_t``, divided by ``1 - alpha^t``: the smoothing that
    training dashboards use.

    Args:
        ys: Finite values, shape (n,).
        alpha: Weight of the past, from 0 (off) to below 1.

    Returns:
        The smoothed values, shape (n,).

    Raises:
        ValueError: If ``alpha`` is outside [0, 1).
    """
    if not 0 <= alpha < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, not {alpha}")
    y = np.asarray(ys, dtype=float)
    if alpha == 0 or len(y) == 0:
        return y
    past = accumulate(y.tolist(), lambda m, v: alpha * m + (1 - alpha) * v, initial=0.0)
    weight = 1 - alpha ** np.arange(1, len(y) + 1)
    smoothed: Floats = np.fromiter(past, float, len(y) + 1)[1:] / weight
    return smoothed
