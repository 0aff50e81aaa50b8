"""A sheet of terminal cells to draw on: half-cell colors, braille dots over them, text on top."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.text import Text

from tui_dl.drawing.scales import Rgb

DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # of a braille cell, by row
BRAILLE = 0x2800
UPPER, LOWER = "▀", "▄"

Point = tuple[float, float]  # x, y in dots
Window = tuple[float, float, float, float]  # left, top, right, bottom in dots, all included


@dataclass
class _Cell:
    """One character cell."""

    upper: Rgb | None = None
    lower: Rgb | None = None
    dots: int = 0
    ink: Rgb | None = None  # of the dots, or of the character
    character: str = ""
    bold: bool = False
    shade: str = ""  # what stands for a color where there are none


@dataclass
class Canvas:
    """`columns` × `rows` cells; x runs to the right and y down, both from 0.

    A cell is two dots wide and four high. What is drawn outside of the sheet is left out. `color`
    is False if the user asked for none: the colors of halves are then not drawn.
    """

    columns: int
    rows: int
    color: bool = True
    _cells: list[list[_Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self._cells = [[_Cell() for _ in range(self.columns)] for _ in range(self.rows)]

    def _at(self, x: int, y: int) -> _Cell | None:
        inside = 0 <= x < self.columns and 0 <= y < self.rows
        return self._cells[y][x] if inside else None

    def half(self, x: int, half_y: int, color: Rgb) -> None:
        """Fill half a cell; `half_y` counts halves from the top."""
        if cell := self._at(x, half_y // 2):
            if half_y % 2:
                cell.lower = color
            else:
                cell.upper = color

    def fill(self, x: int, y: int, color: Rgb) -> None:
        """Fill a whole cell."""
        self.half(x, 2 * y, color)
        self.half(x, 2 * y + 1, color)

    def shade(self, x: int, y: int, character: str) -> None:
        """Fill a cell with a character in place of a color; dots and text cover it."""
        if cell := self._at(x, y):
            cell.shade = character

    def dot(self, dot_x: int, dot_y: int, ink: Rgb) -> None:
        """Set one dot; `dot_x` and `dot_y` count dots from the top left."""
        if cell := self._at(dot_x // 2, dot_y // 4):
            cell.dots |= DOTS[dot_y % 4][dot_x % 2]
            cell.ink = ink

    def line(
        self, start: Point, end: Point, ink: Rgb, *, window: Window | None = None, dashed: int = 0
    ) -> None:
        """Draw a straight line between two dots, clipped to a window, by default the sheet.

        With `dashed`, only every second group of so many dots is drawn.
        """
        clipped = _clipped(start, end, window or (0, 0, 2 * self.columns - 1, 4 * self.rows - 1))
        if clipped is None:
            return
        (x0, y0), (x1, y1) = clipped
        steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0))))
        for i in range(steps + 1):
            x, y = round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps)
            if not dashed or (x + y) // dashed % 2 == 0:
                self.dot(x, y, ink)

    def text(
        self, x: int, y: int, words: str, ink: Rgb | None = None, *, bold: bool = False
    ) -> None:
        """Write from a cell on to the right; what is there below keeps its background."""
        for character in words:
            width = cell_len(character)
            if width == 1 and (cell := self._at(x, y)):
                cell.character, cell.ink, cell.bold = character, ink, bold
            x += width

    def free(self, x: int, y: int, length: int) -> bool:
        """True if no text stands in these cells, all of them on the sheet."""
        cells = [self._at(x + i, y) for i in range(length)]
        return all(cell is not None and not cell.character for cell in cells)

    def draw(self) -> Text:
        """The sheet as text of `rows` lines."""
        text = Text("", no_wrap=True, end="")
        for y, row in enumerate(self._cells):
            if y:
                text.append("\n")
            for style, cells in groupby(map(self._drawn, row), key=itemgetter(1)):
                text.append("".join(character for character, _ in cells), style)
        return text

    def _drawn(self, cell: _Cell) -> tuple[str, Style]:
        upper, lower = (cell.upper, cell.lower) if self.color else (None, None)
        ink = cell.ink if self.color else None
        if cell.character:
            return cell.character, _style(ink, upper or lower, cell.bold)
        if cell.dots:
            return chr(BRAILLE + cell.dots), _style(ink, upper or lower, False)
        if cell.shade:
            return cell.shade, _style(None, None, False)
        if upper is None and lower is not None:
            return LOWER, _style(lower, None, False)
        if upper is not None and lower is None:
            return UPPER, _style(upper, None, False)
        if upper == lower:
            return " ", _style(None, upper, False)
        return UPPER, _style(upper, lower, False)


def _clipped(start: Point, end: Point, window: Window) -> tuple[Point, Point] | None:
    """Return the part of a line within a window (Liang and Barsky), or None."""
    (x0, y0), (x1, y1), (left, top, right, bottom) = start, end, window
    dx, dy = x1 - x0, y1 - y0
    enter, leave = 0.0, 1.0
    for change, room in ((-dx, x0 - left), (dx, right - x0), (-dy, y0 - top), (dy, bottom - y0)):
        if change == 0:
            if room < 0:
                return None
        elif change < 0:
            enter = max(enter, room / change)
        else:
            leave = min(leave, room / change)
    if enter > leave:
        return None
    return (x0 + enter * dx, y0 + enter * dy), (x0 + leave * dx, y0 + leave * dy)


@lru_cache(maxsize=8192)
def _style(ink: Rgb | None, back: Rgb | None, bold: bool) -> Style:
    return Style(color=_rich(ink), bgcolor=_rich(back), bold=bold or None)


def _rich(color: Rgb | None) -> Color | None:
    return None if color is None else Color.from_rgb(*color)
