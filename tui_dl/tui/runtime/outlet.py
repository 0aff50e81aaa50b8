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
CHUNK = 512  # bytes at once, where the terminal cannot be opened so that writing never waits
TICK = 0.05  # seconds between two looks whether what waits is still wanted
FULL = 1 << 16  # characters of control text, beyond which a terminal that reads nothing gets none


class Outlet:
    """Writes control text in its order, and whatever `pull` gives whenever the terminal takes it.

    `pull` is called for one piece after another, until it gives "": by `nudge` itself as long as
    the terminal takes all at once, which saves a key some milliseconds; else in a thread.
    """

    def __init__(self, descriptor: int, pull: Callable[[], str]) -> None:
        self._terminal, self._patient = _opened(descriptor)
        self._pull = pull
        self._controls: deque[str] = deque()
        self._left: tuple[bytes, int] | None = None  # of a piece, and the era of that
        self._due = self._busy = False
        self._ending = self._closed = False
        self._era = 0  # counts `discard` and `close`: pieces of an earlier era are dropped
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Write control text as soon as the terminal takes it."""
        with self._changed:
            if sum(map(len, self._controls)) < FULL:
                self._controls.append(text)
            self._changed.notify_all()

    def nudge(self) -> None:
        """Pull and write what there is; ignored after `discard`."""
        with self._changed:
            if self._ending:
                return
            at_once, era = self._patient and not self._pending(), self._era
            self._busy = self._busy or at_once
            self._due = not at_once
            self._changed.notify_all()
        if at_once:
            self._pull_at_once(era)

    def _pull_at_once(self, era: int) -> None:
        """Write pieces until there are none, or the terminal takes no more."""
        left = b""
        try:
            while not left and (text := self._pull()):
                data = text.encode("utf-8", "replace")
                left = data[self._written(data, era) :]
        finally:
            with self._changed:
                if left and era == self._era:
                    self._left, self._due = (left, era), True
                self._rest()

    def _rest(self) -> None:
        self._busy = False
        self._changed.notify_all()

    def discard(self) -> None:
        """Drop what the terminal has not read yet, also from the system's buffer.

        Only control text is written after it.
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

    def finish(self, seconds: float) -> bool:
        """Wait at most that many seconds until everything is written; True if it is."""
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
            except Exception:  # the next piece may do better; without this thread none would
                LOG.exception("a piece of the screen is lost")
            with self._changed:
                self._rest()

    def _next(self) -> tuple[bytes, int] | None:
        """What to write next, and the era of that; None where there is nothing after all."""
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
                self._due = not self._ending  # for the piece after it
            return text.encode("utf-8", "replace"), era
        return None

    def _send(self, data: bytes, era: int) -> None:
        left = memoryview(data)
        while left and era == self._era:
            if select.select([], [self._terminal], [], TICK)[1]:
                left = left[self._written(left, era) or self._pause() :]

    @staticmethod
    def _pause() -> int:
        """Nothing was taken although there seemed to be room."""
        time.sleep(TICK)
        return 0

    def _written(self, data: bytes | memoryview, era: int) -> int:
        """How many bytes the terminal took; all, where it is gone."""
        with self._writing:
            if era != self._era:
                return 0
            try:
                return os.write(self._terminal, data if self._patient else data[:CHUNK])
            except BlockingIOError:
                return 0
            except OSError:  # the window was closed
                return len(data)


def _opened(descriptor: int) -> tuple[int, bool]:
    """The terminal of a descriptor, and whether writing to it never waits.

    It is opened by its name, since O_NONBLOCK on a duplicate would hold for the shell as well.
    Where that is not allowed, as after `su`, it is opened as the controlling terminal; else a
    duplicate has to do, which waits.
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
