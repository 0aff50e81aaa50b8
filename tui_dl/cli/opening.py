"""Opens the workbench on this terminal."""

from __future__ import annotations

from tui_dl.cli.failure import BAD_INPUT, complain


def open_workbench(lesson: str | None = None, attach: str | None = None, slow: bool = False) -> int:
    """The workbench on this terminal, or one line that says why not."""
    from tui_dl.tui.terminal import refusal

    if reason := refusal():  # asked here too, as the app takes a while to load
        return complain(reason, BAD_INPUT)
    from tui_dl.tui.app import run_workbench

    return run_workbench(lesson, attach, slow)
