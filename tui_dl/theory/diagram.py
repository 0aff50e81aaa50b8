"""A drawing in characters: a fenced block of the language ``diagram`` on a theory page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from tui_dl.characters import known

WIDTH = 71  # columns of a drawing at most: the room of the page in a terminal of 160 columns


def faults(drawing: str) -> Iterator[str]:
    """Yield what would spoil a drawing: lines that are too long, characters without a form."""
    for line in drawing.splitlines():
        if cell_len(line) > WIDTH:
            yield f"this line is wider than {WIDTH} columns: {line.strip()}"
        if unknown := {c for c in line if not (" " <= c <= "~" or known(c))}:
            yield f"these characters have no ASCII form: {' '.join(sorted(unknown))}"
