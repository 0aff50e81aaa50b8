"""Lists runs without reading them whole: the first line and the last ones are enough."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tui_dl import paths
from tui_dl.events import Epoch, Event, Finished, Metrics, Progress, Started
from tui_dl.lesson import LessonError
from tui_dl.parameters import nearest
from tui_dl.runs.reader import RunStatus, parse, status_of, steps_of
from tui_dl.runs.writer import EVENTS

_BLOCK = 1 << 14  # bytes read from the end at first; more where a picture fills them


@dataclass(frozen=True)
class Summary:
    """A run in one row of a list."""

    name: str
    directory: Path
    started: Started
    last: Progress | Epoch | Finished | None
    status: RunStatus

    @property
    def lesson(self) -> str:
        """The lesson's id."""
        return self.started.lesson

    @property
    def finished(self) -> Finished | None:
        """How it ended, or None where it did not say."""
        return self.last if isinstance(self.last, Finished) else None

    @property
    def metrics(self) -> Metrics:
        """The latest metrics."""
        return self.last.metrics if self.last else {}

    @property
    def steps(self) -> int:
        """Steps trained so far."""
        return steps_of(self.last)

    @property
    def seconds(self) -> float:
        """Time of training so far."""
        return self.last.seconds if self.last else 0.0


def list_runs(lesson: str | None = None, root: Path | None = None) -> list[Summary]:
    """Every readable run, newest first; of one lesson where it is named.

    Foreign files, empty directories and runs whose first event is lost are passed over.
    """
    found = (_summary(directory, lesson) for directory in _directories(root))
    return [summary for summary in found if summary]


def find(name: str, root: Path | None = None) -> Path:
    """The directory of the run with that name, with an unambiguous prefix of it, or the `last`.

    Raises LessonError that says which runs a prefix could mean, or the nearest name.
    """
    known = [directory for directory in _directories(root) if (directory / EVENTS).is_file()]
    if not known:
        raise LessonError("there are no runs yet; `dlworkbench train LESSON` makes one")
    fitting = _fitting(name, known)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        some = ", ".join(d.name for d in fitting[:3]) + (" …" if len(fitting) > 3 else "")
        raise LessonError(f"{name!r} could be {len(fitting)} runs: {some}")
    hint = nearest(name, [d.name for d in known]) or "; `dlworkbench runs list` lists them"
    raise LessonError(f"unknown run {name!r}{hint}")


def _fitting(name: str, known: list[Path]) -> list[Path]:
    if name == "last":
        return known[:1]
    exact = [d for d in known if d.name == name]
    return exact or [d for d in known if name and d.name.startswith(name)]


def _directories(root: Path | None) -> list[Path]:
    """The directories among the runs, newest first."""
    try:
        with os.scandir(root or paths.runs()) as entries:
            found = [Path(entry.path) for entry in entries if entry.is_dir()]
    except OSError:
        return []
    return sorted(found, key=_moment, reverse=True)


def _moment(directory: Path) -> tuple[str, str, str]:
    """When a run was made, by its name: date and time in front, the part of a second behind."""
    name = directory.name
    return name[:15], name[-4:], name


def _summary(directory: Path, lesson: str | None) -> Summary | None:
    try:
        with (directory / EVENTS).open("rb") as file:
            started = parse(file.readline())
            if not isinstance(started, Started) or lesson not in (None, started.lesson):
                return None
            last = _last_measured(_from_end(file))
    except OSError:
        return None
    finished = last if isinstance(last, Finished) else None
    return Summary(directory.name, directory, started, last, status_of(directory, finished))


def _last_measured(events: Iterator[Event]) -> Progress | Epoch | Finished | None:
    return next((e for e in events if isinstance(e, Progress | Epoch | Finished)), None)


def _from_end(file: BinaryIO) -> Iterator[Event]:
    """The file's events, last first, read in blocks that grow."""
    size, block = file.seek(0, os.SEEK_END), _BLOCK
    seen = 0  # lines from the end that were looked at
    while True:
        start = file.seek(max(0, size - block))
        lines = file.read(size - start).split(b"\n")
        whole = lines[1:] if start else lines
        for line in reversed(whole[: len(whole) - seen]):
            if event := parse(line):
                yield event
        if not start:
            return
        seen, block = len(whole), block * 8
