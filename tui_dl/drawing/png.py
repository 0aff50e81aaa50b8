"""A drawing as a PNG file, cell by cell, as a terminal paints it.

Block and braille characters are drawn as the rectangles and dots that they stand for, so that they
meet without gaps; all others come from the font beside this module.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tui_dl.drawing.canvas import BRAILLE, DOTS
from tui_dl.drawing.file_theme import theme_of
from tui_dl.drawing.scales import Rgb, blend

WIDE, HIGH = 12, 24  # pixels of a cell: whole halves, and a whole grid of 2 × 4 dots
POINTS = 20  # the size at which the characters of the font are WIDE pixels wide
EDGE = 12  # pixels around the drawing
FONT = files("tui_dl.drawing") / "fonts" / "DejaVuSansMono.ttf"

LOWER_EIGHTHS = "▁▂▃▄▅▆▇█"
LEFT_EIGHTHS = "▏▎▍▌▋▊▉█"
SHARES = {"░": 0.25, "▒": 0.5, "▓": 0.75}  # of the ink in a shade


def png_of(drawing: Text, title: str, width: int, *, dark: bool) -> bytes:
    """Return a drawing of `width` columns as PNG, with its title above it."""
    theme = theme_of(dark=dark)
    console = Console(width=width, file=io.StringIO(), color_system="truecolor", no_color=False)
    options = console.options.update(no_wrap=True, overflow="crop")
    head = Text(f"{title}\n", style="bold", no_wrap=True, overflow="ellipsis")
    lines = console.render_lines(head, options) + console.render_lines(drawing, options)
    page = _Page(width, len(lines), theme.background_color)
    for row, line in enumerate(lines):
        column = 0
        for segment in line:
            style = segment.style or Style.null()
            for character, cells in _characters(segment.text):
                page.paint(column, row, character, cells, _inks(style, theme), bool(style.bold))
                column += cells
    return page.saved()


def _characters(text: str) -> Iterator[tuple[str, int]]:
    """Each character with its width in cells; accents stay with the letter before them."""
    held = ""
    for character in text:
        if held and cell_len(character):
            yield held, cell_len(held)
            held = ""
        held += character
    if held:
        yield held, cell_len(held)


def _inks(style: Style, theme: TerminalTheme) -> tuple[Rgb, Rgb]:
    """The colors of the character and of its background."""
    ink = _rgb(style.color, theme, foreground=True)
    back = _rgb(style.bgcolor, theme, foreground=False)
    if style.reverse:
        ink, back = back, ink
    return (blend(ink, back, 0.5) if style.dim else ink), back


def _rgb(color: Color | None, theme: TerminalTheme, *, foreground: bool) -> Rgb:
    red, green, blue = (color or Color.default()).get_truecolor(theme, foreground)
    return red, green, blue


class _Page:
    """The image, painted by cells."""

    def __init__(self, columns: int, rows: int, ground: Rgb) -> None:
        size = WIDE * columns + 2 * EDGE, HIGH * rows + 2 * EDGE
        self._image = Image.new("RGB", size, ground)
        self._draw = ImageDraw.Draw(self._image)
        with FONT.open("rb") as file:
            self._font = ImageFont.truetype(io.BytesIO(file.read()), POINTS)

    def paint(
        self, column: int, row: int, text: str, cells: int, inks: tuple[Rgb, Rgb], bold: bool
    ) -> None:
        """Paint one character of that many cells."""
        left, top = EDGE + WIDE * column, EDGE + HIGH * row
        ink, back = inks
        self._box(left, top, WIDE * cells, HIGH, back)
        if text in SHARES:
            self._box(left, top, WIDE, HIGH, blend(back, ink, SHARES[text]))
        elif BRAILLE < ord(text[0]) < BRAILLE + 256:
            self._dots(left, top, ord(text[0]) - BRAILLE, ink)
        elif block := _block(text):
            x, y, width, height = block
            self._box(left + x, top + y, width, height, ink)
        elif not text.isspace():
            at = left + (WIDE * cells - self._font.getlength(text)) / 2, top
            self._draw.text(at, text, ink, self._font, stroke_width=0.5 if bold else 0)

    def _box(self, left: int, top: int, width: int, height: int, color: Rgb) -> None:
        self._draw.rectangle((left, top, left + width - 1, top + height - 1), color)

    def _dots(self, left: int, top: int, bits: int, ink: Rgb) -> None:
        """Dots of 4 × 4 pixels without corners, 6 pixels apart."""
        for row, pair in enumerate(DOTS):
            for column, bit in enumerate(pair):
                if bits & bit:
                    x, y = left + 6 * column + 1, top + 6 * row + 1
                    self._box(x + 1, y, 2, 4, ink)
                    self._box(x, y + 1, 4, 2, ink)

    def saved(self) -> bytes:
        """The image as the bytes of a file."""
        file = io.BytesIO()
        self._image.save(file, "PNG", optimize=True)
        return file.getvalue()


def _block(character: str) -> tuple[int, int, int, int] | None:
    """Left, top, width and height in pixels of a block character within its cell."""
    if character == "▀":
        return 0, 0, WIDE, HIGH // 2
    if character == "▐":
        return WIDE // 2, 0, WIDE // 2, HIGH
    if (eighths := LOWER_EIGHTHS.find(character) + 1) > 0:
        height = HIGH * eighths // 8
        return 0, HIGH - height, WIDE, height
    if (eighths := LEFT_EIGHTHS.find(character) + 1) > 0:
        return 0, 0, round(WIDE * eighths / 8), HIGH
    return None
