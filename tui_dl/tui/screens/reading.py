"""Follows the links of theory pages and goes back; shows terms, symbols and where a word is."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from textual.app import App
from textual.worker import Worker

from tui_dl import catalog, glossary
from tui_dl.lesson import Lesson
from tui_dl.theory.page import LESSON, TERM
from tui_dl.tui.screens.opening import Opening
from tui_dl.tui.screens.page_dialogs import Explained, Find, Found, Sheet
from tui_dl.tui.widgets.lesson_page import LessonPage

Place = tuple[str, float]  # a lesson, and the row of its page at the top
MOST = 50  # places to go back to


class Reader(Protocol):
    """The screen on which the pages are read."""

    opening: Opening

    @property
    def page(self) -> LessonPage:
        """The page of the open lesson."""

    @property
    def lesson(self) -> Lesson:
        """The open lesson."""

    @property
    def app(self) -> App[Any]:
        """The app, which shows dialogs."""

    def open_lesson(self, name: str) -> Worker[None]:
        """Open a lesson in a task."""

    def action_tab(self, name: str) -> None:
        """Show a tab of the page."""

    def refuse(self, why: str) -> None:
        """Show why a request cannot be carried out."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str) -> object:
        """Run a task."""


class Reading:
    """The pages that were read, and the dialogs about them, for one screen."""

    def __init__(self, screen: Reader) -> None:
        self._screen = screen
        self._before: list[Place] = []

    def follow(self, address: str) -> None:
        """Open the lesson of an address, or show the term."""
        if address.startswith(TERM):
            self.explain(address.removeprefix(TERM))
        else:
            lesson, _, heading = address.removeprefix(LESSON).partition("#")
            self.open(Found(lesson, heading))

    def open(self, found: Found | None) -> None:
        """Open a lesson's page at a heading; remember where the reader came from."""
        if found is None:
            return
        if found.term:
            self.explain(found.term)
        elif catalog.find(found.lesson) is None:
            self._screen.refuse(f"There is no lesson {found.lesson}.")
        else:
            here = (self._screen.lesson.id, self._screen.page.row)
            self._before = [*self._before, here][-MOST:]
            self._show(found.lesson, heading=found.heading)

    def back(self) -> None:
        """Return to the place from which the last link was followed."""
        if not self._before:
            self._screen.refuse("There is no page to go back to.")
            return
        lesson, row = self._before.pop()
        self._show(lesson, row=row)

    def explain(self, name: str) -> None:
        """Show what a term means; Enter then opens the lesson that introduces it."""
        if term := glossary.find(name):
            self._screen.app.push_screen(Explained(term), self.open)

    def find(self) -> None:
        """Ask for a word, and list where it is."""
        self._screen.app.push_screen(Find(), self.open)

    def symbols(self) -> None:
        """Show the table of symbols."""
        self._screen.app.push_screen(Sheet(catalog.sheet("symbols")))

    def _show(self, lesson: str, *, heading: str = "", row: float | None = None) -> None:
        """Show a lesson's theory at a heading or a row, once it is open."""

        async def shown() -> None:
            if self._screen.lesson.id != lesson or not self._screen.opening.settled:
                await self._screen.open_lesson(lesson).wait()
            if self._screen.lesson.id == lesson:
                self._screen.action_tab("theory")
                self._screen.page.read_at(heading, row)

        self._screen.run_worker(shown(), group="reading")
