"""The open files of a run in one directory."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from io import FileIO
from pathlib import Path

from tui_dl import files
from tui_dl.runs import owner

EVENTS, LOG, MODEL = "events.jsonl", "run.log", "model.keras"
PART = "part.keras"  # a model that is being saved
ROOM = 1 << 13  # bytes kept free on a full disk for the last event


class Record:
    """A run directory that appears whole: with its writer, its log and its first events.

    Raises OSError where it is there already or cannot be written; nothing is left behind then.
    """

    def __init__(self, directory: Path, events: bytes) -> None:
        self.directory = directory
        draft = directory.with_name(f".{directory.name}")
        files.make_folder(directory.parent)
        if directory.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(directory))
        try:
            self._open(draft, events)
            draft.rename(directory)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise OSError(error.errno, error.strerror, str(directory)) from None

    def _open(self, draft: Path, events: bytes) -> None:
        files.make_folder(draft)
        owner.claim(draft)
        # Appending, so that two writers of one log (this one and a redirected descriptor) mix by
        # whole lines and never overwrite each other.
        self._events = files.appending(draft / EVENTS)
        self._log = files.appending(draft / LOG)
        files.write(self._events, events)
        self._size = len(events)

    def write(self, line: bytes) -> None:
        """Append an event. Raises OSError where it cannot be, or the file was deleted."""
        self._write(self._events, EVENTS, line)
        self._size += len(line)

    def log(self, line: bytes) -> None:
        """Append a line of the log. Raises OSError as `write`."""
        self._write(self._log, LOG, line)

    def _write(self, file: FileIO, name: str, line: bytes) -> None:
        self.check()
        begun = file.seek(0, os.SEEK_END)
        try:
            files.write(file, line)
        except OSError as error:
            with contextlib.suppress(OSError):  # no half of a line for the next one to join
                file.truncate(begun)
            raise OSError(error.errno, error.strerror, str(self.directory / name)) from None

    def check(self) -> None:
        """Raise OSError where the run's file was deleted: what is written would go nowhere."""
        if self.deleted:
            name = str(self.directory / EVENTS)
            raise FileNotFoundError(errno.ENOENT, "deleted while it was written", name)

    @property
    def deleted(self) -> bool:
        """True once somebody has deleted the events; a renamed directory still has them."""
        return not os.fstat(self._events.fileno()).st_nlink

    def said(self) -> bytes:
        """The events so far, also where the file was deleted. Raises OSError."""
        return os.pread(self._events.fileno(), self._size, 0)

    def make_room(self) -> None:
        """Give up the latest events, never the first, for the sake of the one that is to come."""
        said = self.said()
        first = said.index(b"\n") + 1
        self._size = max(first, said.rfind(b"\n", 0, max(0, len(said) - ROOM)) + 1)
        self._events.truncate(self._size)

    def close(self) -> None:
        """End the writing; the data is on disk before nobody writes the run any more."""
        if not self.deleted:
            files.sync(self._events)
            with contextlib.suppress(OSError):
                owner.release(self.directory)
        self._events.close()
        self._log.close()
