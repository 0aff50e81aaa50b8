"""The axes of a chart: their limits, their labels, and the column of a position."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from tui_dl.drawing.palette import Palette
from tui_dl.drawing.points import Floats
from tui_dl.drawing.series import number
from tui_dl.drawing.ticks import alike, enclosing, log_enclosing, ticks

Limits = tuple[float, float]

GUTTER = 9
"""Columns for the labels of the y axis: a constant, so that the axis stays in place."""


@dataclass(frozen=True)
class Axis:
    """The limits of an axis and its labels by position.

    On a logarithmic axis, positions are exponents of powers of ten.
    """

    limits: Limits
    labels: dict[float, str]

    def unit(self, values: Floats) -> Floats:
        """Return positions as shares of the axis, from 0 to 1."""
        low, high = self.limits
        return (values - low) / (high - low)


def spread(values: Floats) -> Limits:
    """Return the limits of the values, widened beyond rounding so that there is an axis to draw."""
    low, high = float(values.min()), float(values.max())
    room = max(abs(low), abs(high), 1e-12) * 1e-6
    return (low, high) if high - low > room else (low - room / 2, high + room / 2)


def y_axis(values: Floats, rows: int, *, log: bool) -> Axis:
    """Return an axis around the values that ends at round numbers; a constant has one label."""
    low, high = spread(values)
    least = 1e-5 if log else max(1e-5 * max(abs(low), abs(high)), 1e-15)
    if high - low < least:  # no room for two round numbers
        places = [(low + high) / 2]
    else:
        places = (log_enclosing if log else enclosing)(low, high, rows)
        low, high = places[0], places[-1]
    labels = [f"{10.0**p:.4g}" for p in places] if log else alike(places)
    return Axis((low, high), {p: _fitting(text) for p, text in zip(places, labels, strict=True)})


def _fitting(label: str) -> str:
    """A label of the y axis, flush right in the gutter."""
    width = GUTTER - 2
    short = label if len(label) <= width else number(float(label.replace(",", "")), width)
    return short.rjust(width) + " "


def x_axis(limits: Limits, width: int) -> Axis:
    """Return an axis with labels at both ends and at round numbers between them.

    `width` counts the columns of the whole chart.
    """
    low, high = limits
    inner = [p for p in ticks(low, high, max(2, (width - GUTTER) // 9)) if low < p < high]
    texts = dict(zip(inner, alike(inner), strict=True)) if inner else {}
    labels = {low: _end(low), high: _end(high)}
    taken = [_span(x, text, limits, width) for x, text in labels.items()]
    for x, text in texts.items():
        start, end = _span(x, text, limits, width)
        if all(end + 1 < left or right + 1 < start for left, right in taken):
            labels[x] = text
            taken.append((start, end))
    return Axis(limits, dict(sorted(labels.items())))


def _end(x: float) -> str:
    return f"{x:,.0f}" if x == int(x) and abs(x) < 1e7 else f"{x:.3g}"


def _span(x: float, text: str, limits: Limits, width: int) -> tuple[int, int]:
    """The first column of a label below its position, and the first after it."""
    start = column_of(x, limits, width) - len(text) // 2
    start = min(max(start, 0), width - len(text))
    return start, start + len(text)


def x_labels(axis: Axis, width: int, palette: Palette) -> tuple[Text, Text]:
    """Return the line of an x axis and the line of its labels."""
    line = [" "] * (GUTTER - 1) + ["└"] + ["─"] * (width - GUTTER)
    below = [" "] * width
    for x, text in axis.labels.items():
        start, end = _span(x, text, axis.limits, width)
        below[start:end] = text
        line[column_of(x, axis.limits, width)] = "┬"
    return Text("".join(line), palette.muted), Text("".join(below), palette.muted)


def column_of(x: float, limits: Limits, width: int) -> int:
    """Return the column of a chart of that width at which a position is drawn."""
    share = (x - limits[0]) / (limits[1] - limits[0])
    return GUTTER + round(min(max(share, 0), 1) * (width - GUTTER - 1))


def position_of(column: int, limits: Limits, width: int) -> float:
    """Return the position that a column stands for, within the limits."""
    share = (column - GUTTER) / max(1, width - GUTTER - 1)
    return limits[0] + min(max(share, 0), 1) * (limits[1] - limits[0])
