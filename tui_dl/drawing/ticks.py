"""Round numbers for the axes of drawings, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

STEPS = {1: 0.0, 2: 0.0, 5: 0.0, 2.5: 0.03, 4: 0.06, 3: 0.08, 1.5: 0.08, 6: 0.1, 8: 0.1}
"""Mantissas of steps between labels, and the share of an axis that is left empty for a rounder one.
"""
UNEVEN = 0.06  # the same, for labels at equal distances


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return about ``count`` round numbers (1, 2, 5 times a power of ten) between the limits."""
    power = 10.0 ** np.ceil(np.log10(high - low))
    for step in (power * m / d for d in (1, 10, 100) for m in (1, 0.5, 0.2)):
        first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
        if last - first + 1 >= max(2, round(count * 0.7)):
            break
    return [float(k * step) for k in range(first, last + 1)]


def enclosing(low: float, high: float, rows: int) -> list[float]:
    """Return evenly spaced round numbers around both limits, for an axis of that many rows.

    The first and the last are as close to the limits as round numbers allow; there are as many as
    that permits, at most one in two rows, if possible at equal distances in rows.
    """
    if rows < 4:
        unit = 10.0 ** math.floor(math.log10(high - low) - 0.5)
        return [math.floor(low / unit + 1e-9) * unit, math.ceil(high / unit - 1e-9) * unit]
    found: list[tuple[float, list[float]]] = []
    for count in range(2, min(8, rows // 2) + 1):
        uneven = UNEVEN * ((rows - 1) % count > 0)
        power = 10.0 ** math.floor(math.log10((high - low) / count))
        for mantissa, odd in (*STEPS.items(), (10, 0.0), (20, 0.0)):
            step = power * mantissa
            first = math.floor(low / step + 1e-9)
            if (first + count) * step >= high - 1e-9 * step:
                places = [float((first + k) * step) for k in range(count + 1)]
                empty = (count * step - (high - low)) / (high - low)
                found.append((empty + odd + uneven, places))
    return min(found, key=lambda each: (round(each[0], 6), -len(each[1])))[1]


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


def log_enclosing(low: float, high: float, rows: int) -> list[float]:
    """Return the logarithms of round numbers, the ends of two digits, around both limits."""
    most = min(8, max(1, rows // 2))
    first, last = _outward(low, math.floor), _outward(high, math.ceil)
    gap = 0.7 * (last - first) / most
    between = log_ticks(first, last, most) if most > 1 else []
    between = [p for p in between if first + gap <= p <= last - gap]
    if most > 1 and not between:
        between = [_outward((first + last) / 2, round)]
    return [first, *between, last]


def _outward(exponent: float, rounded: Callable[[float], int]) -> float:
    """The logarithm of a number of two digits."""
    whole = math.floor(exponent)
    nearest = round(10.0 ** (exponent - whole + 1), 6)
    return whole - 1 + math.log10(rounded(nearest))


def alike(places: Sequence[float]) -> list[str]:
    """Format round numbers with the same number of decimals, as few as show all their digits."""
    if len(places) == 1:
        return [f"{places[0]:.4g}"]
    room = max(map(abs, places)) or 1.0
    for decimals in range(6):
        exact = all(abs(round(p, decimals) - p) <= 1e-9 * room for p in places)
        if exact and room < 1e6:
            return [f"{p:,.{decimals}f}" for p in places]
    return [f"{p:.3g}" for p in places]
