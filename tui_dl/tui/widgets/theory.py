"""A page of theory with the list of its headings."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_dl.theory.page import HeadingText
from tui_dl.tui.widgets.theory_page import TheoryPage


class Theory(Widget):
    """A page of theory and the list of its headings, which ``c`` shows and hides."""

    DEFAULT_CSS = """
    Theory {
        layout: horizontal; height: 1fr;
        & > TheoryPage { width: 1fr; height: 1fr; }
        & > OptionList {
            display: none; dock: right; width: 34; max-width: 50%; height: 1fr;
            background: $surface;
            &, &:focus { border: none; border-left: solid $foreground 25%; }
        }
        &.-contents > OptionList { display: block; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "contents", "Contents", show=False)]

    def __init__(
        self, markdown: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._initial = markdown

    def compose(self) -> ComposeResult:
        """Yield the page and the list of its headings."""
        yield TheoryPage(self._initial)
        yield OptionList()

    def on_mount(self) -> None:
        """List the headings."""
        self._list_headings()

    @property
    def page(self) -> TheoryPage:
        """The scrolling page; give it the focus to read by keyboard."""
        return self.query_one(TheoryPage)

    @property
    def headings(self) -> list[HeadingText]:
        """The headings in order."""
        return self.page.headings

    def show(self, markdown: str, *, top: bool = True) -> None:
        """Replace the page; scroll to its `top`, or stay where the former one was."""
        self.page.show(markdown, top=top)
        self._list_headings()

    def go_to(self, index: int) -> None:
        """Scroll the heading with this index in ``headings`` to the top."""
        self.page.go_to(index)

    def action_contents(self) -> None:
        """Show the headings and move to them, or hide them and go back to the page."""
        shown = not self.has_class("-contents")
        self.set_class(shown, "-contents")
        contents = self.query_one(OptionList)
        contents.highlighted = max(self.page.passed - 1, 0) if self.headings else None
        (contents if shown else self.page).focus()

    def _list_headings(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        top = min((heading.level for heading in self.headings), default=1)
        options.add_options(
            Option(Content("  " * (heading.level - top) + heading.text))
            for heading in self.headings
        )

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Go to the chosen heading and read on there."""
        message.stop()
        self.go_to(message.option_index)
        if self.size.width < 100:
            self.remove_class("-contents")
        self.page.focus()
