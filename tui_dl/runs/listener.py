"""Hears requests of other processes on a Unix socket, and tells them what happens."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import stat
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tui_dl import files
from tui_dl.runs import requests
from tui_dl.runs.requests import Reply, Request

LOG = logging.getLogger(__name__)
BEAT = 5.0  # seconds between two calls of `beat`
VIEWERS = 16  # at once
BEHIND = 1 << 22  # bytes that a viewer may be behind before it is let go

Heed = Callable[[int, Request], str]  # viewer and request to the reason of a refusal, or ""


@dataclass
class _Viewer:
    link: socket.socket
    number: int
    heard: bytes = b""
    due: bytearray = field(default_factory=bytearray)


class Listener:
    """A thread with a socket that only this user can reach.

    `heed` obeys a request, `present` describes the run to a new viewer, `gone` notes that a viewer
    has left, and `beat` is called every few seconds.
    """

    def __init__(
        self,
        heed: Heed,
        present: Callable[[], Reply],
        gone: Callable[[int], None],
        beat: Callable[[], None],
    ) -> None:
        self._heed, self._present, self._gone, self._beat = heed, present, gone, beat
        self._news: deque[bytes] = deque()
        self._wakes, self._woken = socket.socketpair()
        self._wakes.setblocking(False)
        self._viewers: dict[int, _Viewer] = {}
        self._count, self._ending = 0, False
        self._thread = threading.Thread(target=self._listen, name="requests", daemon=True)

    def open(self) -> None:
        """Begin to listen. Raise OSError if there is no place for a socket."""
        self._path = requests.socket_of(os.getpid())
        _prepare(self._path.parent)
        self._path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self._path))
        self._path.chmod(files.FILE)
        self._door.listen(VIEWERS)
        self._thread.start()

    def tell(self, line: bytes) -> None:
        """Send a line to every viewer, from any thread and without waiting."""
        if self._viewers:
            self._news.append(line)
            self._wake()

    def close(self) -> None:
        """End; what was told before is still sent where that does not wait."""
        self._ending = True
        self._wake()
        self._thread.join(1.0)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # it is about to wake
            self._wakes.send(b".")

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._door, selectors.EVENT_READ, None)
            selector.register(self._woken, selectors.EVENT_READ, None)
            try:
                while not self._ending:
                    self._turn(selector)
                self._spread(selector)
            except Exception:
                LOG.exception("no more requests are heard")
            finally:
                self._path.unlink(missing_ok=True)
                for each in (self._door, self._woken, *(v.link for v in self._viewers.values())):
                    each.close()

    def _turn(self, selector: selectors.BaseSelector) -> None:
        found = selector.select(BEAT)
        if not found:
            self._beat()
        for key, events in found:
            if key.fileobj is self._door:
                self._admit(selector)
            elif key.fileobj is self._woken:
                self._woken.recv(4096)
            elif events & selectors.EVENT_READ:
                self._hear(selector, key.data)
        self._spread(selector)

    def _admit(self, selector: selectors.BaseSelector) -> None:
        link, _ = self._door.accept()
        if len(self._viewers) >= VIEWERS:
            link.close()
            return
        link.setblocking(False)
        self._count += 1
        viewer = _Viewer(link, self._count)
        viewer.due += requests.written(self._present())
        self._viewers[viewer.number] = viewer
        selector.register(link, selectors.EVENT_READ, viewer)

    def _hear(self, selector: selectors.BaseSelector, viewer: _Viewer) -> None:
        try:
            data = viewer.link.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        *lines, viewer.heard = (viewer.heard + data).split(b"\n")
        for line in lines:
            viewer.due += requests.written(Reply(refused=self._answer(viewer, line)))
        if not data or len(viewer.heard) > requests.LINE:
            self._let_go(selector, viewer)

    def _answer(self, viewer: _Viewer, line: bytes) -> str:
        try:
            return self._heed(viewer.number, requests.read(line))
        except ValueError as error:
            return str(error)

    def _spread(self, selector: selectors.BaseSelector) -> None:
        """Send what is due, as far as the viewers take it."""
        news = b"".join(self._news.popleft() for _ in range(len(self._news)))
        for viewer in list(self._viewers.values()):
            viewer.due += news
            try:
                if viewer.due:
                    del viewer.due[: viewer.link.send(viewer.due)]
            except BlockingIOError:
                pass
            except OSError:
                self._let_go(selector, viewer)
                continue
            if len(viewer.due) > BEHIND:
                self._let_go(selector, viewer)
                continue
            more = selectors.EVENT_WRITE if viewer.due else 0
            selector.modify(viewer.link, selectors.EVENT_READ | more, viewer)

    def _let_go(self, selector: selectors.BaseSelector, viewer: _Viewer) -> None:
        if self._viewers.pop(viewer.number, None):
            selector.unregister(viewer.link)
            viewer.link.close()
            self._gone(viewer.number)


def _prepare(folder: Path) -> None:
    """Make the folder of the sockets, and remove those of processes that are gone.

    Raise OSError if it belongs to somebody else or others can write to it.
    """
    files.make_folder(folder)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(1, "others could use this folder", str(folder))
    for old in folder.glob("*.sock"):
        if not (old.stem.isdigit() and psutil.pid_exists(int(old.stem))):
            old.unlink(missing_ok=True)
