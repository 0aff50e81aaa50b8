"""Ends the process within a time limit, whatever the app, a run or the terminal does."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

LOG = logging.getLogger(__name__)
RUN, SCREEN, PROCESS = 0.5, 0.7, 2.3  # seconds that each has after the request to leave
_CLOSING = 0.3  # seconds to close the record of a run that is given up
HANGUP = 128 + getattr(signal, "SIGHUP", 1)  # exit code
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class Watch:
    """Restores the terminal and ends the process if the app does not do so in time."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self, code: int, screen: Callable[[], None], record: Callable[[], None]) -> None:
        """Start to watch, once: `screen` restores the terminal, `record` closes runs' records.

        Both may be called while the app does the same. The process exits with `code`.
        """
        if not self._begun:
            self._begun = True
            threading.Thread(target=_watch, args=(code, screen, record), daemon=True).start()

    @staticmethod
    def of_screen(screen: Callable[[], None]) -> None:
        """Watch the screen alone: the process goes on."""
        threading.Thread(target=_screen_only, args=(screen,), daemon=True).start()


def _screen_only(screen: Callable[[], None]) -> None:
    time.sleep(SCREEN)
    screen()


def _watch(code: int, screen: Callable[[], None], record: Callable[[], None]) -> None:
    end = time.monotonic() + PROCESS
    time.sleep(SCREEN)
    _for_at_most(PROCESS - SCREEN - _CLOSING, screen)
    time.sleep(max(0.0, end - time.monotonic()))
    _for_at_most(_CLOSING, record)
    os._exit(code)


def _for_at_most(seconds: float, work: Callable[[], None]) -> None:
    """Call `work` in a thread and wait at most this many seconds for it."""

    def logged() -> None:
        try:
            work()
        except Exception:
            LOG.exception("error while leaving")

    thread = threading.Thread(target=logged, daemon=True)
    thread.start()
    thread.join(seconds)


@contextlib.contextmanager
def on_signals(leave: Callable[[int], None]) -> Iterator[None]:
    """Call `leave` with the exit code (128 plus the signal's number) if a signal asks to end.

    It is called in the main thread, which may be doing anything, so it must not block.
    """

    def answer(number: int, frame: object) -> None:
        leave(128 + number)

    wanted = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, answer) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
