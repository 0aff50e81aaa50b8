"""A page of theory: Markdown with formulas, read by keyboard, with a list of its headings."""

from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Label, Markdown, OptionList
from textual.widgets.markdown import MarkdownBlock, MarkdownFence
from textual.widgets.option_list import Option

from tui_dl.tui.widgets.formula import draw, inline

STEP = 8
"""Columns that one press of left or right moves what is wider than the page."""


def parser() -> MarkdownIt:
    """A parser for GitHub's Markdown with ``$inline$`` and ``$$block$$`` formulas."""
    # Linkify would take file names such as lesson.py for addresses.
    markdown = MarkdownIt("gfm-like", {"linkify": False})
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.push("inline_formulas", _write_inline_formulas)
    return markdown


def _write_inline_formulas(state: StateCore) -> None:
    """Turn formulas in running text into italics, which every block of Markdown can show."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [new for child in token.children for new in _italic(child)]


def _italic(token: Token) -> list[Token]:
    if not token.type.startswith("math_inline"):
        return [token]
    text = Token("text", "", 0, content=inline(token.content))
    return [Token("em_open", "em", 1), text, Token("em_close", "em", -1)]


class Formula(MarkdownBlock):
    """A formula of its own lines: centred and never wrapped; its source if it cannot be drawn."""

    DEFAULT_CSS = """
    Formula {
        width: 1fr; height: auto; margin: 0 0 1 0; padding: 0;
        align-horizontal: center;
        overflow: scroll hidden; scrollbar-size: 0 0;
        & > Label { width: auto; }
        &.-source > Label { color: $text-warning; }
    }
    """

    def __init__(self, markdown: Markdown, token: Token) -> None:
        super().__init__(markdown, token)
        self.latex = token.content.strip()
        self._rows = draw(self.latex)
        self.set_class(self._rows is None, "-source")

    @property
    def allow_horizontal_scroll(self) -> bool:
        """The scroll bars are hidden, but the page's keys and the mouse may scroll."""
        return True

    def compose(self) -> ComposeResult:
        """The drawn rows in one label."""
        yield Label(Content("\n".join(self._rows or self.latex.splitlines())))


class Document(Markdown):
    """Markdown that knows formulas."""

    def __init__(self, markdown: str = "") -> None:
        super().__init__(markdown, parser_factory=parser, open_links=False)

    def unhandled_token(self, token: Token) -> MarkdownBlock | None:
        """A block formula becomes a widget; other unknown tokens are left out."""
        return Formula(self, token) if token.type.startswith("math_block") else None


class Page(VerticalScroll):
    """The document's scrolling pane; it has the focus while one reads."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-1)", "Left", show=False),
        Binding("right", "shift(1)", "Right", show=False),
    ]

    def action_shift(self, direction: int) -> None:
        """Move formulas and code that are wider than the page."""
        for block in self.query(MarkdownBlock):
            if isinstance(block, Formula | MarkdownFence) and block.max_scroll_x > 0:
                block.scroll_relative(x=direction * STEP, animate=False)


class Theory(Widget):
    """A page of theory beside its contents, which ``c`` shows and hides."""

    DEFAULT_CSS = """
    Theory {
        layout: horizontal; height: 1fr;
        & > Page { width: 1fr; align-horizontal: center; scrollbar-size-vertical: 1;
                 scrollbar-color: $foreground 25%; scrollbar-background: transparent; }
        & > OptionList {
            display: none; dock: right; width: 34; max-width: 50%; height: 1fr;
            background: $surface;
            &, &:focus { border: none; border-left: solid $foreground 25%; }
        }
        &.-contents > OptionList { display: block; }

        Document { max-width: 92; padding: 0 2; }
        MarkdownHeader { margin: 1 0; content-align: left middle; }
        MarkdownH1 { margin: 0 0 1 0; color: $text-primary; background: transparent;
                     text-style: bold underline; }
        MarkdownH2 { color: $text-primary; text-style: bold; }
        MarkdownH3 { color: $foreground; text-style: bold; }
        MarkdownFence { margin: 0 0 1 0; }
        MarkdownFence > Label { padding: 0 2; }
        MarkdownBlockQuote { margin: 0 0 1 0; }
        MarkdownBlockQuote > MarkdownParagraph { margin: 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "contents", "Contents", show=False)]

    def __init__(
        self, markdown: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._initial = markdown

    def compose(self) -> ComposeResult:
        """The page and the list of its headings."""
        with Page():
            yield Document(self._initial)
        yield OptionList()

    @property
    def document(self) -> Document:
        """The Markdown widget that holds the page."""
        return self.query_one(Document)

    @property
    def page(self) -> Page:
        """The scrolling pane; give it the focus to read by keyboard."""
        return self.query_one(Page)

    @property
    def headings(self) -> list[tuple[int, str]]:
        """Level, from 1, and text of each heading in order."""
        return [(level, text) for level, text, _ in self.document.table_of_contents]

    async def show(self, markdown: str) -> None:
        """Replace the page and scroll to its top; returns when all of it is mounted."""
        await self.document.update(markdown)
        self.page.scroll_home(animate=False)
        self._list_headings()

    def go_to(self, index: int) -> None:
        """Scroll so that the heading with that place in ``headings`` is at the top.

        A place that another page had, and this one has not, leaves everything as it is.
        """
        contents = self.document.table_of_contents
        for block in self.document.query(f"#{contents[index][2]}") if index < len(contents) else ():
            self.page.scroll_to_widget(block, top=True, animate=False)

    def action_contents(self) -> None:
        """Show the headings and move to them, or hide them and go back to the page."""
        shown = not self.has_class("-contents")
        self.set_class(shown, "-contents")
        self.query_one(OptionList).highlighted = self._current_heading()
        (self.query_one(OptionList) if shown else self.page).focus()

    def _current_heading(self) -> int | None:
        """The place in ``headings`` of the one that is at the top or was last scrolled past."""
        tops = [
            heading.virtual_region.y
            for _, _, block in self.document.table_of_contents
            for heading in self.document.query(f"#{block}")
        ]
        passed = sum(top <= self.page.scroll_y for top in tops)
        return max(passed - 1, 0) if tops else None

    def _list_headings(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        top = min((level for level, _ in self.headings), default=1)
        options.add_options(
            Option(Content("  " * (level - top) + text)) for level, text in self.headings
        )

    def on_markdown_table_of_contents_updated(
        self, message: Markdown.TableOfContentsUpdated
    ) -> None:
        """The document was parsed again."""
        message.stop()
        self._list_headings()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Go to the chosen heading and read on there."""
        message.stop()
        self.go_to(message.option_index)
        if self.size.width < 100:
            self.remove_class("-contents")
        self.page.focus()

    def on_markdown_link_clicked(self, message: Markdown.LinkClicked) -> None:
        """Addresses open in a browser and ``#heading`` scrolls; the rest is left to the screen."""
        if message.href.startswith(("http://", "https://")):
            message.stop()
            self.app.open_url(message.href)
        elif message.href.startswith("#"):
            message.stop()
            self.document.goto_anchor(message.href[1:])

    def on_resize(self, _: Resize) -> None:
        """Formulas shifted to the left may fit now."""
        for block in self.query(Formula):
            block.scroll_to(x=0, animate=False)
