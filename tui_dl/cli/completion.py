"""What a shell completes: one candidate a line, however wide the terminal is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from tui_dl.cli import COMPLETING


@contextlib.contextmanager
def one_candidate_a_line() -> Iterator[None]:
    """While this lasts, help beside a candidate is one line of plain text.

    Typer lays it out as markup at the terminal's width: fish and zsh then take the lines that
    follow for further candidates.
    """
    if COMPLETING not in os.environ:
        yield
        return
    from typer import rich_utils  # 0.1 s, for which no other command waits

    laid_out = rich_utils.rich_render_text
    rich_utils.rich_render_text = _one_line
    try:
        yield
    finally:
        rich_utils.rich_render_text = laid_out


def _one_line(text: str) -> str:
    """Without line breaks and control characters; zsh drops the apostrophe that Typer doubles."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split()).replace("''", "’")
