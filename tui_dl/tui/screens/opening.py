"""Opens lessons one at a time; of several requests the last one counts."""

from __future__ import annotations

import asyncio
from typing import Protocol

from tui_dl import catalog
from tui_dl.lesson import Lesson


class LessonHost(Protocol):
    """The screen that shows the lesson."""

    async def show_lesson(self, lesson: Lesson) -> None:
        """Show a lesson's page and form."""

    async def lesson_opened(self, action: str) -> None:
        """Called when the lesson is open; `action` was requested meanwhile, "" if none was."""

    def refuse(self, why: str) -> None:
        """Show why a request cannot be carried out."""


class Opening:
    """The requested lesson, the open lesson, and the action to run once it is open."""

    def __init__(self, first: Lesson, host: LessonHost) -> None:
        self.lesson, self.wanted = first, first.id
        self._host = host
        self._one_at_a_time = asyncio.Lock()
        self._opened = ""
        self._then: tuple[str, str] | None = None  # lesson and action, requested while it opened

    @property
    def settled(self) -> bool:
        """True if the wanted lesson is open; False while one opens."""
        return self._opened == self.wanted

    def then(self, action: str) -> None:
        """Run an action of the screen once the wanted lesson is open."""
        self._then = self.wanted, action

    async def open(self, name: str) -> None:
        """Open the lesson, unless another one has been requested by the time of its turn."""
        async with self._one_at_a_time:
            if name != self.wanted:
                return
            lesson = catalog.lesson(name)
            if problem := lesson.problem():
                self._host.refuse(problem)
                self.wanted = self.lesson.id
                return
            self.lesson, self._opened = lesson, ""
            await self._host.show_lesson(lesson)
            self._opened = lesson.id
            await self._host.lesson_opened(self._asked())

    def _asked(self) -> str:
        """Return the action that was requested, if it was for this lesson, or ""."""
        (lesson, action), self._then = self._then or ("", ""), None
        if lesson and lesson != self.lesson.id:
            title = catalog.lesson(lesson).title
            self._host.refuse(f"{title} was not trained: another lesson was opened.")
            return ""
        return action
