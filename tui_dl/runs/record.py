"""The open files of a run in one directory."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from io import FileIO
from pathlib import Path
from typing import Self

from tui_dl import files
from tui_dl.runs import owner
from tui_dl.runs.syncing import Syncer

EVENTS, LOG, MODEL = "events.jsonl", "run.log", "model.keras"
PART = "part.keras"  # a model that is being saved
ROOM = 1 << 13  # bytes kept free on a full disk for the last event


class Record:
    """The files of a run directory, for its writer. Raise OSError if they cannot be written."""

    def __init__(self, directory: Path, *, at: Path | None = None) -> None:
        """Open the files at `at`, until the directory gets its name."""
        self.directory, place = directory, at or directory
        # Append mode, so that the two writers of the log file (this one and a redirected
        # descriptor) interleave whole lines and never overwrite each other.
        self._events = files.appending(place / EVENTS)
        files.lock(self._events)
        self._log = files.appending(place / LOG)
        self._syncer = Syncer(self._events)
        owner.claim(place)
        self._size, self._to_cut = self._events.seek(0, os.SEEK_END), False

    @classmethod
    def new(cls, directory: Path, events: bytes) -> Self:
        """Create a run directory in one step, with its files and first events.

        Raise OSError if it already exists; nothing is then left behind.
        """
        files.make_folder(directory.parent)
        if directory.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(directory))
        draft: Path | None = None
        try:
            draft = _draft(directory)
            record = cls(directory, at=draft)
            files.write(record._events, events)
            record._size = len(events)
            draft.rename(directory)
        except OSError as error:
            if draft:
                shutil.rmtree(draft, ignore_errors=True)
            raise OSError(error.errno, error.strerror, str(directory)) from None
        record._syncer.folders = (directory, directory.parent)
        record._syncer.written()
        return record

    def cut(self, size: int) -> None:
        """Drop the events after the first `size` bytes, once there is another one to write."""
        self._size, self._to_cut = size, True

    def write(self, line: bytes) -> None:
        """Append an event. Raise OSError if it cannot be written or the file was deleted."""
        if line and self._to_cut:
            self._events.truncate(self._size)
            self._to_cut = False
        self._write(self._events, EVENTS, line)
        self._size += len(line)
        if line:
            self._syncer.written()

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
    def unsynced(self) -> OSError | None:
        """Why the events may not be on the disk, although they were written; or None."""
        error = self._syncer.error
        return error and OSError(error.errno, error.strerror, str(self.directory / EVENTS))

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
        self._syncer.finish()
        if not self.deleted:
            with contextlib.suppress(OSError):
                owner.release(self.directory)
        self._events.close()
        self._log.close()


def _draft(directory: Path) -> Path:
    """Create a hidden folder beside a directory, which no other process uses."""
    draft = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    draft.chmod(files.FOLDER)  # mkdtemp applies the umask
    return draft
