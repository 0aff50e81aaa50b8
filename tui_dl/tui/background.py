"""Threads behind the screen: they train and load, and let the screen go first."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tui_dl.tui.runtime.guard import GuardedApp

NICENESS = 5


def step_back() -> None:
    """Lower the priority of the calling thread and of those it will start.

    Linux keeps a priority a thread; elsewhere it belongs to the whole process and is left alone.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


def stepped_back(work: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    """`work` with its arguments, for a thread that first steps back."""

    def target() -> None:
        step_back()
        work(*arguments)

    return target


def behind(work: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Run `work` in a thread that has stepped back, and for which nobody waits on leaving."""
    target = stepped_back(work, *arguments)
    thread = threading.Thread(target=target, name=work.__name__, daemon=True)
    thread.start()
    return thread


def hand_over(app: GuardedApp, show: Callable[..., None], *found: Any) -> None:
    """Call `show` in the app's own thread and wait for it, unless the app leaves by then.

    An error of `show` is the screen's, not the thread's.
    """

    def guarded() -> None:
        if not app.leaving:
            try:
                show(*found)
            except Exception as error:
                if not app.survives(error):
                    raise

    if app.is_running:
        with suppress(RuntimeError):  # the app ends meanwhile
            app.call_from_thread(guarded)
