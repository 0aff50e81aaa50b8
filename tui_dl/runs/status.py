"""Parses a line of a run's event file, and derives status and steps from the last event."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tui_dl.events import Epoch, Event, Finished, Progress, Status, from_json
from tui_dl.runs import owner

RunStatus = Status | Literal["running", "interrupted"]


def parse(line: bytes) -> Event | None:
    """Return the event in a line, or None if it holds no known event."""
    try:
        return from_json(line)
    except ValueError:
        return None


def steps_of(last: Progress | Epoch | Finished | None) -> int:
    """Return the number of steps trained, according to the latest event."""
    if isinstance(last, Finished):
        return last.steps
    return last.step if last else 0


def status_of(directory: Path, finished: Finished | None) -> RunStatus:
    """Return the status according to a run's last event and its writer."""
    if finished:
        return finished.status
    return "running" if owner.lives(directory) else "interrupted"
