"""Styles as terminal attributes, and the shortest control codes from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color, ColorSystem, blend_rgb
from rich.style import Style

_LOOKS = 1 << 14  # cached; a raster with two colors per cell has thousands
_STYLES = 1 << 12  # cached; a style may belong to a single line of text
_ON = {
    "bold": "1", "dim": "2", "italic": "3", "underline": "4", "blink": "5", "blink2": "6",
    "reverse": "7", "conceal": "8", "strike": "9", "underline2": "21", "frame": "51",
    "encircle": "52", "overline": "53",
}  # fmt: skip
_OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28",
    "9": "29", "21": "24", "51": "54", "52": "54", "53": "55",
}  # fmt: skip
_SEEN_ON_BLANKS = frozenset({"4", "5", "6", "7", "9", "21", "51", "52", "53"})


@dataclass(frozen=True, eq=False)
class Ink:
    """The look of a cell. Equal looks are one object, so `is` compares them."""

    attributes: frozenset[str]  # SGR codes that are on
    foreground: str
    background: str


@lru_cache(maxsize=_LOOKS)
def _ink(attributes: frozenset[str], foreground: str, background: str) -> Ink:
    return Ink(attributes, foreground, background)


PLAIN = _ink(frozenset(), "39", "49")


@lru_cache(maxsize=_STYLES)
def ink(style: Style | None, colors: ColorSystem) -> Ink:
    """Return the look of a style on a terminal with this color system."""
    if not style:
        return PLAIN
    attributes = frozenset(code for name, code in _ON.items() if getattr(style, name))
    front, back = style.color, style.bgcolor
    foreground = ";".join(front.downgrade(colors).get_ansi_codes()) if front else "39"
    background = ";".join(back.downgrade(colors).get_ansi_codes(False)) if back else "49"
    return _ink(attributes, foreground, background)


@lru_cache(maxsize=_LOOKS)
def on_blanks(look: Ink) -> Ink:
    """Return what shows of a look on a blank: its foreground only with a visible attribute."""
    seen = look.attributes & _SEEN_ON_BLANKS
    return _ink(seen, look.foreground if seen else "", look.background)


@lru_cache(maxsize=_STYLES)
def mixed(style: Style | None, colors: ColorSystem) -> Ink | None:
    """Return the look of a blank in the mean of a style's two colors; None if it has not both."""
    front, back = (style.color, style.bgcolor) if style else (None, None)
    if not (front and back and front.triplet and back.triplet):
        return None
    mean = Color.from_triplet(blend_rgb(front.triplet, back.triplet))
    return ink(Style(bgcolor=mean), colors)


@lru_cache(maxsize=_LOOKS)
def codes(pen: Ink | None, wanted: Ink) -> tuple[str, Ink]:
    """Return the sequence that changes the pen to the wanted look, and the pen after it.

    None is an unknown pen. A wanted look without a foreground leaves the pen's as it is.
    """
    if pen is None:
        text, after = codes(PLAIN, wanted)
        return "\x1b[0m" + text, after
    foreground = wanted.foreground or pen.foreground
    after = _ink(_attributes(pen, wanted), foreground, wanted.background)
    return _colors(pen, after), after


def _attributes(pen: Ink, wanted: Ink) -> frozenset[str]:
    """Return the attributes to set: on a blank, those that do not show may stay."""
    stays = frozenset() if wanted.foreground else pen.attributes - _SEEN_ON_BLANKS
    return wanted.attributes | stays


def _colors(pen: Ink, after: Ink) -> str:
    off = {_OFF[code] for code in pen.attributes - after.attributes}
    on = {c for c in after.attributes if c not in pen.attributes or _OFF[c] in off}
    parts = [*sorted(off), *sorted(on)]
    parts += [after.foreground] * (after.foreground != pen.foreground)
    parts += [after.background] * (after.background != pen.background)
    return f"\x1b[{';'.join(parts)}m" if parts else ""
