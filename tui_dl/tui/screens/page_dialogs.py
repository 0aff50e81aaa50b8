"""The dialogs about pages: a term, a sheet such as the table of symbols, and the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_dl import catalog, glossary
from tui_dl.glossary import Term
from tui_dl.theory.search import hits
from tui_dl.tui.screens.dialogs import Dialog
from tui_dl.tui.widgets.theory_page import TheoryPage

MOST = 200  # lines that the search lists


@dataclass(frozen=True)
class Found:
    """What to read: a lesson's page from the heading of this anchor on, or a term."""

    lesson: str = ""
    heading: str = ""
    term: str = ""


class Explained(Dialog[Found | None]):
    """A term with its sentence; dismisses with the lesson that introduces it, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "read", "Read"),
        Binding("escape,q,b", "dismiss(None)", "Close"),
    ]

    def __init__(self, term: Term) -> None:
        super().__init__()
        self._term = term

    def compose(self) -> ComposeResult:
        """Yield the term, its sentence, and where to read more."""
        term, lesson = self._term, catalog.find(self._term.lesson)
        also = f"\nalso: {', '.join(term.synonyms)}" if term.synonyms else ""
        where = f"Enter opens “{lesson.title}”, which explains it. Esc closes." if lesson else ""
        with Vertical():
            yield Static(Text.assemble((term.name, "bold"), f"\n{term.says}{also}"))
            yield Static(where, classes="hint", markup=False)

    def action_read(self) -> None:
        """Open the lesson that introduces the term."""
        self.dismiss(Found(self._term.lesson) if catalog.find(self._term.lesson) else None)


class Sheet(Dialog[None]):
    """A page that belongs to no lesson, such as the table of symbols."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,b", "dismiss(None)", "Close")]

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self._markdown = markdown

    def compose(self) -> ComposeResult:
        """Yield the page."""
        with Vertical(id="sheet"):
            yield TheoryPage(self._markdown)


class Find(Dialog[Found | None]):
    """Lists where a word is in the glossary and on the pages; dismisses with the chosen place."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down", "list", "Results", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pages = {each.id: each.readable_theory() for each in catalog.lessons()}
        self._found: list[Found] = []

    def compose(self) -> ComposeResult:
        """Yield the field, the results, and what to press."""
        with Vertical(id="find"):
            yield Input(placeholder="A word in the theory pages or the glossary")
            yield OptionList()
            yield Static(
                "Enter or ↓ goes to the results, Enter opens one. Esc closes.", classes="hint"
            )

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what is found."""
        event.stop()
        lines = list(islice(self._lines(event.value), MOST)) if len(event.value.strip()) > 1 else []
        self._found = [found for found, _ in lines]
        results = self.query_one(OptionList)
        results.clear_options()
        results.add_options([Option(text) for _, text in lines])

    def _lines(self, word: str) -> Iterator[tuple[Found, Text]]:
        for term in glossary.terms():
            if any(word.casefold() in name.casefold() for name in (term.name, *term.synonyms)):
                yield Found(term=term.name), Text.assemble((term.name, "bold"), f"  {term.says}")
        for hit in hits(word, self._pages):
            title = catalog.lesson(hit.page).title
            yield Found(hit.page, hit.heading), Text.assemble((title, "bold"), f"  {hit.text}")

    def action_list(self) -> None:
        """Go to the results."""
        if self._found:
            results = self.query_one(OptionList)
            results.highlighted = results.highlighted or 0
            results.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the results."""
        event.stop()
        self.action_list()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        event.stop()
        if event.option_index < len(self._found):
            self.dismiss(self._found[event.option_index])
