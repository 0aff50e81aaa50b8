"""A vertical line on a chart, and the value of each curve there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.style import Style
from rich.text import Text

from tui_dl.drawing.axes import Limits
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series

LINE = "│"


def value_at(series: Series, x: float) -> float | None:
    """Return a curve's last value at or before a position; None before its first."""
    place = bisect_right(series.xs, x + 1e-9)
    return float(series.ys[place - 1]) if place else None


def with_marks(chart: Text, cursor: int | None, marks: Mapping[int, str], palette: Palette) -> Text:
    """Return a chart with a line at the cursor's column, and marks on its x axis by column.

    The line lies behind the curves.
    """
    lines = list(chart.split("\n"))
    axis = next((i for i, line in enumerate(lines) if "└" in line.plain), len(lines))
    for i, line in enumerate(lines[:axis]):
        if cursor is not None and line.plain[cursor : cursor + 1] in (" ", ""):
            lines[i] = _replaced(line, cursor, LINE, Style(color=palette.text))
    for column, mark in sorted(marks.items()):
        if axis < len(lines):
            lines[axis] = _replaced(lines[axis], column, mark, Style(color=palette.text, bold=True))
    marked = Text("\n", no_wrap=True, end="").join(lines)
    marked.style = chart.style
    return marked


def _replaced(line: Text, column: int, character: str, style: Style) -> Text:
    padded = line.copy()
    padded.append(" " * (column + 1 - len(padded.plain)))
    before, _, after = padded.divide([column, column + 1])
    return Text.assemble(before, (character, style), after)


def zoomed(limits: Limits, whole: Limits, about: float, factor: float) -> Limits | None:
    """Return limits `factor` times as wide about a position; None for the whole."""
    width = (limits[1] - limits[0]) * factor
    if width >= whole[1] - whole[0]:
        return None
    low = about - (about - limits[0]) * factor
    low = min(max(low, whole[0]), whole[1] - width)
    return low, low + width


def clipped(series: Sequence[Series], window: Limits | None) -> list[Series]:
    """Return the parts of curves within a window."""
    if window is None:
        return list(series)
    parts = []
    for one in series:
        begin = bisect_left(one.xs, window[0])
        end = bisect_right(one.xs, window[1])
        parts.append(replace(one, xs=one.xs[begin:end], ys=one.ys[begin:end]))
    return parts
