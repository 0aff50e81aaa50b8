"""A drawing as the bytes of a file."""

from __future__ import annotations

from typing import Literal

from rich.text import Text

from tui_dl.characters import in_ascii, is_ascii

Format = Literal["svg", "png", "txt"]
FORMATS: tuple[Format, ...] = ("svg", "png", "txt")


def encoded(drawing: Text, title: str, width: int, kind: Format, *, dark: bool) -> bytes:
    """Return a drawing of `width` columns with its title, as SVG, PNG or plain text."""
    if kind == "txt":
        text = f"{title}\n{drawing.plain}\n"
        return (in_ascii(text) if is_ascii() else text).encode()
    if kind == "svg":
        from tui_dl.drawing.svg import svg_of

        return svg_of(drawing, title, width, dark=dark).encode()
    from tui_dl.drawing.png import png_of

    return png_of(drawing, title, width, dark=dark)
