"""Keeps the end of the process to its time, whatever the app, a run or the terminal does."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

LOG = logging.getLogger(__name__)
RUN, SCREEN, PROCESS = 0.5, 0.7, 2.3  # seconds after the wish to leave that each of them has
_CLOSING = 0.3  # seconds for the record of a run that is given up
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class Watch:
    """Gives back the terminal and ends the process where the app does not in time."""

    def __init__(self) -> None:
        self._begun = False

    def begin(self, code: int, screen: Callable[[], None], record: Callable[[], None]) -> None:
        """Watch from now on, unless it does: `screen` restores the terminal, `record` closes runs.

        Both may be called beside what does the same in the app. The process exits with `code`.
        """
        if not self._begun:
            self._begun = True
            threading.Thread(target=_watch, args=(code, screen, record), daemon=True).start()


def _watch(code: int, screen: Callable[[], None], record: Callable[[], None]) -> None:
    end = time.monotonic() + PROCESS
    time.sleep(SCREEN)
    _for_at_most(PROCESS - SCREEN - _CLOSING, screen)
    time.sleep(max(0.0, end - time.monotonic()))
    _for_at_most(_CLOSING, record)
    os._exit(code)


def _for_at_most(seconds: float, work: Callable[[], None]) -> None:
    """Do it in a thread that nobody waits for any longer."""

    def logged() -> None:
        try:
            work()
        except Exception:
            LOG.exception("on leaving")

    thread = threading.Thread(target=logged, daemon=True)
    thread.start()
    thread.join(seconds)


@contextlib.contextmanager
def on_signals(leave: Callable[[int], None]) -> Iterator[None]:
    """Call `leave` with the exit code, 128 and the signal's number, where one asks for the end.

    It is called in the main thread, whatever that does, and so must not wait.
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
