"""Chart series and number formatting, without NumPy, which the first screen does not load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_dl.drawing.points import Floats


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: Its name in the legend, such as ``"train"`` or ``"run 7"``.
        xs: Positions, shape (n,), usually epochs or steps.
        ys: Values, shape (n,); may hold NaN and infinities.
        marker: The character that tells it apart without color; ``""`` uses the style's default.
        style: Its role: ``"train"``, ``"validation"``, ``"overlay"``, ``"points"``, ``"path"``, or
            ``"steps"`` for many values below their means.
    """

    name: str
    xs: Sequence[float] | Floats
    ys: Sequence[float] | Floats
    marker: str = ""
    style: str = "train"


def short(value: float) -> str:
    """Format a whole number in full, any other with three significant digits."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e6
    if whole:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 1e3 else number(value).strip()


def number(value: float, width: int = 9) -> str:
    """Format ``value`` with 4 significant digits, flush right in ``width`` characters.

    The fixed width keeps numbers from jumping; digits are dropped before it is exceeded. Nine
    characters hold any float with at least two digits.
    """
    if 1e4 <= abs(value) < 1e6:
        return f"{float(f'{value:.4g}'):.0f}".rjust(width)
    text = _short(f"{value:#.4g}")
    for digits in (3, 2, 1, 0):
        if len(text) <= width:
            break
        text = _short(f"{value:.{digits}e}")
    return text.rjust(width)


def _short(text: str) -> str:
    """Shorten ``1.000e-05`` to ``1.000e-5`` and ``1.000e+12`` to ``1.000e12``."""
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if exponent else text.removesuffix(".")
