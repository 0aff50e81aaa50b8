"""Prints a theory page on a terminal."""

from __future__ import annotations

import re

from tui_dl.cli.output import console, speaks_unicode
from tui_dl.theory.page import LESSON, Page

LINK = re.compile(rf"\[([^\]]+)\]\({LESSON}[^)]*\)")
WIDTH = 100  # maximum columns of a page: longer lines are hard to read


def print_page(text: str) -> None:
    """Print a page of Markdown with `$` and `$$` formulas."""
    to = console()
    to.width = min(to.width, WIDTH)
    shown = LINK.sub(r"\1", text)  # no terminal could open the address
    to.print(Page(shown, characters=speaks_unicode()))
