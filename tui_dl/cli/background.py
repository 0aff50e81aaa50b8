"""Runs work in a worker thread: signals are handled at once, and drawing does not slow the work."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from tui_dl.engine.control import Control

T = TypeVar("T")
TICK = 0.1  # seconds between two redraws
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@dataclass
class Interrupts:
    """What SIGINT, SIGTERM and SIGHUP do to some work.

    The first one stops it, and `code` becomes 128 plus its number; the second one calls `leave` and
    ends the process at once with that code. With `hang_up`, SIGHUP calls that and stops nothing.
    """

    control: Control
    leave: Callable[[], None]
    hang_up: Callable[[], None] | None = None
    code: int = 128 + signal.SIGINT

    def __call__(self, number: int, frame: Any) -> None:
        """Handle a signal."""
        if self.hang_up and number == signal.SIGHUP:
            self.hang_up()
            return
        if self.control.stopping:
            self.leave()
            os._exit(self.code)
        self.code = 128 + number
        self.control.stop()


def in_background(work: Callable[[], T], draw: Callable[[], None], interrupts: Interrupts) -> T:
    """Run `work` in a worker thread while this thread draws; return its result or raise its error.

    Signals are handled meanwhile, as `interrupts` says.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=target, name="work", daemon=True)
    with _handled_by(interrupts):
        thread.start()
        while thread.is_alive():
            draw()
            thread.join(TICK)
        draw()
    if errors:
        raise errors[0]
    return results[0]


@contextlib.contextmanager
def _handled_by(interrupts: Interrupts) -> Iterator[None]:
    before = {number: signal.signal(number, interrupts) for number in _wanted()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wanted() -> list[signal.Signals]:
    """Return the signals to handle, except ignored ones (such as SIGHUP under `nohup`)."""
    if threading.current_thread() is not threading.main_thread():
        return []
    known = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) != signal.SIG_IGN]
