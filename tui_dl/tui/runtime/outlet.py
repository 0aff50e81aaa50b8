"""Writes to a terminal that may read slowly or not at all; only its own thread waits for it."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import termios
import threading
import time
from collections import deque
from collections.abc import Callable

LOG = logging.getLogger(__name__)
CHUNK = 512  # bytes per write, if the terminal cannot be opened so that writing never blocks
TICK = 0.05  # seconds between two checks that pending bytes are still wanted
BEHIND = 3.0  # seconds a backlog lasts before the terminal counts as slow
FULL = 1 << 16  # characters of pending control text; a terminal that reads nothing gets no more


class Outlet:
    """Writes control text in order, and the pieces that `pull` returns, as the terminal accepts it.

    `pull` is called for one piece after another until it returns "": by `nudge` itself while the
    terminal accepts everything at once, which saves a key some milliseconds, or else in a thread.
    """

    def __init__(self, descriptor: int, pull: Callable[[], str]) -> None:
        self._terminal, self._patient = _opened(descriptor)
        self._pull = pull
        self._controls: deque[str] = deque()
        self._left: tuple[bytes, int] | None = None  # the rest of a piece, and its era
        self._due = self._busy = False
        self._ending = self._closed = False
        self.sent = 0  # bytes of what was pulled
        self._late_since: float | None = None  # when a backlog began
        self._accepted = 0.0  # when the terminal last accepted something
        self._era = 0  # counts `discard` and `close`: pieces of an earlier era are dropped
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Write control text as soon as the terminal accepts it."""
        with self._changed:
            if sum(map(len, self._controls)) < FULL:
                self._controls.append(text)
            self._changed.notify_all()

    def nudge(self) -> None:
        """Pull and write what is pending; do nothing after `discard`."""
        with self._changed:
            if self._ending:
                return
            if self._pending() and self._late_since is None:
                self._late_since = time.monotonic()
            at_once, era = self._patient and not self._pending(), self._era
            self._busy = self._busy or at_once
            self._due = not at_once
            self._changed.notify_all()
        if at_once:
            self._pull_at_once(era)

    def _pull_at_once(self, era: int) -> None:
        """Write pieces until there are none or the terminal accepts no more."""
        left = b""
        try:
            while not left and (text := self._pull()):
                data = self._encoded(text)
                left = data[self._written(data, era) :]
        finally:
            with self._changed:
                if left and era == self._era:
                    self._left, self._due = (left, era), True
                self._rest()

    def _rest(self) -> None:
        self._busy = False
        if not self._pending():
            self._late_since = None
        self._changed.notify_all()

    def discard(self) -> None:
        """Drop what the terminal has not read yet, including the system's buffer.

        After this, only control text is written.
        """
        with self._changed:
            self._ending = True
            self._era += 1
            self._controls.clear()
            self._left, self._due = None, False
        locked = self._writing.acquire(timeout=TICK)
        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(self._terminal, termios.TCOFLUSH)
        if locked:
            self._writing.release()

    @property
    def falls_behind(self) -> bool:
        """True if a backlog has lasted for seconds although the terminal goes on reading.

        One that reads nothing, as while a laptop sleeps, does not count.
        """
        since = self._late_since
        return since is not None and self._accepted - since >= BEHIND

    def finish(self, seconds: float) -> bool:
        """Wait at most this many seconds until everything is written; return True if it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending(), seconds)

    def close(self) -> None:
        """Stop writing and close the descriptor."""
        with self._changed:
            self._era += 1
            self._ending = self._closed = True
            self._changed.notify_all()
        self._thread.join(2 * TICK)
        if not self._thread.is_alive():
            with self._writing:
                os.close(self._terminal)

    def _pending(self) -> bool:
        return bool(self._controls or self._due or self._left or self._busy)

    def _waiting(self) -> bool:
        return self._pending() and not self._busy

    def _run(self) -> None:
        while not self._closed:
            try:
                if piece := self._next():
                    self._send(*piece)
            except Exception:  # the next piece may succeed; without this thread none would
                LOG.exception("a part of the screen could not be written")
            with self._changed:
                self._rest()

    def _next(self) -> tuple[bytes, int] | None:
        """Return what to write next and its era, or None if there is nothing."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting())
            self._busy, era = True, self._era
            if self._left:
                left, self._left = self._left, None
                return left
            if self._controls:
                text = "".join(self._controls)
                self._controls.clear()
                return text.encode("utf-8", "replace"), era
            self._due = False
        if text := self._pull():
            with self._changed:
                self._due = not self._ending  # for the next piece
            return self._encoded(text), era
        return None

    def _encoded(self, text: str) -> bytes:
        """Return the bytes of a piece, and count them."""
        data = text.encode("utf-8", "replace")
        self.sent += len(data)
        return data

    def _send(self, data: bytes, era: int) -> None:
        left = memoryview(data)
        while left and era == self._era:
            if select.select([], [self._terminal], [], TICK)[1]:
                left = left[self._written(left, era) or self._pause() :]

    @staticmethod
    def _pause() -> int:
        """Wait and return 0: nothing was accepted although the terminal seemed ready."""
        time.sleep(TICK)
        return 0

    def _written(self, data: bytes | memoryview, era: int) -> int:
        """Return how many bytes the terminal accepted; all of them if it is gone."""
        with self._writing:
            if era != self._era:
                return 0
            try:
                count = os.write(self._terminal, data if self._patient else data[:CHUNK])
                self._accepted = time.monotonic()
                return count
            except BlockingIOError:
                return 0
            except OSError:  # the window was closed
                return len(data)


def _opened(descriptor: int) -> tuple[int, bool]:
    """Open the terminal of a descriptor; return it, and True if writing to it never blocks.

    It is opened by name, since O_NONBLOCK on a duplicate would apply to the shell as well. If that
    is not allowed, as after `su`, it is opened as the controlling terminal, or else duplicated:
    writing to a duplicate may block.
    """
    for name in (*_name(descriptor), *_controlling(descriptor)):
        with contextlib.suppress(OSError):
            return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK), True
    return os.dup(descriptor), False


def _name(descriptor: int) -> list[str]:
    try:
        return [os.ttyname(descriptor)]
    except OSError:
        return []


def _controlling(descriptor: int) -> list[str]:
    try:
        os.tcgetpgrp(descriptor)  # fails for any terminal but the controlling one
        return ["/dev/tty"]
    except OSError:
        return []
