"""One line of a run's file, and what its last event tells: the status and the steps."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tui_dl.events import Epoch, Event, Finished, Progress, Status, from_json
from tui_dl.runs import owner

RunStatus = Status | Literal["running", "interrupted"]


def parse(line: bytes) -> Event | None:
    """The event in a line, or None where there is none that is known."""
    try:
        return from_json(line)
    except ValueError:
        return None


def steps_of(last: Progress | Epoch | Finished | None) -> int:
    """Steps trained, by the latest event that tells."""
    if isinstance(last, Finished):
        return last.steps
    return last.step if last else 0


def status_of(directory: Path, finished: Finished | None) -> RunStatus:
    """The status that a run's last event and its writer give."""
    if finished:
        return finished.status
    return "running" if owner.lives(directory) else "interrupted"
