"""Resumes a run whose process died or that was stopped: the same numbers, in the same record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_dl import catalog
from tui_dl.engine.device import Compile
from tui_dl.engine.origin import Origin
from tui_dl.engine.replay import Replay
from tui_dl.errors import LessonError
from tui_dl.events import Event, Started
from tui_dl.fork import compile_of, hindrance, origin_of
from tui_dl.lesson import Lesson
from tui_dl.parameters import Hyperparameters
from tui_dl.runs import owner, unfinished
from tui_dl.runs.index import find
from tui_dl.runs.unfinished import Unfinished
from tui_dl.runs.writer import RunWriter

PATIENCE = "60"  # seconds that a process may take to leave its run


@dataclass(frozen=True)
class Resumption:
    """All that a session needs to continue a run."""

    lesson: Lesson
    parameters: Hyperparameters
    directory: Path
    recorded: Unfinished

    @property
    def started(self) -> Started:
        """The first event of the run."""
        return self.recorded.started

    @property
    def compile(self) -> Compile:
        """The compiler that the run used."""
        return compile_of(self.started)

    def origin(self) -> Origin | None:
        """Return where the run begins if it is a fork; raise LessonError if its parent is gone."""
        return origin_of(self.started)

    def writer(self, tell: Callable[[Event], None]) -> RunWriter:
        """Open the record to continue it; raise LessonError if that is not possible now."""
        try:
            writer = RunWriter.again(self.directory, self.recorded.so_far, tell)
        except BlockingIOError:
            raise LessonError(f"{self.directory.name} is being resumed already") from None
        except OSError as error:
            where = error.filename or self.directory
            raise LessonError(f"{where}: {error.strerror}; the run is not resumed") from None
        writer.cut(self.recorded.size)
        return writer

    def replay(self, writer: RunWriter) -> Replay:
        """Return what was told already; what is not told again is cut from the record."""
        recorded = self.recorded

        def cut(count: int) -> None:
            writer.cut(recorded.places[count])

        return Replay(
            recorded.started, tuple(recorded.said), dict(recorded.drawn), cut, writer.leave_open
        )


def resumption(name: str) -> Resumption:
    """Return what is needed to resume the run of that name, prefix or `last`.

    Raise LessonError, in one line, if it has ended, goes on, or would give other numbers.
    """
    directory = find(name)
    recorded = unfinished.read(directory)
    lesson = catalog.recorded(recorded.started.lesson)
    if owner.lives(directory):
        raise LessonError(f"{directory.name} is still running")
    if why := _hindrance(recorded, lesson):
        raise LessonError(f"{directory.name} cannot be resumed: {why}")
    parameters = lesson.parameters.of(recorded.started.hyperparameters)
    return Resumption(lesson, parameters, directory, recorded)


def in_another_process(name: str) -> None:
    """Start a process that goes on with the run as soon as this one no longer writes it."""
    command = [sys.executable, "-m", "tui_dl", "runs", "resume", name]
    nothing: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    subprocess.Popen([*command, "--wait", PATIENCE, "--quiet"], start_new_session=True, **nothing)


def _hindrance(recorded: Unfinished, lesson: Lesson) -> str:
    """Return why a run cannot be resumed, or ""."""
    if recorded.finished and recorded.finished.status != "stopped":
        return f"it has ended ({recorded.finished.status})"
    return hindrance(recorded.started, lesson)
