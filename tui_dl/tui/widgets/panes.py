"""The three panes side by side, or as many of them as the terminal has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui_dl import catalog
from tui_dl.tui.widgets.lesson_page import LessonPage
from tui_dl.tui.widgets.lesson_tree import LessonTree

if TYPE_CHECKING:
    from tui_dl.tui.widgets.train_pane import TrainPane

MEDIUM, WIDE, HUGE = 100, 160, 200  # columns from which two panes, three, and wider ones fit


class Panes(Horizontal):
    """Lessons, page and training; in a narrow terminal one of them, chosen by `show`.

    Each pane is shown or hidden by itself: a class on the screen would restyle all of its widgets.
    """

    DEFAULT_CSS = "Panes { height: 1fr; }"

    def __init__(self, *, greets: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._greets = greets
        self._front = "page"
        self.drawer = False  # True while the lessons are wanted over the page
        self._full = False  # True while the page fills the screen

    def compose(self) -> ComposeResult:
        """Yield the panes from left to right; the training pane is empty until `complete`."""
        tree = LessonTree(catalog.lessons(), id="lessons")
        tree.border_title = "Lessons"
        yield tree
        yield LessonPage(greets=self._greets, id="page")
        yield Vertical(id="train")

    async def complete(self) -> TrainPane:
        """Add the charts and the form, whose modules the first paint does not wait for."""
        from tui_dl.tui.widgets.train_pane import TrainPane

        pane = TrainPane()
        await self.query_one("#train").mount(pane)
        return pane

    def on_mount(self) -> None:
        """Fit the width of the terminal."""
        self.fit(self.app.size.width)

    def show(self, pane: str, *, drawer: bool | None = None) -> None:
        """Bring a pane to the front, and open or close the drawer unless it is to stay as it is."""
        self._full = self._full and pane == "page"
        self._front = pane
        self.drawer = self.drawer if drawer is None else drawer
        self.fit(self.app.size.width)

    @property
    def full(self) -> bool:
        """True while the page fills the screen."""
        return self._full

    @full.setter
    def full(self, full: bool) -> None:
        self._full = full
        self.fit(self.app.size.width)

    @property
    def page_shows(self) -> bool:
        """True if the page is displayed."""
        return bool(self.query_one(LessonPage).display)

    @property
    def form_shows(self) -> bool:
        """True if the pane with the form is displayed."""
        return bool(self.query_one("#train").display)

    def close_drawer(self) -> None:
        """Hide the lessons if they are shown over the page."""
        self.show(self._front, drawer=False)

    def toggle_usage(self) -> None:
        """Show the use of CPU, memory and GPUs below the panes, or stop watching it."""
        from tui_dl.tui.widgets.usage_panel import UsagePanel

        if opened := self.screen.query(UsagePanel):
            opened.remove()
        else:
            self.screen.mount(UsagePanel(), after=self)

    def fit(self, width: int) -> None:
        """Show the panes for which a terminal of this many columns has room."""
        for pane in self.children:
            if self._full:
                pane.display = pane.id == "page"
            elif width >= WIDE:
                pane.display = True
            elif width >= MEDIUM:
                pane.display = pane.id != "lessons" or self.drawer
            else:
                pane.display = pane.id == self._front
