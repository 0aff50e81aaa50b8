"""Chooses the display of a command that shows a run."""

from __future__ import annotations

from typing import TextIO

from tui_dl.cli.display import Display, JsonLines, PlainLines


def display_on(out: TextIO, *, json: bool, quiet: bool, live: bool) -> Display:
    """Return the display of a command: JSON, a bar on a `live` terminal, or else plain lines."""
    if json:
        return JsonLines(out, quiet)
    if not live:
        return PlainLines(out, quiet)
    from tui_dl.cli.live import LiveBar  # loads Rich's progress bars: 0.1 s

    return LiveBar(out)
