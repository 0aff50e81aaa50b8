"""Threads that train and load in the background, at a lower priority than the screen."""

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
    """Lower the priority of the calling thread and of the threads it starts.

    Linux has a priority per thread; elsewhere it belongs to the whole process and is not changed.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))


def stepped_back(work: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    """Return a thread target that lowers the priority and then calls `work(*arguments)`."""

    def target() -> None:
        step_back()
        work(*arguments)

    return target


def behind(work: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Run `work` in a daemon thread of lower priority; leaving does not wait for it."""
    target = stepped_back(work, *arguments)
    thread = threading.Thread(target=target, name=work.__name__, daemon=True)
    thread.start()
    return thread


def hand_over(app: GuardedApp, show: Callable[..., None], *found: Any) -> None:
    """Call `show` in the app's thread and wait for it, unless the app is leaving.

    An error in `show` counts as an error of the screen, not of the calling thread.
    """

    def guarded() -> None:
        if not app.leaving:
            try:
                show(*found)
            except Exception as error:
                if not app.survives(error):
                    raise

    if app.is_running:
        with suppress(RuntimeError):  # the app has ended meanwhile
            app.call_from_thread(guarded)
