"""Writes what is drawn on the screen as files into the data folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from tui_dl import files, paths

if TYPE_CHECKING:
    from tui_dl.drawing.image_file import Format

_UNSAFE = re.compile(r"[^\w.+-]+")  # a metric of a recorded run may have any name
_LONGEST = 200  # characters of a file's name; most systems allow 255 bytes
Drawing = tuple[str, Text, int]  # a name, what is drawn, its columns


def save(drawings: Iterable[Drawing], kind: Format, *, dark: bool) -> list[Path]:
    """Write each drawing into a new file and return the files. Raise OSError."""
    from tui_dl.drawing.image_file import encoded

    folder = paths.pictures()
    files.make_folder(folder)
    written = []
    for name, drawing, width in drawings:
        path = _unused(folder, name, kind)
        with FileIO(path, "x", opener=files.opener) as file:
            files.write(file, encoded(drawing, name, width, kind, dark=dark))
        written.append(path)
    return written


def _unused(folder: Path, name: str, kind: Format) -> Path:
    name, number = _UNSAFE.sub("_", name)[:_LONGEST], 1
    while (path := folder / f"{name}{f'-{number}' * (number > 1)}.{kind}").exists():
        number += 1
    return path
