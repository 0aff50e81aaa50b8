"""Styles of marks and numbers in a picture, and legends that say what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import LEVELS, Rgb, Scale, ink_on
from tui_dl.drawing.series import short


def styled(ink: Rgb, palette: Palette, *, bold: bool = False) -> Style:
    """Return the style of text in a color; plain where the user asked for no colors."""
    color = Color.from_rgb(*ink) if palette.color else None
    return Style(color=color, bold=bold or None)


def on_scale(scale: Scale, level: int, palette: Palette) -> Style:
    """Return the style of a number on the color of its level."""
    if not palette.color:
        return Style()
    back = scale.color(level, palette)
    return Style(color=Color.from_rgb(*ink_on(back)), bgcolor=Color.from_rgb(*back))


def legend_of(entries: Sequence[tuple[str, str, Rgb]], width: int, palette: Palette) -> Text:
    """Return mark, name and color of each entry, in as many lines as they need, three at most."""
    lines = [Text()]
    for mark, name, ink in entries:
        entry = Text.assemble((mark, styled(ink, palette, bold=True)), f" {name}")
        if lines[-1] and lines[-1].cell_len + 2 + entry.cell_len > width:
            lines.append(Text())
        lines[-1].append("  " if lines[-1] else "").append_text(entry)
    for line in lines[:3]:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines[:3])


def scale_legend(scale: Scale, width: int, palette: Palette, name: str = "") -> Text:
    """Return a name, the ends of a scale, and its colors between them.

    A diverging scale says where zero is.
    """
    count = max(5, min(LEVELS, width - 24 - len(name)))
    text = Text(f"{name}  " if name else "").append(f"{short(scale.low)} ")
    for i in range(count):
        level = round(i * (LEVELS - 1) / (count - 1))
        text.append(*_swatch(scale, level, palette))
        if i == count // 2 and scale.meaning in ("diverging", "classes"):
            text.append(" 0 " if scale.meaning == "diverging" else " ½ ")
    text.append(f" {short(scale.high)}")
    text.truncate(width, overflow="ellipsis")
    return text


def _swatch(scale: Scale, level: int, palette: Palette) -> tuple[str, Style]:
    if not palette.color:
        return scale.character(level), Style()
    return "█", styled(scale.color(level, palette), palette)
