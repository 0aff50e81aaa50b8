"""Painting leaves most of the time to keys while keys wait.

A paint of 300x100 cells takes 40 ms and more; one for each of fifty keys typed ahead would hold the
last of them up by two seconds, for pictures that nobody can see.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SHARE = 4  # while keys wait, painting takes a quarter of the time
LONGEST = 0.3  # seconds between two paints at most, however slow they are


class Pace:
    """Says when to paint, by what the last paint has taken."""

    def __init__(self, keys_wait: Callable[[], bool]) -> None:
        self._keys_wait = keys_wait
        self._due = 0.0

    def paint(self, update: Callable[[], None]) -> None:
        """Lay out and paint, unless it is too soon; the screen asks again at its next tick."""
        began = time.monotonic()
        if began >= self._due or not self._keys_wait():
            update()
            now = time.monotonic()
            self._due = now + min((SHARE - 1) * (now - began), LONGEST)


class Paced:
    """Part of a screen that paints at the pace of its app, which is a `Workbench`.

    No screen of its own: Textual takes the styles of a widget from the first of its bases alone.
    """

    app: Any

    def _on_timer_update(self) -> None:
        self.app.pace.paint(super()._on_timer_update)  # type: ignore[misc]
