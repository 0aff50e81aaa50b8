"""What the C library keeps of freed memory: little, and in few places. GNU's alone is told."""

from __future__ import annotations

import contextlib
import ctypes
import os

M_ARENA_MAX = -8  # of malloc.h


def share_arenas() -> None:
    """Let threads share one heap a core, where they would have eight; before they begin.

    Each run has threads of its own, and what they leave in heaps of their own falls to pieces:
    trained again and again, attention takes 930 to 1010 MB, and with two heaps 900 each time.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, max(2, os.cpu_count() or 2))


def trim() -> None:
    """Return what was freed to the system: 100 to 300 MB after a compilation.

    Takes some 30 ms, without the interpreter.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
