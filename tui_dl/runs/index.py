"""Lists runs from the first line and the last lines of their event files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tui_dl import files, paths
from tui_dl.errors import LessonError
from tui_dl.events import Epoch, Event, Finished, Metrics, Progress, Started
from tui_dl.runs.names import moment
from tui_dl.runs.record import EVENTS, LOG, MODEL
from tui_dl.runs.status import RunStatus, parse, status_of, steps_of
from tui_dl.text import clean, nearest

_BLOCK = 1 << 14  # bytes read from the end at first; more if a snapshot fills them
_END = 2 * files.LINE  # maximum bytes read from the end
_LOOKED_AT = 1000  # lines from the end; snapshots and notes of one step are far fewer
_DAY = 86_400.0  # seconds that the clock of another machine may be ahead
_NAMED = 5  # unreadable runs named in a message


@dataclass(frozen=True)
class Summary:
    """A run as one row of a list."""

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
        """The Finished event, or None if there is none."""
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
        """Seconds of training so far."""
        return self.last.seconds if self.last else 0.0


@dataclass(frozen=True)
class Listing:
    """The runs, newest first, and the names of those that cannot be read.

    If their folder cannot be read, there are none and `problem` says why.
    """

    runs: list[Summary]
    unreadable: list[str]
    problem: str = ""

    @property
    def complaint(self) -> str:
        """`2 unreadable: NAME, NAME`, or the problem, or ""."""
        if not self.unreadable:
            return self.problem
        named = ", ".join(clean(name) for name in self.unreadable[:_NAMED])
        more = " …" if len(self.unreadable) > _NAMED else ""
        return f"{len(self.unreadable)} unreadable: {named}{more}"


def survey(lesson: str | None = None, root: Path | None = None) -> Listing:
    """List every run, or the runs of one lesson; unreadable runs are named in both cases.

    Skip files and folders that are no runs. Never raise, whatever the folder contains.
    """
    runs, unreadable = [], []
    try:
        directories = _directories(root)
    except LessonError as error:
        return Listing([], [], str(error))
    for directory in directories:
        summary = _summary(directory)
        if summary is None:
            unreadable.append(directory.name)
        elif lesson in (None, summary.lesson):
            runs.append(summary)
    return Listing(sorted(runs, key=_moment, reverse=True), sorted(unreadable))


def list_runs(lesson: str | None = None, root: Path | None = None) -> list[Summary]:
    """Return every readable run, or those of one lesson, newest first."""
    return survey(lesson, root).runs


def find(name: str, root: Path | None = None) -> Path:
    """Return the directory of a run, by its name, an unambiguous prefix of it, or `last`.

    Raise LessonError, which lists the runs that a prefix matches or the nearest name.
    """
    known = sorted(_directories(root), key=lambda directory: moment(directory.name), reverse=True)
    if not known:
        raise LessonError("there are no runs yet; `dlworkbench train LESSON` makes one")
    if name == "last" and not any(d.name == name for d in known):
        return _last(root)
    exact = [d for d in known if d.name == name]
    fitting = exact or [d for d in known if name and d.name.startswith(name)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        some = ", ".join(d.name for d in fitting[:3]) + (" …" if len(fitting) > 3 else "")
        raise LessonError(f"{name!r} matches {len(fitting)} runs: {some}")
    hint = nearest(name, [d.name for d in known]) or "; `dlworkbench runs list` lists them"
    raise LessonError(f"unknown run {name!r}{hint}")


def going_on(root: Path | None = None) -> Path:
    """Return the directory of the latest run that goes on; raise LessonError if there is none."""
    for run in list_runs(root=root):
        if run.status == "running":
            return run.directory
    raise LessonError("no run goes on; `dlworkbench runs list` lists the runs")


def _last(root: Path | None) -> Path:
    listing = survey(root=root)
    if not listing.runs:
        raise LessonError(f"no run can be read; {listing.complaint}")
    return listing.runs[0].directory


def _directories(root: Path | None) -> list[Path]:
    """Return the run directories; skip other folders, and hidden ones that are being created.

    Raise LessonError if their folder cannot be read.
    """
    try:
        with os.scandir(root or paths.runs()) as entries:
            found = [Path(entry.path) for entry in entries if _is_folder(entry)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        where = f"{error.filename} cannot be read: " if error.filename else ""
        raise LessonError(f"{where}{error.strerror or error}") from None
    return [directory for directory in found if _is_run(directory)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_dir()
    except OSError:  # such as a link to itself
        return False


def _is_run(directory: Path) -> bool:
    """True if a folder holds a file of a run, or cannot be read."""
    for name in (EVENTS, LOG, MODEL):
        try:
            (directory / name).lstat()
        except FileNotFoundError:
            continue
        except OSError:
            return True
        return True
    return False


def _moment(run: Summary) -> tuple[float, tuple[str, str, str]]:
    """Return the sort key of a run's start.

    A start in the future counts as 0; otherwise that run would be `last` forever.
    """
    began = run.started.time
    return (began if began < time.time() + _DAY else 0.0, moment(run.directory.name))


def first_event(directory: Path) -> Started | None:
    """Return a run's Started event, or None if it cannot be read."""
    try:
        with files.reading(directory / EVENTS) as file:
            return _first(file)
    except OSError:
        return None


def _first(file: BinaryIO) -> Started | None:
    started = parse(file.readline(files.LINE))
    return started if isinstance(started, Started) else None


def _summary(directory: Path) -> Summary | None:
    try:
        with files.reading(directory / EVENTS) as file:
            started = _first(file)
            if started is None:
                return None
            last = _last_measured(_from_end(file))
    except OSError:
        return None
    finished = last if isinstance(last, Finished) else None
    return Summary(directory.name, directory, started, last, status_of(directory, finished))


def _last_measured(events: Iterator[Event | None]) -> Progress | Epoch | Finished | None:
    looked_at = islice(events, _LOOKED_AT)
    return next((e for e in looked_at if isinstance(e, Progress | Epoch | Finished)), None)


def _from_end(file: BinaryIO) -> Iterator[Event | None]:
    """Yield the events, last first, reading blocks that grow to _END; None for a damaged line."""
    size, block = file.seek(0, os.SEEK_END), _BLOCK
    seen = 0  # lines from the end that were already read
    while True:
        start = file.seek(max(0, size - block))
        lines = file.read(size - start).split(b"\n")
        whole = lines[1:] if start else lines
        yield from map(parse, reversed(whole[: len(whole) - seen]))
        if not start or block >= _END:
            return
        seen, block = len(whole), min(block * 8, _END)
