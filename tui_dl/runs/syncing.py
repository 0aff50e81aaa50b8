"""Syncs a file to disk while it is written, so that a power failure costs a second of it."""

from __future__ import annotations

import threading
from io import FileIO
from pathlib import Path

from tui_dl import files

INTERVAL = 1.0  # seconds between two syncs


class Syncer:
    """Syncs a file about once a second, in a thread that lives as long as the file grows.

    The writer never waits for the disk. `folders` are synced before the first data, so that the
    file can be found. `error` is the first failure of the disk.
    """

    def __init__(self, file: FileIO) -> None:
        self.folders: tuple[Path, ...] = ()
        self.error: OSError | None = None
        self._file = file
        self._unsynced = False
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def written(self) -> None:
        """Sync what was written, within a second."""
        with self._lock:
            self._unsynced = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="sync", daemon=True)
                self._thread.start()

    def finish(self) -> None:
        """Wait until everything is synced."""
        self._ended.set()
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()

    def _work(self) -> None:
        while self._takes():
            self._sync()
            self._ended.wait(INTERVAL)

    def _takes(self) -> bool:
        """True if there is something to sync; otherwise the thread ends."""
        with self._lock:
            unsynced, self._unsynced = self._unsynced, False
            if not unsynced:
                self._thread = None
            return unsynced

    def _sync(self) -> None:
        try:
            for folder in self.folders:
                files.sync_folder(folder)
            self.folders = ()
            files.sync(self._file)
        except OSError as error:
            self.error = self.error or error
