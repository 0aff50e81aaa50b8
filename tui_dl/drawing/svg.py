"""A drawing as an SVG file, which needs no terminal and no font from elsewhere."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.text import Text

from tui_dl.drawing.file_theme import theme_of

LEFT_OUT = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.S)  # fonts from a server


def svg_of(drawing: Text, title: str, width: int, *, dark: bool) -> str:
    """Return a drawing of `width` columns as SVG, with its title above it."""
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True,
        color_system="truecolor", legacy_windows=False,
    )  # fmt: skip
    console.print(drawing, no_wrap=True, crop=True)
    svg = console.export_svg(title=title, theme=theme_of(dark=dark))
    return LEFT_OUT.sub("", svg).replace("Fira Code", "DejaVu Sans Mono")
