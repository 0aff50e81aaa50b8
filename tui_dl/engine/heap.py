"""Limits the freed memory that the C library keeps; only the GNU library supports this."""

from __future__ import annotations

import contextlib
import ctypes
import os

M_ARENA_MAX = -8  # of malloc.h


def share_arenas() -> None:
    """Limit threads to one heap per core instead of eight; call it before they start.

    Each run has its own threads, and what they leave in their own heaps becomes fragmented:
    trained repeatedly, attention takes 930 to 1010 MB, and with two heaps 900 MB each time.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, max(2, os.cpu_count() or 2))


def trim() -> None:
    """Return freed memory to the system: 100 to 300 MB after a compilation.

    This takes about 30 ms and leaves the interpreter free.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
