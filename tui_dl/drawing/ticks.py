"""Round numbers for the axes of drawings, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return about ``count`` round numbers (1, 2, 5 times a power of ten) between the limits."""
    power = 10.0 ** np.ceil(np.log10(high - low))
    for step in (power * m / d for d in (1, 10, 100) for m in (1, 0.5, 0.2)):
        first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
        if last - first + 1 >= max(2, round(count * 0.7)):
            break
    return [float(k * step) for k in range(first, last + 1)]


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Return the logarithms of about ``count`` round numbers.

    They are whole decades, or 1-2-5 steps, or, in a narrow range, plain ticks.
    """
    decades = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    for mantissas in ((1, 2, 5), (1,)):
        places = [k + float(np.log10(m)) for k in decades for m in mantissas]
        places = [p for p in places if low <= p <= high]
        if 2 <= len(places) <= 2 * count:
            return places
    if len(places) > count:
        return places[:: -(-len(places) // count)]
    return [float(np.log10(v)) for v in ticks(10**low, 10**high, count) if v > 0]


def thinned(places: list[float], most: int) -> list[float]:
    """Keep every second position, or fewer, if there are more than fit; prefer rounder numbers."""
    if len(places) <= most:
        return places
    step, keep = places[1] - places[0], -(-len(places) // most)
    rounder = [p for p in places if round(p / step) % keep == 0]
    return rounder if len(rounder) > 1 else places[::keep]


def alike(places: Sequence[float]) -> list[str]:
    """Format round numbers with the same number of decimals."""
    if len(places) == 1:
        return [f"{places[0]:.4g}"]
    steps = [b - a for a, b in pairwise(places)]
    decimals = max(0, -math.floor(math.log10(min(steps)) + 1e-9))
    plain = decimals <= 5 and max(map(abs, places)) < 1e6
    return [f"{p:.{decimals}f}" if plain else f"{p:.3g}" for p in places]
