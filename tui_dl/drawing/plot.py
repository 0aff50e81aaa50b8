"""A canvas with axes, on which places are given in the units of the data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from tui_dl.drawing.canvas import Canvas
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.scales import Rgb, Scale, rgb
from tui_dl.drawing.ticks import alike, ticks

Limits = tuple[float, float]


def limits_of(values: Iterable[float], room: float = 0.05) -> Limits:
    """Return the least and the greatest finite value, with some room on both sides."""
    found = [float(v) for v in values if math.isfinite(v)]
    if not found:
        return 0.0, 1.0
    low, high = min(found), max(found)
    spare = (high - low) * room or abs(high) * 0.05 or 0.5
    return low - spare, high + spare


class Plot:
    """A window on `x` and `y` in `width` × `height` cells, with labeled axes.

    Draw regions first, then lines, then marks, then words: what comes later lies on top.
    """

    def __init__(
        self,
        width: int,
        height: int,
        palette: Palette,
        x: Limits,
        y: Limits,
        *,
        x_label: str = "",
        y_label: str = "",
        margin: int = 0,
        axes: bool = True,
    ) -> None:
        self.palette, self.x, self.y = palette, x, y
        self._quiet = rgb(palette.muted, palette)
        self.sheet = Canvas(width, height, palette.color)
        if not axes:
            self.rows, self.left, self.columns = height, 0, width
            return
        names = [f"{x_label} →"] * bool(x_label) + [f"{y_label} ↑"] * bool(y_label)
        self.rows = max(2, height - 1 - bool(names))
        places = ticks(*y, max(2, self.rows // 4)) or [y[0]]
        labels = dict(zip(places, alike(places), strict=True))
        self.left = min(max(margin, 1 + max(map(len, labels.values()))), width // 3)
        self.columns = max(4, width - self.left)
        self._draw_y_axis(labels)
        self._draw_x_axis()
        self.sheet.text(self.left, self.rows + 1, "  ".join(names), self._quiet)

    def _draw_y_axis(self, labels: dict[float, str]) -> None:
        for row in range(self.rows):
            self.sheet.text(self.left - 1, row, "│", self._quiet)
        for value, label in labels.items():
            row = self.cell(self.x[0], value)[1]
            self.sheet.text(self.left - 1, row, "┤", self._quiet)
            self.sheet.text(max(0, self.left - 1 - len(label)), row, label, self._quiet)

    def _draw_x_axis(self) -> None:
        """The labels stand on the line itself, which saves a row."""
        self.sheet.text(self.left - 1, self.rows, "└" + "─" * self.columns, self._quiet)
        places = ticks(*self.x, max(2, self.columns // 12)) or [self.x[0]]
        free, end = self.left, self.left + self.columns
        for value, label in zip(places, alike(places), strict=True):
            start = self.cell(value, self.y[0])[0] - len(label) // 2
            start = min(max(self.left, start), end - len(label))
            if start >= free:
                self.sheet.text(start, self.rows, label, self._quiet)
                free = start + len(label) + 1

    # From the units of the data to cells and dots.

    def dot(self, x: float, y: float) -> tuple[float, float]:
        """Return the dot of a place, counted from the top left of the sheet."""
        across = (x - self.x[0]) / (self.x[1] - self.x[0]) * (2 * self.columns - 1)
        down = (self.y[1] - y) / (self.y[1] - self.y[0]) * (4 * self.rows - 1)
        return 2 * self.left + across, down

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return the column and row of the cell of a place."""
        across, down = self.dot(x, y)
        return math.floor(across / 2), math.floor(down / 4)

    def inside(self, x: float, y: float) -> bool:
        """True if the place lies within the window."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]

    # What is drawn.

    def regions(self, values: NDArray[np.float64], scale: Scale) -> None:
        """Color the whole window; row 0 of `values` lies at the bottom."""
        height, width = values.shape
        placed = scale.levels(values)
        for half in range(2 * self.rows):
            row = placed[height - 1 - int((half + 0.5) * height / (2 * self.rows))]
            for column in range(self.columns):
                level = int(row[int((column + 0.5) * width / self.columns)])
                if self.palette.color:
                    self.sheet.half(self.left + column, half, scale.color(level, self.palette))
                elif half % 2:
                    self.sheet.shade(self.left + column, half // 2, scale.character(level))

    def curve(self, xs: Sequence[float], ys: Sequence[float], ink: Rgb, dashed: int = 0) -> None:
        """Join places by straight lines; with `dashed`, by dashes of that many dots."""
        before = None
        for x, y in zip(xs, ys, strict=True):
            now = self.dot(x, y) if math.isfinite(x) and math.isfinite(y) else None
            if before and now:
                self._segment(before, now, ink, dashed)
            before = now

    def _segment(
        self, start: tuple[float, float], end: tuple[float, float], ink: Rgb, dashed: int
    ) -> None:
        left = 2 * self.left
        window = (left, 0, left + 2 * self.columns - 1, 4 * self.rows - 1)
        self.sheet.line(start, end, ink, window=window, dashed=dashed)

    def mark(self, x: float, y: float, character: str, ink: Rgb, *, bold: bool = True) -> None:
        """Write one character at a place within the window."""
        if self.inside(x, y):
            self.sheet.text(*self.cell(x, y), character, ink, bold=bold)

    def words(self, x: float, y: float, text: str, ink: Rgb, *, bold: bool = False) -> None:
        """Write words at a place, to its right or left, where no others stand."""
        column, row = self.cell(x, y)
        right = self.left + self.columns
        for start, line in (
            (column, row), (column - len(text) + 1, row), (column, row - 1), (column, row + 1),
        ):  # fmt: skip
            start = min(max(self.left, start), right - len(text))
            if line < self.rows and self.sheet.free(start, line, len(text)):
                self.sheet.text(start, line, text, ink, bold=bold)
                return

    def arrow(self, start: tuple[float, float], end: tuple[float, float], ink: Rgb) -> None:
        """A line with a head at its end."""
        self.curve([start[0], end[0]], [start[1], end[1]], ink)
        (x0, y0), (x1, y1) = self.dot(*start), self.dot(*end)
        self.mark(*end, _head(x1 - x0, y1 - y0), ink)

    def draw(self) -> Text:
        """The plot as text."""
        return self.sheet.draw()


def _head(across: float, down: float) -> str:
    """The arrow that points that way."""
    turns = round(math.atan2(-down, across) / (math.pi / 4)) % 8
    return "→↗↑↖←↙↓↘"[turns]
