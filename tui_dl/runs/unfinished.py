"""Reads what is recorded of a run that is to be resumed, with the place of each event."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tui_dl import files
from tui_dl.errors import LessonError
from tui_dl.events import Epoch, Finished, Note, Progress, Snapshot, Started
from tui_dl.runs.record import EVENTS
from tui_dl.runs.status import parse


@dataclass
class Unfinished:
    """The events of a run up to its end, or to the first line that is damaged.

    `said` are those after the first one, without pictures, and `places` where their lines begin;
    `drawn` tells for each picture, by view and step, how many of `said` come before it. `size` is
    where the last line ends, in bytes.
    """

    started: Started
    said: list[Progress | Epoch | Note] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    drawn: dict[tuple[str, int], int] = field(default_factory=dict)
    size: int = 0
    finished: Finished | None = None

    @property
    def steps(self) -> int:
        """The number of steps that are recorded as done."""
        return (self.finished or self.so_far).steps

    @property
    def so_far(self) -> Finished:
        """The last event of the run if it were stopped now."""
        measured = [event for event in self.said if not isinstance(event, Note)]
        last = measured[-1] if measured else None
        return Finished(
            status="stopped",
            metrics={name: v for event in measured for name, v in event.metrics.items()},
            steps=last.step if last else 0,
            epochs=sum(isinstance(event, Epoch) for event in measured),
            seconds=last.seconds if last else 0.0,
        )


def read(directory: Path) -> Unfinished:
    """Read the record of a run; raise LessonError if its first event cannot be read."""
    try:
        with files.reading(directory / EVENTS) as file:
            started = parse(file.readline(files.LINE))
            if not isinstance(started, Started):
                raise LessonError(
                    f"run {directory.name} cannot be read: its first event is damaged"
                )
            found = Unfinished(started, size=file.tell())
            while found.finished is None and _add(found, file.readline(files.LINE)):
                continue
    except OSError as error:
        raise LessonError(f"run {directory.name} cannot be read: {error.strerror}") from None
    return found


def _add(found: Unfinished, line: bytes) -> bool:
    """Add the event of the next line; return False at the end and at a damaged line."""
    event = parse(line) if line.endswith(b"\n") else None
    match event:
        case Progress() | Epoch() | Note():
            found.said.append(event)
            found.places.append(found.size)
        case Snapshot():
            found.drawn[event.view, event.step] = len(found.said)
        case Finished():
            found.finished = event
            return False
        case _:
            return False
    found.size += len(line)
    return True
