"""Tables, small matrices of numbers, and several pictures side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_dl.drawing.kinds.payload import Payload
from tui_dl.drawing.lines import fitted_lines, shortened
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import scale_of
from tui_dl.drawing.series import short
from tui_dl.drawing.swatches import on_scale

LEAST_COLUMN = 8
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
TABLE: Payload = {
    "kind": "table", "title": "the four points", "columns": ["x₁", "x₂", "target", "output"],
    "rows": [[0, 0, 0, 0.21], [0, 1, 1, 0.83]], "highlight": [0],
}  # fmt: skip
MATRIX: Payload = {
    "kind": "matrix", "title": "confusion", "values": [[9, 1], [2, 8]], "scale": "sequential",
    "row_labels": ["is 0", "is 1"], "column_labels": ["said 0", "said 1"],
}  # fmt: skip


def draw_table(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """``columns`` and ``rows``; numbers stand flush right, words flush left.

    ``highlight`` lists rows to emphasize. Long words take several lines where there is room.
    """
    rows = [[_written(value) for value in row] for row in payload["rows"]]
    heads = [str(name) for name in payload["columns"]]
    table = [heads, *[[*row, *[""] * (len(heads) - len(row))] for row in rows]]
    widths = _narrowed([max(len(row[i]) for row in table) for i in range(len(heads))], width)
    right = [_is_number(payload["rows"], i) for i in range(len(heads))]
    wrapped = [_wrapped(row, widths) for row in table]
    if sum(map(len, wrapped)) > height:
        wrapped = [[tuple(map(shortened, row, widths))] for row in table]
    bold = {0, *(int(i) + 1 for i in payload.get("highlight", ()))}
    lines = [
        Text(_aligned(cells, widths, right), Style(bold=i in bold, color=_plain(palette.text)))
        for i, cells_of_row in enumerate(wrapped)
        for cells in cells_of_row
    ]
    return fitted_lines(lines, width, height)


def _plain(name: str) -> Color:
    return Color.parse(name)


def _narrowed(widths: list[int], width: int) -> list[int]:
    """Shorten the widest columns until all of them, two apart, fit."""
    narrowed = list(widths)
    while sum(narrowed) + 2 * len(narrowed) - 2 > width and max(narrowed) > LEAST_COLUMN:
        narrowed[narrowed.index(max(narrowed))] -= 1
    return narrowed


def _wrapped(row: Sequence[str], widths: Sequence[int]) -> list[tuple[str, ...]]:
    """Return the lines of a row whose cells are no wider than their columns."""
    cells = [wrap(cell, max(1, w)) for cell, w in zip(row, widths, strict=False)]
    return list(zip_longest(*cells, fillvalue="")) or [("",)]


def _written(value: Any) -> str:
    return short(value + 0.0) if isinstance(value, float) else str(value)  # + 0.0: no -0


def _is_number(rows: Sequence[Sequence[Any]], column: int) -> bool:
    return all(isinstance(row[column], int | float) for row in rows if column < len(row))


def _aligned(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = zip(row, widths, right, strict=False)
    return "  ".join(cell.rjust(w) if flush else cell.ljust(w) for cell, w, flush in cells)


def draw_matrix(payload: Payload, width: int, height: int, palette: Palette) -> Text:
    """A small matrix: its numbers on the colors of their ``scale`` (``low``, ``high``).

    ``row_labels`` and ``column_labels`` name rows and columns.
    """
    values = np.atleast_2d(np.asarray(payload["values"], float))
    scale = scale_of(payload, values)
    power, cells = _numbers(values)
    heads = [str(h) for h in payload.get("column_labels") or []]
    sides = [str(s) for s in payload.get("row_labels") or []] or [""] * len(cells)
    column = 1 + max(len(c) for c in [*heads, *(c for row in cells for c in row)])
    side = max(map(len, sides))
    lines = [Text(" " * side + "".join(h.rjust(column) for h in heads), palette.text)] * bool(heads)
    for name, row, level in zip(sides, cells, scale.levels(values).tolist(), strict=True):
        line = Text(name.rjust(side), palette.text)
        for cell, place in zip(row, level, strict=True):
            line.append(cell.rjust(column), on_scale(scale, place, palette))
        lines.append(line)
    if power:
        lines.append(Text(f"all × 10{str(power).translate(SUPERSCRIPTS)}", palette.muted))
    return fitted_lines(lines, width, height)


def _numbers(values: NDArray[np.float64]) -> tuple[int, list[list[str]]]:
    """Return numbers to compare at a glance; small or large ones share a power of ten."""
    most = float(np.abs(values).max(initial=0))
    if not np.isfinite(most) or 0.1 <= most < 1e4 or most == 0:
        return 0, [[short(v) for v in row] for row in values.tolist()]
    power = math.floor(math.log10(most))
    return power, [[f"{v:.2f}" for v in row] for row in (values / 10.0**power).tolist()]
