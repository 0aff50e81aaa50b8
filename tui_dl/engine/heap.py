"""Gives freed memory back to the system."""

from __future__ import annotations

import contextlib
import ctypes


def trim() -> None:
    """Return what was freed since the last call; some 30 ms, without the interpreter.

    The C library keeps what a compilation has freed, 100 to 300 MB of it. Does nothing where the C
    library is not GNU's.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
