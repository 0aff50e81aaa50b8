"""Follows a run that another process writes, also one on another machine that shares the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tui_dl import files
from tui_dl.errors import LessonError
from tui_dl.events import Event, Finished
from tui_dl.runs import owner
from tui_dl.runs.record import EVENTS
from tui_dl.runs.status import parse

BLOCK = 1 << 22  # bytes read at once
_COMPARED = 256  # bytes before the place of reading that must not have changed


class Follower:
    """Reads the events of a run as they are added to its file."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / EVENTS
        self._begin()

    def _begin(self) -> None:
        self._place, self._end, self._rest = 0, b"", b""

    def new(self) -> list[Event]:
        """Return the events since the last call, at most BLOCK bytes of them.

        If the record was shortened, as for a run that is resumed, return all of them again: the
        started event then comes a second time. Raise OSError if the file cannot be read.
        """
        with files.reading(self._file) as file:
            file.seek(self._place - len(self._end))
            if file.read(len(self._end)) != self._end:
                self._begin()
                file.seek(0)
            data = file.read(BLOCK)
        self._place += len(data)
        self._end = (self._end + data)[-_COMPARED:]
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._rest = self._rest[: files.LINE]
        return [event for event in map(parse, lines) if event]


def looks(directory: Path) -> Iterator[list[Event]]:
    """Yield what is new in a run at each look, until the run ends or its process is gone.

    Raise LessonError if the record cannot be read.
    """
    follower = Follower(directory)
    while True:
        lives = owner.lives(directory)  # asked first: what it wrote last is then read
        try:
            new = follower.new()
        except OSError as error:
            why = f"{error.filename}: {error.strerror}"
            raise LessonError(f"{why}; the run cannot be followed") from None
        yield new
        if any(isinstance(event, Finished) for event in new) or not (new or lives):
            return
