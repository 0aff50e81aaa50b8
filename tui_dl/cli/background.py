"""Runs work in a worker thread: signals are handled at once, and drawing does not slow the work."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from tui_dl.cli.failure import INTERRUPTED
from tui_dl.engine.control import Control

T = TypeVar("T")
TICK = 0.1  # seconds between two redraws
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def in_background(
    work: Callable[[], T], control: Control, draw: Callable[[], None], leave: Callable[[], None]
) -> T:
    """Run `work` in a worker thread while this thread draws; return its result or raise its error.

    SIGINT, SIGTERM and SIGHUP call `control.stop()`; a second signal calls `leave` and ends the
    process at once with exit code 130.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=target, name="work", daemon=True)
    with _stopping(control, leave):
        thread.start()
        while thread.is_alive():
            draw()
            thread.join(TICK)
        draw()
    if errors:
        raise errors[0]
    return results[0]


@contextlib.contextmanager
def _stopping(control: Control, leave: Callable[[], None]) -> Iterator[None]:
    def stop(number: int, frame: Any) -> None:
        if control.stopping:
            leave()
            os._exit(INTERRUPTED)
        control.stop()

    before = {number: signal.signal(number, stop) for number in _wanted()}
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
