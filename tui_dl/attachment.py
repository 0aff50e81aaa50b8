"""Joins a run that another process of this host trains: its record and its control."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_dl import catalog
from tui_dl.control_line import RemoteControl
from tui_dl.errors import LessonError
from tui_dl.events import Event, Finished, Started
from tui_dl.lesson import Lesson
from tui_dl.parameters import Hyperparameters
from tui_dl.runs import owner
from tui_dl.runs.follow import looks
from tui_dl.runs.index import find
from tui_dl.runs.reader import read_start

TICK = 0.1  # seconds between two looks at the record
GONE = "The process that trained it has ended: R in Runs goes on with it."


@dataclass(frozen=True)
class Attachment:
    """A run of another process, with its settings."""

    lesson: Lesson
    parameters: Hyperparameters
    directory: Path
    started: Started

    def follow(self, control: RemoteControl, tell: Callable[[Event], None]) -> None:
        """Pass on the recorded events, and then the new ones, until the run ends or is left.

        If its process dies, tell that the run was stopped. Raise LessonError if the record cannot
        be read.
        """
        ended = False
        for events in looks(self.directory):
            for event in events:
                tell(event)
                ended |= isinstance(event, Finished)
            if not control.connected:
                return
            if not events:
                time.sleep(TICK)
        if not ended:
            tell(Finished(status="stopped", message=GONE))


def attachment(name: str) -> Attachment:
    """Return the run of that name, prefix or `last`.

    Raise LessonError if no process of this host trains it.
    """
    directory = find(name)
    started = read_start(name)
    lesson = catalog.recorded(started.lesson)
    if where := owner.elsewhere(directory):
        raise LessonError(f"{directory.name} is trained {where}; `watch` follows it from here")
    if not owner.lives(directory):
        raise LessonError(
            f"{directory.name} is not running; `dlworkbench runs list` lists the runs"
        )
    return Attachment(lesson, lesson.parameters.of(started.hyperparameters), directory, started)


def stop(directory: Path) -> None:
    """Ask the process that trains a run to stop it. Raise LessonError if it does not answer."""
    control = RemoteControl(lambda event: None, lambda why: None)
    control.connect(directory)
    control.stop()
    control.disconnect()
