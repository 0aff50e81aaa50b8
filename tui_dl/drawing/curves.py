"""Curves drawn as text: the one drawing function behind charts and pictures."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotext
from rich.color import Color
from rich.text import Text

from tui_dl.drawing.axes import GUTTER, Axis, spread, x_axis, x_labels, y_axis
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.points import Floats, decimate, finite, smooth
from tui_dl.drawing.series import Series, number

MARKS = {"train": "", "validation": "o", "overlay": "·", "points": "•", "steps": "┊"}
"""Marks that tell the styles apart without color: a bare line, a line with rings, dots, points."""

UNTHINNED = ("points", "path")
"""Styles drawn in their own order with every point: point clouds, and paths that may turn back."""


def draw_series(
    series: Sequence[Series],
    width: int,
    height: int,
    palette: Palette,
    *,
    log: bool = False,
    smoothing: float = 0.0,
    x_label: str = "",
    first_on_top: bool = False,
    from_zero: bool = False,
    x_range: tuple[float, float] | None = None,
) -> Text | None:
    """Draw series against common axes.

    Args:
        series: What to draw; values that are not finite become crosses at the top edge.
        width: Columns, at least 12.
        height: Rows, at least 4.
        palette: Colors; a series takes the color at its place in the list.
        log: True for a logarithmic y axis; values of zero and below are then left out.
        smoothing: Weight of the past in a moving average, from 0 to below 1.
        x_label: Label of the x axis, written under it.
        x_range: Limits of the x axis; by default, those of the points.
        from_zero: True to start the x axis at zero, wherever the points begin.
        first_on_top: True to draw the first series on top, instead of the last. Marks cover lines
            in any case.

    Returns:
        ``height`` rows of ``width`` columns, or ``None`` if there is no point to draw.
    """
    curves, lost = _prepare(series, width - GUTTER, log, smoothing)
    if not any(len(xs) for xs, _ in curves):
        return None
    xs, ys = (np.concatenate(parts) for parts in zip(*curves, strict=True))
    below = 2 + bool(x_label)
    x = x_axis(x_range or _x_limits(xs, lost, from_zero), width)
    y = y_axis(ys, height - below, log=log)
    figure = _figure(y, width, height - below + 1, palette)
    placed = list(zip(range(len(series)), series, curves, strict=True))
    placed = placed[::-1] if first_on_top else placed
    for add in (_add_line, _add_marks):  # marks last, so that they stay visible
        for i, one, curve in placed:
            at = x.unit(curve[0]), y.unit(curve[1])
            if len(curve[0]):
                add(figure, one, at, _color(one, i, palette), width - GUTTER)
    if len(lost):
        places = np.unique(np.round(x.unit(lost), 2))
        _add(figure, places, np.ones(len(places)), "×", palette.error)
    rows = _as_text(figure.build().string(), palette).split("\n")[:-1]
    return _assembled([*rows, *x_labels(x, width, palette)], x_label.center(width), palette)


def _color(series: Series, index: int, palette: Palette) -> str:
    """Single steps are faint: they are many, and lie below the means."""
    return palette.muted if series.style == "steps" else palette.of_series(index)


def x_limits(
    series: Sequence[Series], *, log: bool = False, from_zero: bool = False
) -> tuple[float, float] | None:
    """Return the limits of the x axis on which `draw_series` draws; None if there is no point."""
    curves, lost = _prepare(series, 1, log, 0.0)
    if not any(len(xs) for xs, _ in curves):
        return None
    return _x_limits(np.concatenate([xs for xs, _ in curves]), lost, from_zero)


def _x_limits(xs: Floats, lost: Floats, from_zero: bool) -> tuple[float, float]:
    return spread(np.concatenate([xs, lost, np.zeros(int(from_zero))]))


def _prepare(
    series: Sequence[Series], columns: int, log: bool, smoothing: float
) -> tuple[list[tuple[Floats, Floats]], Floats]:
    """Return the points to draw of each series, and the positions of values that are not finite."""
    curves, lost = [], [np.zeros(0)]
    for one in series:
        xs, ys, where = finite(one.xs, one.ys)
        ys = smooth(ys, smoothing)
        if log:
            xs, ys = xs[ys > 0], np.log10(ys[ys > 0])
        curves.append((xs, ys) if one.style in UNTHINNED else decimate(xs, ys, columns))
        lost.append(where)
    return curves, np.concatenate(lost)


def _figure(y: Axis, width: int, height: int, palette: Palette) -> Any:
    """Return plotext's figure, emptied, with a y axis on the left and our own labels.

    The x axis is drawn by `x_labels`: plotext leaves out a label that is centered at either end.
    """
    plotext.terminal.limit(False, False)
    plotext.add_theme("workbench", text=plotext.pixel(_plotext_color(palette.muted)))
    figure = plotext.figure
    figure.clear()
    figure.plot_size(width, height)
    figure.theme("workbench")
    figure.axes(False, axis=[0, 1], side=1)
    # plotext gets only positions from 0 to 1: where limits are huge, tiny or equal, it prints
    # warnings on the screen or fails.
    for axis, labels in ((0, {}), (1, y.labels)):
        ruler = figure.ruler(axis, 0)
        ruler.lim(0.0, 1.0)
        ruler.ticks(y.unit(np.array(list(labels))).tolist(), list(labels.values()))
    return figure


Places = tuple[Floats, Floats]


def _add_line(figure: Any, series: Series, places: Places, color: str, columns: int) -> None:
    """Add a fine line, or the dots of an overlay."""
    if series.style == "overlay":
        _add(figure, *places, series.marker or MARKS["overlay"], color, joined=True)
    elif series.style != "points":
        _add(figure, *places, "braille", color, joined=True)


def _add_marks(figure: Any, series: Series, places: Places, color: str, columns: int) -> None:
    """Add every point of a cloud, or a line's markers, at most one in six columns."""
    mark = series.marker or MARKS.get(series.style, "")
    xs, ys = places
    if series.style == "points":
        _add(figure, xs, ys, mark, color)
    elif series.style not in ("overlay", "steps") and (mark or len(xs) == 1):
        every = max(1, len(xs) * 6 // columns)
        _add(figure, xs[every // 2 :: every], ys[every // 2 :: every], mark or "•", color)


def _add(figure: Any, xs: Floats, ys: Floats, mark: str, color: str, joined: bool = False) -> None:
    marker = plotext.marker(mark, plotext.pixel(_plotext_color(color)))
    figure.draw(figure.signal(xs.tolist(), ys.tolist(), marker=marker).lines(joined))


def _plotext_color(color: str) -> tuple[int, int, int] | int | None:
    parsed = Color.parse(color)
    if parsed.triplet is None:
        return parsed.number
    return parsed.triplet.red, parsed.triplet.green, parsed.triplet.blue


def _as_text(ansi: str, palette: Palette) -> Text:
    text = Text.from_ansi(ansi.rstrip("\n"), no_wrap=True, end="")
    text.style = palette.text
    return text


def _assembled(rows: list[Text], label: str, palette: Palette) -> Text:
    """The rows of a chart as one text, with the label of its x axis below."""
    rows = [*rows, Text(label, style=palette.muted)] if label.strip() else rows
    text = Text("\n", no_wrap=True, end="").join(rows)
    text.style = palette.text
    return text


def legend(
    series: Sequence[Series],
    width: int,
    palette: Palette,
    values: Sequence[float | None] | None = None,
) -> Text:
    """Return marker, name and value per series in ``width`` columns; names are cut first.

    The values are the last ones, unless others are given.
    """
    names = [len(one.name) for one in series]
    room = width - 14 * len(names)
    longest = max(names, default=0)
    while longest and sum(min(n, longest) for n in names) > room:
        longest -= 1
    shown = [one.ys[-1] if len(one.ys) else None for one in series] if values is None else values
    entries = [
        _entry(one, longest, _color(one, i, palette), value)
        for i, (one, value) in enumerate(zip(series, shown, strict=True))
    ]
    text = Text("  ").join(entries)
    text.truncate(max(width, 1), overflow="ellipsis")
    return text


def _entry(series: Series, longest: int, color: str, value: float | None) -> Text:
    mark = series.marker or MARKS.get(series.style, "") or "━"
    figure = " " * 9 if value is None else number(float(value))
    name = f" {series.name[:longest]}" if longest else ""
    return Text.assemble((mark, color), f"{name} {figure}")
