"""Reads a run back, whatever state its files are in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tui_dl import files
from tui_dl.errors import LessonError
from tui_dl.events import (
    Epoch,
    Event,
    Finished,
    Metrics,
    Note,
    Progress,
    Snapshot,
    Started,
)
from tui_dl.runs.curves import Curves
from tui_dl.runs.index import find, first_event
from tui_dl.runs.record import EVENTS, LOG, MODEL
from tui_dl.runs.status import RunStatus, parse, status_of, steps_of
from tui_dl.runs.thinned import thinned


@dataclass(frozen=True)
class Run:
    """The events of a run. A run without a Finished event is `running` or `interrupted`.

    `told` is the number of lines in its file. If the file is very long, `whole` is False and
    `events` is an evenly spaced selection.
    """

    name: str
    directory: Path
    events: tuple[Event, ...] = field(repr=False)
    told: int = 0
    whole: bool = True

    @cached_property
    def started(self) -> Started:
        """The Started event."""
        return next(e for e in self.events if isinstance(e, Started))

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """The Progress events: the metrics within epochs."""
        return tuple(e for e in self.events if isinstance(e, Progress))

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """The Epoch events: the metrics of every completed epoch."""
        return tuple(e for e in self.events if isinstance(e, Epoch))

    @cached_property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The snapshots of the network's internal state."""
        return tuple(e for e in self.events if isinstance(e, Snapshot))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes made during the run."""
        return tuple(e for e in self.events if isinstance(e, Note))

    @cached_property
    def finished(self) -> Finished | None:
        """The Finished event, or None if there is none."""
        return next((e for e in reversed(self.events) if isinstance(e, Finished)), None)

    @cached_property
    def last(self) -> Progress | Epoch | Finished | None:
        """The latest event that carries metrics."""
        measured = (Progress, Epoch, Finished)
        return next((e for e in reversed(self.events) if isinstance(e, measured)), None)

    @cached_property
    def status(self) -> RunStatus:
        """The status of the run when this property was first read."""
        return status_of(self.directory, self.finished)

    @cached_property
    def curves(self) -> Curves:
        """The metrics as curves."""
        return Curves(self.events)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of the reported metrics in order of first appearance, at most METRICS."""
        return self.curves.names

    @property
    def final(self) -> Metrics:
        """The latest metrics: the final ones if the run has ended."""
        return self.last.metrics if self.last else {}

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return self.last.seconds if self.last else 0.0

    @property
    def steps(self) -> int:
        """Steps trained so far."""
        return steps_of(self.last)

    @property
    def model(self) -> Path | None:
        """The saved model, or None."""
        path = self.directory / MODEL
        return path if path.is_file() else None

    @property
    def log(self) -> Path:
        """The path of the run's log file, for people."""
        return self.directory / LOG


def read(name: str, root: Path | None = None, *, pictures: bool = True) -> Run:
    """Return the run of that name, prefix or `last`; raise LessonError if none can be read.

    Without `pictures`, skip the snapshots, which are most of a file.
    """
    directory = find(name, root)
    try:
        with files.reading(directory / EVENTS) as file:
            kept = thinned(files.lines(file), pictures)
    except OSError as error:
        raise LessonError(f"run {directory.name} cannot be read: {error.strerror}") from None
    events = tuple(event for event in map(parse, kept.lines) if event)
    if not any(isinstance(event, Started) for event in events):
        raise LessonError(f"run {directory.name} cannot be read: its first event is damaged")
    return Run(directory.name, directory, events, kept.told, kept.whole)


def before_fork(started: Started, root: Path | None = None) -> Run | None:
    """Return the parent of a fork up to the fork, with metrics alone; None if it cannot be read.

    Its steps are counted in batches of the fork's size, so that both share one axis.
    """
    fork = started.parent
    try:
        parent = read(fork.run, root, pictures=False) if fork else None
    except LessonError:
        return None
    if not (fork and parent and parent.name == fork.run):
        return None
    scale = started.steps_per_epoch / max(1, parent.started.steps_per_epoch)
    measured = [e for e in parent.events if isinstance(e, Progress | Epoch) and e.step <= fork.step]
    moved = (event.model_copy(update={"step": round(event.step * scale)}) for event in measured)
    return Run(parent.name, parent.directory, (parent.started, *moved))


def read_start(name: str, root: Path | None = None) -> Started:
    """Return the Started event of the run of that name, prefix or `last`; read only the first line.

    Raise LessonError if there is none to read.
    """
    directory = find(name, root)
    started = first_event(directory)
    if started is None:
        raise LessonError(f"run {directory.name} cannot be read: its first event is damaged")
    return started


def read_events(path: Path) -> Iterator[Event]:
    """Yield the events of a file in order; none if the file is missing.

    Skip lines that are truncated, damaged or of an unknown kind.
    """
    try:
        with files.reading(path) as file:
            yield from filter(None, map(parse, files.lines(file)))
    except OSError:
        return
