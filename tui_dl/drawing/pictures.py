"""Pictures of the inside of a network, drawn from plain dictionaries.

To add a kind, write ``draw_...(payload, width, height, palette) -> Text`` and enter it in
``DRAWERS``. Payloads hold only what JSON can hold; see each function for its keys.
"""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from rich.text import Text

from tui_dl.drawing.curves import draw_series, names_below
from tui_dl.drawing.heat import (
    POINTS,
    Payload,
    draw_heatmap,
    draw_matrix,
    fitted_lines,
    shortened,
)
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series, number

MOST_POINTS = 2000
LEAST_COLUMN = 8
_LINE_MARKS = ("", "o", "x", "+", "*")


def draw_lines(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw ``series``, a list of ``name``, ``x``, ``y``, with an optional ``x_label``."""
    series = [
        Series(one["name"], one["x"], one["y"], _LINE_MARKS[i % len(_LINE_MARKS)])
        for i, one in enumerate(payload["series"])
    ]
    return _plot(series, payload, width, height, palette)


def draw_scatter(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw ``groups`` of points and ``lines`` through them: lists of ``name``, ``x``, ``y``."""
    points = [
        Series(one["name"], _thin(one["x"]), _thin(one["y"]), POINTS[i % len(POINTS)], "points")
        for i, one in enumerate(payload.get("groups", ()))
    ]
    lines = [
        Series(one["name"], one["x"], one["y"], style="path") for one in payload.get("lines", ())
    ]
    return _plot([*lines, *points], payload, width, height, palette)


def _thin(values: Sequence[float]) -> Sequence[float]:
    return values[:: 1 + len(values) // MOST_POINTS]


def _plot(
    series: Sequence[Series], payload: Payload, width: int, height: int, palette: Palette
) -> Text:
    """Draw curves with the names of the axes, and a legend below them."""
    names = [(payload.get("x_label"), "→"), (payload.get("y_label"), "↑")]
    label = "  ".join(f"{name} {arrow}" for name, arrow in names if name)
    below = names_below(series, width, palette)
    rows = 1 + below.plain.count("\n")
    text = draw_series(series, width, height - rows, palette, x_label=label)
    if text is None:
        return Text("Nothing to draw yet.", style=palette.muted)
    return text.append("\n").append_text(below)


def draw_bars(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw a bar for each of ``labels`` and ``values``; negative values go to the left of zero."""
    values = [float(v) for v in payload["values"]]
    labels = [str(name) for name in payload["labels"]]
    side = min(max(map(len, labels), default=0), width // 2)
    room = max(1, width - side - 11)
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    scale = room / (high - low or 1.0)
    zero = round(-low * scale)
    lines = []
    for name, value in zip(labels, values, strict=True):
        length = round(abs(value) * scale)
        start = zero - length if value < 0 else zero
        bar = " " * start + ("▒" if value < 0 else "█") * length
        line = Text(f"{shortened(name, side).rjust(side)} ", palette.text)
        line.append(bar.ljust(room), palette.of_series(int(value < 0)))
        lines.append(line.append(f" {number(value)}"))
    return fitted_lines(lines, width, height)


def draw_table(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw ``columns`` and ``rows``; numbers are flush right, words flush left.

    Long words take several lines if the height allows it.
    """
    rows = [[_cell(value) for value in row] for row in payload["rows"]]
    heads = [str(name) for name in payload["columns"]]
    table = [heads, *[[*row, *[""] * (len(heads) - len(row))] for row in rows]]
    widths = _narrowed([max(len(row[i]) for row in table) for i in range(len(heads))], width)
    right = [_is_number(payload["rows"], i) for i in range(len(heads))]
    wrapped = [_wrapped(row, widths) for row in table]
    if sum(map(len, wrapped)) > height:
        wrapped = [[tuple(map(shortened, row, widths))] for row in table]
    lines = [[Text(_aligned(cells, widths, right), palette.text) for cells in w] for w in wrapped]
    for line in lines[0]:
        line.stylize("bold")
    return fitted_lines([line for of_row in lines for line in of_row], width, height)


def _narrowed(widths: list[int], width: int) -> list[int]:
    """Narrow the widest columns until all of them fit, with a gap of two."""
    narrowed = list(widths)
    while sum(narrowed) + 2 * len(narrowed) - 2 > width and max(narrowed) > LEAST_COLUMN:
        narrowed[narrowed.index(max(narrowed))] -= 1
    return narrowed


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[tuple[str, ...]]:
    """Wrap the cells of a row to the width of their columns and return its lines."""
    cells = [wrap(cell, max(1, w)) for cell, w in zip(row, widths, strict=False)]
    return list(zip_longest(*cells, fillvalue="")) or [("",)]


def _cell(value: Any) -> str:
    return number(value).strip() if isinstance(value, float) else str(value)


def _is_number(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return all(isinstance(row[column], int | float) for row in rows if column < len(row))


def _aligned(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = zip(row, widths, right, strict=False)
    return "  ".join(cell.rjust(w) if flush else cell.ljust(w) for cell, w, flush in cells)


DRAWERS: dict[str, Callable[[Payload, int, int, Palette], Text]] = {
    "heatmap": draw_heatmap,
    "lines": draw_lines,
    "scatter": draw_scatter,
    "bars": draw_bars,
    "table": draw_table,
    "matrix": draw_matrix,
}
"""The kinds of picture, by name."""


def draw(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """Draw any payload; if it cannot be drawn, return a line that says why."""
    kind = payload.get("kind")
    drawer = DRAWERS.get(str(kind))
    if drawer is None:
        return Text(f"No picture of kind {kind!r} is known here.", style=palette.muted)
    if width < 12 or height < 5:
        return Text("Too small to draw", style=palette.muted)
    try:
        return drawer(payload, width, height, palette)
    except Exception as error:  # a payload may come from any file
        return Text(f"This {kind} cannot be drawn: {error}", style=palette.error)
