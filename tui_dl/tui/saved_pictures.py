"""Writes what is drawn on the screen as SVG files into the data folder."""

from __future__ import annotations

from collections.abc import Iterable
from io import FileIO
from pathlib import Path

from rich.text import Text

from tui_dl import files, paths

Drawing = tuple[str, Text, int]  # a name, what is drawn, its columns


def save(drawings: Iterable[Drawing], *, dark: bool) -> list[Path]:
    """Write each drawing into a new file and return the files. Raise OSError."""
    from tui_dl.drawing.svg import svg_of

    folder = paths.pictures()
    files.make_folder(folder)
    written = []
    for name, drawing, width in drawings:
        path = _unused(folder, name)
        with FileIO(path, "x", opener=files.opener) as file:
            files.write(file, svg_of(drawing, name, width, dark=dark).encode())
        written.append(path)
    return written


def _unused(folder: Path, name: str) -> Path:
    number = 1
    while (path := folder / f"{name}{f'-{number}' * (number > 1)}.svg").exists():
        number += 1
    return path
