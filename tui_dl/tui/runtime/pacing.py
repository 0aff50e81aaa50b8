"""Limits painting while keys wait, so that most of the time is left for the keys.

A paint of 300x100 cells takes 40 ms or more; one for each of fifty keys typed ahead would delay the
last key by two seconds, for frames that nobody can see. Every change behind a dialog causes a paint
of the whole screen, dimmed: moving charts there would leave no time for the keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SHARE = 4  # while keys wait, painting takes a quarter of the time
LONGEST = 0.3  # at most this many seconds between two paints, however slow they are
BEHIND = 1.0  # seconds between two paints of what is behind a dialog


class Pace:
    """Decides when to paint, by how long the last paint took."""

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
    """A mixin for screens that paint at the pace of their app, a `Workbench`.

    It is not a Screen itself: Textual takes a widget's styles only from its first base class.
    """

    app: Any
    is_current: bool
    is_active: bool

    def _on_timer_update(self) -> None:
        behind = self.is_current and not self.is_active
        self.app.pace.paint(super()._on_timer_update, behind=behind)  # type: ignore[misc]
