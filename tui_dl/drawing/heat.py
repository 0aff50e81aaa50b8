"""Numbers as colours: heat maps and matrices, with shades where there is no colour."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_dl.drawing.palette import Palette
from tui_dl.drawing.points import Floats
from tui_dl.drawing.series import number

Payload = Mapping[str, Any]

LEVELS = 33
SHADES = " ░▒▓█"
POINTS = "ox+*#@%&=$"
_BLUE, _ORANGE = (46, 134, 222), (245, 140, 30)
_MIDDLE = {True: (52, 52, 56), False: (226, 226, 226)}
_LOST = -1
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@lru_cache(maxsize=256)
def colour(level: int, dark: bool) -> Color:
    """Return a colour from blue over grey to orange, for a level from 0 to ``LEVELS - 1``.

    Colour-blind readers can tell blue and orange apart. The grey of the middle is near the
    background, so that values far from the middle stand out.
    """
    if level == _LOST:
        return Color.from_rgb(200, 60, 90)
    place = 2 * level / (LEVELS - 1) - 1
    end = _ORANGE if place > 0 else _BLUE
    mixed = (m + (e - m) * abs(place) for m, e in zip(_MIDDLE[dark], end, strict=True))
    return Color.from_rgb(*(round(c) for c in mixed))


@lru_cache(maxsize=4096)
def _style(front: int, back: int, dark: bool) -> Style:
    return Style(color=colour(front, dark), bgcolor=colour(back, dark))


@lru_cache(maxsize=256)
def _ink(level: int, dark: bool) -> Style:
    """Return black or white on that level's colour, whichever reads better."""
    back = colour(level, dark)
    red, green, blue = back.get_truecolor()
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 128
    return Style(color="#101010" if light else "#ffffff", bgcolor=back, bold=True)


def levels(values: Floats, low: float | None, high: float | None) -> tuple[Any, float, float]:
    """Return values as levels from 0 to ``LEVELS - 1`` (-1 for NaN), with the limits used.

    Limits that are not given come from the data; if both signs occur, they are symmetric about 0.
    """
    good = values[np.isfinite(values)]
    least, most = (float(good.min()), float(good.max())) if good.size else (0.0, 1.0)
    if least < 0 < most:
        least, most = -max(-least, most), max(-least, most)
    low, high = least if low is None else float(low), most if high is None else float(high)
    scaled = (np.nan_to_num(values) - low) / (high - low if high > low else 1.0)
    placed = np.round(np.clip(scaled, 0, 1) * (LEVELS - 1)).astype(int)
    return np.where(np.isfinite(values), placed, _LOST), low, high


