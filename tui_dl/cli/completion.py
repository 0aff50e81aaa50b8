"""Shell completion with one candidate per line, however wide the terminal is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from tui_dl.cli import COMPLETING


@contextlib.contextmanager
def one_candidate_a_line() -> Iterator[None]:
    """Keep the help beside each candidate to one line of plain text.

    Typer formats it as markup at the terminal's width, and fish and zsh take the wrapped lines for
    further candidates.
    """
    if COMPLETING not in os.environ:
        yield
        return
    from typer import rich_utils  # takes 0.1 s; no other command needs it

    laid_out = rich_utils.rich_render_text
    rich_utils.rich_render_text = _one_line
    try:
        yield
    finally:
        rich_utils.rich_render_text = laid_out


def _one_line(text: str) -> str:
    """Remove line breaks, control characters and the doubled apostrophes that zsh would drop."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split()).replace("''", "’")
