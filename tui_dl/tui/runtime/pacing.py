"""Painting leaves most of the time to keys while keys wait.

A paint of 300x100 cells takes 40 ms and more; one for each of fifty keys typed ahead would hold the
last of them up by two seconds, for pictures that nobody can see. Whatever changes behind a dialog
costs a paint of the whole screen, dimmed: charts that move there would leave no time for the keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SHARE = 4  # while keys wait, painting takes a quarter of the time
LONGEST = 0.3  # seconds between two paints at most, however slow they are
BEHIND = 1.0  # seconds between two paints of what lies behind a dialog


class Pace:
    """Says when to paint, by what the last paint has taken."""

    def __init__(self, keys_wait: Callable[[], bool]) -> None:
        self._keys_wait = keys_wait
        self._due = self._due_behind = 0.0

    def paint(self, update: Callable[[], None], *, behind: bool = False) -> None:
        """Lay out and paint, unless it is too soon; the screen asks again at its next tick."""
        began = time.monotonic()
        if (began < self._due and self._keys_wait()) or (behind and began < self._due_behind):
            return
        update()
        now = time.monotonic()
        self._due = now + min((SHARE - 1) * (now - began), LONGEST)
        if behind:
            self._due_behind = now + BEHIND


class Paced:
    """Part of a screen that paints at the pace of its app, which is a `Workbench`.

    No screen of its own: Textual takes the styles of a widget from the first of its bases alone.
    """

    app: Any
    is_current: bool
    is_active: bool

    def _on_timer_update(self) -> None:
        behind = self.is_current and not self.is_active
        self.app.pace.paint(super()._on_timer_update, behind=behind)  # type: ignore[misc]
