"""What a chart draws, and how a number is written. Without NumPy, which the first screen lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_dl.drawing.points import Floats


@dataclass(frozen=True)
class Series:
    """One curve.

    Attributes:
        name: What the legend calls it, such as ``"train"`` or ``"run 7"``.
        xs: Positions, shape (n,), usually epochs or steps.
        ys: Values, shape (n,); may hold NaN and infinities.
        marker: The character that tells it apart without colour; ``""`` takes the style's own.
        style: Its role: ``"train"``, ``"validation"``, ``"overlay"``, ``"points"`` or ``"path"``.
    """

    name: str
    xs: Sequence[float] | Floats
    ys: Sequence[float] | Floats
    marker: str = ""
    style: str = "train"


def number(value: float, width: int = 9) -> str:
    """``value`` to 4 significant digits, flush right in ``width`` characters so nothing jumps.

    Digits are given up before the width is; 9 characters hold any float with at least two.
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
    """``1.000e-05`` as ``1.000e-5``, ``1.000e+12`` as ``1.000e12``."""
    mantissa, exponent, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if exponent else text.removesuffix(".")
