"""Threads behind the screen: they train and load, and let the screen go first."""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 5


def step_back() -> None:
    """Lower the priority of the calling thread and of those it will start.

    Linux keeps a priority a thread; elsewhere it belongs to the whole process and is left alone.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
