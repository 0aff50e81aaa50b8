"""A drawing as an SVG file, which needs no terminal and no font from elsewhere."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tui_dl.drawing.palette import Palette

LEFT_OUT = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.S)  # fonts from a server
ANSI = [(0, 0, 0)] * 8
DARK = TerminalTheme((18, 18, 18), (224, 224, 224), ANSI)
LIGHT = TerminalTheme((255, 255, 255), (20, 20, 20), ANSI)
DARK_PALETTE = Palette(
    text="#e0e0e0", muted="#8a8a8a", error="#ff6b6b",
    series=("#57a5e2", "#ffc473", "#8ad4a1", "#b08af0", "#d17e92"),
)  # fmt: skip
LIGHT_PALETTE = Palette(
    text="#202020", muted="#808080", error="#b00020", dark=False,
    series=("#0060a0", "#a06000", "#007040", "#703090", "#a03050"),
)  # fmt: skip


def svg_of(drawing: Text, title: str, width: int, *, dark: bool) -> str:
    """Return a drawing of `width` columns as SVG, with its title above it."""
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", legacy_windows=False,
    )  # fmt: skip
    console.print(drawing, no_wrap=True, crop=True)
    svg = console.export_svg(title=title, theme=DARK if dark else LIGHT)
    return LEFT_OUT.sub("", svg).replace("Fira Code", "DejaVu Sans Mono")
