"""Keeps what is drawn by itself within the bytes that a slow line carries."""

from __future__ import annotations

import time
from collections.abc import Callable

RATE = 1500  # bytes a second; 2 kB/s with the answers to some keys
WORST = 4.0  # seconds that nothing is drawn after a large change, at most


class SlowLine:
    """Says whether the line to the terminal is slow, and whether it is time to draw again."""

    def __init__(self, slow: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.slow = slow
        self._clock = clock
        self._seen, self._at = 0, clock()
        self._debt = 0.0  # bytes that the line has still to carry

    def affords(self, sent: int) -> bool:
        """True if the line has carried the bytes sent so far; always, if it is not slow."""
        now = self._clock()
        carried = RATE * (now - self._at)
        self._debt = max(0.0, self._debt + max(0, sent - self._seen) - carried)
        self._debt = min(self._debt, RATE * WORST)
        self._seen, self._at = sent, now
        return not self.slow or not self._debt
