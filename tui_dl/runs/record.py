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
    """A run directory, created in one step with its writer file, log file and first events.

    Raise OSError if it already exists or cannot be written; nothing is then left behind.
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
        # Append mode, so that the two writers of the log file (this one and a redirected
        # descriptor) interleave whole lines and never overwrite each other.
        self._events = files.appending(draft / EVENTS)
        self._log = files.appending(draft / LOG)
        files.write(self._events, events)
        self._size = len(events)

    def write(self, line: bytes) -> None:
        """Append an event. Raise OSError if it cannot be written or the file was deleted."""
        self._write(self._events, EVENTS, line)
        self._size += len(line)

    def log(self, line: bytes) -> None:
        """Append a line to the log file. Raise OSError as `write` does."""
        self._write(self._log, LOG, line)

    def _write(self, file: FileIO, name: str, line: bytes) -> None:
        self.check()
        begun = file.seek(0, os.SEEK_END)
        try:
            files.write(file, line)
        except OSError as error:
            with contextlib.suppress(OSError):  # leave no partial line before the next one
                file.truncate(begun)
            raise OSError(error.errno, error.strerror, str(self.directory / name)) from None

    def check(self) -> None:
        """Raise OSError if the event file was deleted, as further events would be lost."""
        if self.deleted:
            name = str(self.directory / EVENTS)
            raise FileNotFoundError(errno.ENOENT, "deleted while it was being written", name)

    @property
    def deleted(self) -> bool:
        """True once the event file was deleted; a renamed directory still has it."""
        return not os.fstat(self._events.fileno()).st_nlink

    def said(self) -> bytes:
        """Return the events so far, even if the file was deleted. Raise OSError."""
        return os.pread(self._events.fileno(), self._size, 0)

    def make_room(self) -> None:
        """Drop the latest events, never the first, to make room for the next one."""
        said = self.said()
        first = said.index(b"\n") + 1
        self._size = max(first, said.rfind(b"\n", 0, max(0, len(said) - ROOM)) + 1)
        self._events.truncate(self._size)

    def close(self) -> None:
        """Sync the events to disk, then release the run and close its files."""
        if not self.deleted:
            files.sync(self._events)
            with contextlib.suppress(OSError):
                owner.release(self.directory)
        self._events.close()
        self._log.close()