def draw_heatmap(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw two values per character cell, points over them, and the ranges and a scale below.

    With a ``y_range``, row 0 of ``values`` is at the bottom, at ``y_range[0]``; without one it is
    at the top, as in an image, and cells stay square.
    """
    values = np.atleast_2d(np.asarray(payload["values"], dtype=float))
    placed, low, high = levels(values, payload.get("low"), payload.get("high"))
    ranged = payload.get("y_range") or payload.get("x_range")
    below = ["x_range", "y_range", "x_label", "y_label"]
    rows = max(1, height - 1 - any(payload.get(name) for name in below))
    gutter = 1 + max(len(_short(y)) for y in payload["y_range"]) if payload.get("y_range") else 0
    pixels = _fitted(placed, width - gutter, 2 * rows, square=not ranged)
    pixels = pixels[::-1] if payload.get("y_range") else pixels
    lines = _cells(pixels, palette)
    _overlay(lines, pixels, payload, palette)
    text = Text("\n").join(_with_y_range(lines, payload.get("y_range"), gutter, palette))
    if any(payload.get(name) for name in below):
        text.append("\n").append(_x_axis(payload, gutter, len(pixels[0]), palette))
    names = payload.get("levels")
    return text.append("\n").append(_scale(low, high, names, width, palette))


def _fitted(placed: Any, columns: int, rows: int, square: bool) -> Any:
    """Return the nearest value for each pixel that fits, with an even number of rows."""
    height, width = placed.shape
    if square:
        scale = min(columns / width, rows / height)
        scale = float(int(scale)) if scale >= 1 else scale
        columns, rows = max(1, int(width * scale)), max(1, int(height * scale))
    down = ((np.arange(rows) + 0.5) * height / rows).astype(int)
    across = ((np.arange(columns) + 0.5) * width / columns).astype(int)
    fitted = placed[down][:, across]
    return fitted if rows % 2 == 0 else np.concatenate([fitted, fitted[-1:]])


def _cells(pixels: Any, palette: Palette) -> list[Text]:
    return [_cell_row(pixels[i], pixels[i + 1], palette) for i in range(0, len(pixels), 2)]


def _cell_row(upper: Any, lower: Any, palette: Palette) -> Text:
    if not palette.colour:
        mean = (np.maximum(upper, 0) + np.maximum(lower, 0)) / 2 / (LEVELS - 1)
        return Text("".join(SHADES[round(m * (len(SHADES) - 1))] for m in mean.tolist()))
    text = Text()
    for (front, back), run in groupby(zip(upper.tolist(), lower.tolist(), strict=True)):
        text.append("▀" * len(list(run)), _style(front, back, palette.dark))
    return text


def _overlay(lines: list[Text], pixels: Any, payload: Payload, palette: Palette) -> None:
    """Write the data's points over the cells, one character per label."""
    (left, right), (bottom, top) = (
        payload.get("x_range") or (0, 1),
        payload.get("y_range") or (0, 1),
    )
    columns, rows = len(pixels[0]), len(lines)
    marks: dict[int, dict[int, str]] = {}
    for x, y, label in payload.get("points") or ():
        column = int((x - left) / (right - left) * columns)
        row = int((top - y) / (top - bottom) * rows)
        if 0 <= column < columns and 0 <= row < rows:
            marks.setdefault(row, {})[column] = POINTS[int(label) % len(POINTS)]
    for row, of_row in marks.items():
        lines[row] = _marked(lines[row], pixels[2 * row], of_row, palette)


def _marked(line: Text, levels: Any, marks: dict[int, str], palette: Palette) -> Text:
    text = Text()
    for column, cell in enumerate(line.divide(range(1, len(line)))):
        mark = marks.get(column)
        ink = _ink(int(levels[column]), palette.dark) if palette.colour else "reverse"
        text.append(mark, ink) if mark else text.append_text(cell)
    return text


def _with_y_range(
    lines: list[Text], limits: Sequence[float] | None, gutter: int, palette: Palette
) -> list[Text]:
    if not limits:
        return lines
    labels = {len(lines) - 1: _short(limits[0]), 0: _short(limits[1])}
    return [
        Text(labels.get(i, "").rjust(gutter - 1) + " ", style=palette.text).append_text(line)
        for i, line in enumerate(lines)
    ]


def _x_axis(payload: Payload, gutter: int, columns: int, palette: Palette) -> Text:
    """Return the x limits at both ends and the axis names between them."""
    ends = [_short(x) for x in payload.get("x_range") or ()] or ["", ""]
    names = [("x_label", "→"), ("y_label", "↑")]
    label = "  ".join(f"{payload[key]} {arrow}" for key, arrow in names if payload.get(key))
    room = max(0, columns - len(ends[0]) - len(ends[1]))
    text = " " * gutter + ends[0] + shortened(label, room - 2).center(room) + ends[1]
    return Text(text[: gutter + columns], palette.text)


def shortened(text: str, room: int) -> str:
    """Return the text, cut to the room with an ellipsis if it is too long."""
    return text if len(text) <= room else text[: max(0, room - 1)].rstrip() + "…" * (room > 0)


def _scale(
    low: float, high: float, names: Sequence[str] | None, width: int, palette: Palette
) -> Text:
    """Return the colour scale: the limits at both ends of the colours, or a name for each level."""
    if names:
        places = np.linspace(0, LEVELS - 1, len(names)).round().astype(int).tolist()
        parts = [_swatch([p], palette).append(f" {n}") for p, n in zip(places, names, strict=True)]
        text = Text("  ").join(parts)
    else:
        count = max(3, min(21, width - 22))
        middle = np.linspace(0, LEVELS - 1, count).round().astype(int).tolist()
        text = Text(f"{_short(low)} ").append_text(_swatch(middle, palette))
        text.append(f" {_short(high)}")
    text.truncate(width, overflow="ellipsis")
    return text


def _swatch(places: Sequence[int], palette: Palette) -> Text:
    text = Text()
    for place in places:
        shade = SHADES[round(place / (LEVELS - 1) * (len(SHADES) - 1))]
        text.append("█" if palette.colour else shade, _paint(place, palette))
    return text


def _paint(level: int, palette: Palette) -> Style:
    return Style(color=colour(level, palette.dark)) if palette.colour else Style()


def draw_matrix(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw a small matrix, such as a confusion matrix: its numbers on the colours of a heat map."""
    values = np.atleast_2d(np.asarray(payload["values"], dtype=float))
    placed, _, _ = levels(values, payload.get("low"), payload.get("high"))
    power, cells = _numbers(values)
    heads = [str(h) for h in payload.get("column_labels") or []]
    sides = [str(s) for s in payload.get("row_labels") or []] or [""] * len(cells)
    column = 1 + max(len(c) for c in [*heads, *(c for row in cells for c in row)])
    side = max(map(len, sides))
    lines = [Text(" " * side + "".join(h.rjust(column) for h in heads), palette.text)] * bool(heads)
    for name, row, level in zip(sides, cells, placed.tolist(), strict=True):
        line = Text(name.rjust(side), palette.text)
        for cell, place in zip(row, level, strict=True):
            line.append(cell.rjust(column), _ink(place, palette.dark) if palette.colour else "")
        lines.append(line)
    if power:
        lines.append(Text(f"all × 10{str(power).translate(SUPERSCRIPTS)}", palette.muted))
    return fitted_lines(lines, width, height)


def _numbers(values: Floats) -> tuple[int, list[list[str]]]:
    """Format numbers for comparison; very small or large ones share a power of ten."""
    most = float(np.abs(values).max(initial=0))
    if not np.isfinite(most) or 0.1 <= most < 1e4 or most == 0:
        return 0, [[_short(v) for v in row] for row in values.tolist()]
    power = math.floor(math.log10(most))
    return power, [[f"{v:.2f}" for v in row] for row in (values / 10.0**power).tolist()]


def _short(value: float) -> str:
    """Format whole numbers as they are, others with three or a few more digits."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e6
    return (
        f"{value:.0f}" if whole else f"{value:.3g}" if abs(value) < 1e3 else number(value).strip()
    )


def fitted_lines(lines: Sequence[Text], width: int, height: int) -> Text:
    """Cut lines to the width; if there are too many, the last one says how many are left out."""
    shown = list(lines)
    if len(shown) > height:
        left = len(shown) - height + 1
        shown = [*shown[: height - 1], Text(f"… {left} more")]
    for line in shown:
        line.truncate(width, overflow="ellipsis")
    return Text("\n", no_wrap=True).join(shown)
