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
    """What a run said. A run that never reached its end is `running` or `interrupted`.

    `told` counts the lines of its file; where that is very long, `whole` is False, and `events`
    are evenly fewer.
    """

    name: str
    directory: Path
    events: tuple[Event, ...] = field(repr=False)
    told: int = 0
    whole: bool = True

    @cached_property
    def started(self) -> Started:
        """How the run began."""
        return next(e for e in self.events if isinstance(e, Started))

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """The metrics along the way."""
        return tuple(e for e in self.events if isinstance(e, Progress))

    @cached_property
    def epochs(self) -> tuple[Epoch, ...]:
        """The metrics of every epoch that was completed."""
        return tuple(e for e in self.events if isinstance(e, Epoch))

    @cached_property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The pictures of the network's inside."""
        return tuple(e for e in self.events if isinstance(e, Snapshot))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """What was remarked while it ran."""
        return tuple(e for e in self.events if isinstance(e, Note))

    @cached_property
    def finished(self) -> Finished | None:
        """How it ended, or None where it did not say."""
        return next((e for e in reversed(self.events) if isinstance(e, Finished)), None)

    @cached_property
    def last(self) -> Progress | Epoch | Finished | None:
        """The latest event that carries metrics."""
        measured = (Progress, Epoch, Finished)
        return next((e for e in reversed(self.events) if isinstance(e, measured)), None)

    @cached_property
    def status(self) -> RunStatus:
        """How the run stood when this was first asked."""
        return status_of(self.directory, self.finished)

    @cached_property
    def curves(self) -> Curves:
        """The metrics as curves."""
        return Curves(self.events)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that were reported, in the order of first appearance; METRICS at most."""
        return self.curves.names

    @property
    def final(self) -> Metrics:
        """The latest metrics: the final ones where the run has ended."""
        return self.last.metrics if self.last else {}

    @property
    def seconds(self) -> float:
        """Time of training so far."""
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
        """The run's log, for people."""
        return self.directory / LOG


def read(name: str, root: Path | None = None, *, pictures: bool = True) -> Run:
    """The run of that name, prefix or `last`; raises LessonError where there is none to read.

    Without `pictures` those are passed over: they are most of a file.
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


def read_start(name: str, root: Path | None = None) -> Started:
    """How the run of that name, prefix or `last` began; reads the first line alone.

    Raises LessonError where there is none to read.
    """
    directory = find(name, root)
    started = first_event(directory)
    if started is None:
        raise LessonError(f"run {directory.name} cannot be read: its first event is damaged")
    return started


def read_events(path: Path) -> Iterator[Event]:
    """The events of a file in order; a missing file has none.

    Lines that are cut short, damaged or of a kind not known here are passed over.
    """
    try:
        with files.reading(path) as file:
            yield from filter(None, map(parse, files.lines(file)))
    except OSError:
        return
