"""Bytes to a terminal that may read slowly or not at all: nobody waits for it but one thread."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
import time
from collections import deque
from collections.abc import Callable

CHUNK = 512  # bytes at once, where the terminal cannot be opened so that writing never waits
TICK = 0.05  # seconds between two looks whether what waits is still wanted
FULL = 1 << 16  # characters of control text, beyond which a terminal that reads nothing gets none


class Outlet:
    """Writes control text in its order, and whatever `pull` gives whenever the terminal takes it.

    `pull` is called in the outlet's own thread for one piece after another, until it gives "".
    """

    def __init__(self, descriptor: int, pull: Callable[[], str]) -> None:
        self._terminal, self._patient = _opened(descriptor)
        self._pull = pull
        self._controls: deque[str] = deque()
        self._due = self._busy = self._closed = False
        self._era = 0  # what was begun in an earlier one is given up
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
        """There is something to pull."""
        with self._changed:
            self._due = True
            self._changed.notify_all()

    def discard(self) -> None:
        """Give up whatever the terminal has not read yet, also what the system holds for it."""
        with self._changed:
            self._era += 1
            self._controls.clear()
            self._due = False
        locked = self._writing.acquire(timeout=TICK)
        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(self._terminal, termios.TCOFLUSH)
        if locked:
            self._writing.release()

    def finish(self, seconds: float) -> bool:
        """Wait until all is written, for so many seconds at most; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending(), seconds)

    def close(self) -> None:
        """Write no more."""
        with self._changed:
            self._era += 1
            self._closed = True
            self._changed.notify_all()
        self._thread.join(2 * TICK)
        if not self._thread.is_alive():
            os.close(self._terminal)

    def _pending(self) -> bool:
        return bool(self._controls or self._due or self._busy)

    def _run(self) -> None:
        while piece := self._next():
            self._send(*piece)

    def _next(self) -> tuple[str, int] | None:
        """What to write next, and when that was decided; None at the end."""
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._pending() or self._closed)
                if self._closed:
                    return None
                self._busy, era = True, self._era
                if self._controls:
                    text = "".join(self._controls)
                    self._controls.clear()
                    return text, era
                self._due = False
            if text := self._pull():
                self.nudge()  # for the piece after it
                return text, era

    def _send(self, text: str, era: int) -> None:
        left = memoryview(text.encode("utf-8", "replace"))
        while left and era == self._era:
            if select.select([], [self._terminal], [], TICK)[1]:
                left = left[self._written(left, era) :]

    def _written(self, data: memoryview, era: int) -> int:
        """How many bytes the terminal took; all, where it is gone."""
        with self._writing:
            if era != self._era:
                return 0
            try:
                return os.write(self._terminal, data if self._patient else data[:CHUNK])
            except BlockingIOError:
                time.sleep(TICK / 10)
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
