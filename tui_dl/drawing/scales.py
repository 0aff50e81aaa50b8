"""Colors by the meaning of numbers. A payload says what its numbers are, never a color.

- `sequential`: quantities from 0 up; 0 has the color of the background.
- `gray`: images of one channel; 0 has the color of the background.
- `diverging`: signed quantities, symmetric about 0, which has the color of the background.
- `classes`: the probability of the second of two classes; each end has the hue of its class, faint
  enough for points of that class to stand out, and 0.5 has the color of the background.
- `categorical`: numbers of classes and series, in hues that people with color-vision deficiency
  tell apart; regions have them faint, as for `classes`.

A place without a value has none of these colors: it is hatched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rich.color import Color

from tui_dl.drawing.palette import Palette

Meaning = Literal["sequential", "gray", "diverging", "classes", "categorical"]
Rgb = tuple[int, int, int]

LEVELS = 23  # of a scale: odd, so that zero is one of them; more could not be told apart
LOST = -1  # the level of what is no number
SHADES = " ░▒▓█"  # of a scale without colors
NEGATIVE, POSITIVE = " .:-=", " ░▒▓█"  # the same on either side of zero
HATCH = "╱"

_GROUND = {True: (18, 18, 18), False: (255, 255, 255)}
_BRIGHT = {True: (255, 196, 77), False: (148, 66, 0)}
_WHITE = {True: (245, 245, 245), False: (20, 20, 20)}
_LOW = {True: (64, 156, 255), False: (0, 84, 178)}
_HIGH = {True: (255, 150, 50), False: (190, 78, 0)}
# Okabe and Ito, "Color Universal Design" (2008); in a light theme darker, to stand out from white.
_CATEGORIES = {
    True: (
        (86, 180, 233), (230, 159, 0), (0, 190, 140), (240, 228, 66), (213, 114, 50),
        (204, 140, 180), (130, 150, 255), (200, 200, 200), (150, 110, 60), (120, 220, 220),
    ),
    False: (
        (0, 114, 178), (190, 100, 0), (0, 130, 95), (140, 125, 0), (190, 60, 0),
        (160, 70, 120), (60, 60, 190), (90, 90, 90), (110, 70, 20), (0, 120, 130),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """What numbers mean, and the values at both ends."""

    meaning: Meaning
    low: float
    high: float

    @classmethod
    def of(
        cls,
        values: NDArray[np.float64],
        meaning: Meaning | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> Scale:
        """The scale of these values; ends that are not given come from them.

        Without a `meaning`, values on both sides of zero make a diverging scale.
        """
        good = values[np.isfinite(values)]
        least, most = (float(good.min()), float(good.max())) if good.size else (0.0, 1.0)
        if meaning is None:
            ends = (least if low is None else low), (most if high is None else high)
            meaning = "diverging" if ends[0] < 0 < ends[1] else "sequential"
        if meaning == "classes":
            return cls(meaning, 0.0, 1.0)
        if meaning == "categorical":
            return cls(meaning, 0.0, LEVELS - 1.0)
        if meaning == "diverging":
            reach = max(abs(least if low is None else low), abs(most if high is None else high))
            return cls(meaning, -(reach or 1.0), reach or 1.0)
        low = min(0.0, least) if low is None else low
        high = most if high is None else high
        return cls(meaning, low, high if high > low else low + 1.0)

    def levels(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """Each value as a level from 0 to LEVELS - 1; LOST for what is no number."""
        share = (np.nan_to_num(values) - self.low) / (self.high - self.low)
        placed = np.round(np.clip(share, 0, 1) * (LEVELS - 1)).astype(np.int64)
        return np.where(np.isfinite(values), placed, LOST)

    def color(self, level: int, palette: Palette) -> Rgb:
        """The color of a level."""
        return _color(self.meaning, level, palette.dark)

    def character(self, level: int) -> str:
        """The shade of a level, where there are no colors."""
        if level == LOST:
            return HATCH
        if self.meaning == "categorical":
            return SHADES[level % len(SHADES)]
        share = level / (LEVELS - 1)
        if self.meaning in ("sequential", "gray"):
            return SHADES[round(share * (len(SHADES) - 1))]
        signed = 2 * share - 1
        marks = POSITIVE if signed > 0 else NEGATIVE
        return marks[round(abs(signed) * (len(marks) - 1))]


@lru_cache(maxsize=512)
def _color(meaning: Meaning, level: int, dark: bool) -> Rgb:
    ground = _GROUND[dark]
    if level == LOST:
        return blend(ground, _WHITE[dark], 0.25)
    if meaning == "categorical":
        hues = _CATEGORIES[dark]
        return blend(ground, hues[level % len(hues)], 0.4)
    share = level / (LEVELS - 1)
    if meaning == "gray":
        return blend(ground, _WHITE[dark], share)
    if meaning == "sequential":
        return blend(ground, _BRIGHT[dark], share**0.85)
    signed = 2 * share - 1
    if meaning == "classes":
        return blend(ground, _CATEGORIES[dark][signed > 0], 0.4 * abs(signed))
    return blend(ground, (_HIGH if signed > 0 else _LOW)[dark], abs(signed) ** 0.85)


def blend(ground: Rgb, end: Rgb, share: float) -> Rgb:
    """Return the color at that share of the way from one to another."""
    red, green, blue = (round(g + (e - g) * share) for g, e in zip(ground, end, strict=True))
    return red, green, blue


def category(index: int, palette: Palette) -> Rgb:
    """The hue of a class or series."""
    hues = _CATEGORIES[palette.dark]
    return hues[index % len(hues)]


def rgb(name: str, palette: Palette) -> Rgb:
    """The red, green and blue of a color in Rich's notation."""
    if name == "default":
        return _WHITE[palette.dark]
    return tuple(Color.parse(name).get_truecolor())  # type: ignore[return-value]


def ink_on(back: Rgb) -> Rgb:
    """Black or white, whichever reads better on a color."""
    red, green, blue = back
    return (16, 16, 16) if 0.299 * red + 0.587 * green + 0.114 * blue > 128 else (250, 250, 250)


def scale_of(given: Mapping[str, Any], values: Any) -> Scale:
    """Return the scale that a payload declares: ``scale``, ``low`` and ``high``."""
    return Scale.of(values, given.get("scale"), given.get("low"), given.get("high"))
