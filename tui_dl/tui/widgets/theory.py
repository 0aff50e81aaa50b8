"""A page of theory on the screen: read by keyboard, with a list of its headings."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.theme import Theme
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_dl.theory.page import HEADING, WIDE, HeadingText, anchor
from tui_dl.theory.page import Page as Rendered

WIDTH = 88  # columns of text at most: longer lines are hard to read
MARGIN = 2
STEP = 8  # columns per press of left or right, for what is wider than the page


class TheoryPage(ScrollView, can_focus=True):
    """A page, drawn line by line; it has the focus during reading.

    It is one widget: one widget per paragraph, as in Textual's Markdown, makes opening a lesson
    take five times as long.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--heading", "page--source", "page--quiet"}
    DEFAULT_CSS = """
    TheoryPage { background: transparent; overflow: hidden scroll; scrollbar-size-vertical: 1;
           scrollbar-color: $foreground 25%; scrollbar-background: transparent;
        & > .page--heading { color: $text-primary; text-style: bold; }
        & > .page--source { color: $text-warning; }
        & > .page--quiet { color: $foreground-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "shift(-1)", "Left", show=False),
        Binding("right", "shift(1)", "Right", show=False),
    ]

    class Drawn(Message):
        """The page has been painted for the first time."""

    def __init__(self, markdown: str = "") -> None:
        super().__init__()
        self._painted = False
        self._rest: Iterable[list[Segment]] | None = None  # what is not rendered yet
        self._source = markdown
        self._rendered = self._parsed()
        self._lines: list[list[Segment]] = []
        self._tops: list[int] = []  # the line of each heading
        self._width = 0  # columns that the lines were rendered for
        self._shift = 0

    def show(self, markdown: str) -> None:
        """Show a page from its top."""
        if markdown != self._source:
            self._source = markdown
            self._restyle()
        self.scroll_home(animate=False)

    @property
    def headings(self) -> list[HeadingText]:
        """The headings in order."""
        return self._rendered.headings

    @property
    def passed(self) -> int:
        """The number of headings at the top or above it."""
        return sum(top <= self.scroll_y for top in self._tops)

    def go_to(self, index: int) -> None:
        """Scroll to a heading; do nothing if the page has no heading with this index."""
        if self._rest is not None:
            self._finish()
            self.call_after_refresh(self.go_to, index)
        elif index < len(self._tops):
            self.scroll_to(y=self._tops[index], animate=False)

    def action_shift(self, direction: int) -> None:
        """Scroll sideways the formulas that are wider than the page."""
        widest = max((cell_len(text) for line in self._lines if (text := _wide(line))), default=0)
        most = max(0, widest - self._width)
        self._shift = min(max(self._shift + direction * STEP, 0), most)
        self.refresh()

    def on_mount(self) -> None:
        """Redraw when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._restyle())

    def on_resize(self, _: Resize) -> None:
        """Fit the width."""
        if self._fitting() != self._width:
            self._draw()

    def on_click(self, event: Click) -> None:
        """Open an address in the browser; scroll to a ``#heading``."""
        address = event.style.link or ""
        if address.startswith(("http://", "https://")):
            self.app.open_url(address)
        elif address.startswith("#"):
            names = [anchor(heading.text) for heading in self.headings]
            if address[1:] in names:
                self.go_to(names.index(address[1:]))

    def render_line(self, y: int) -> Strip:
        """Return one line of the visible part of the page."""
        look, width = self.rich_style, self.scrollable_content_region.width
        row = y + self.scroll_offset.y
        if row >= len(self._lines):
            return Strip.blank(width, look)
        line = self._lines[row]
        if text := _wide(line):
            shown = Strip([Segment(text, line[0].style)]).crop(
                self._shift, self._shift + self._width
            )
        else:
            shown = Strip(line)
        margin = Strip([Segment(" " * max(MARGIN, (width - self._width) // 2))])
        return Strip.join([margin, shown]).adjust_cell_length(width).apply_style(look)

    def _fitting(self) -> int:
        return max(10, min(WIDTH, self.scrollable_content_region.width - 2 * MARGIN))

    def _parsed(self) -> Rendered:
        dark = self.app.current_theme.dark
        return Rendered(self._source, code_theme=f"ansi_{'dark' if dark else 'light'}")

    def _restyle(self) -> None:
        """Parse and draw the page again: its text or the theme has changed."""
        self._rendered = self._parsed()
        self._draw()

    def _draw(self) -> None:
        """Render the page for the current width."""
        self._width = 0  # without a size yet, the next resize renders it
        if not self.size:
            return
        self._width, self._shift = self._fitting(), 0
        console = self._printer()
        options = console.options.update(width=self._width)
        segments = console.render(self._rendered, options)
        lines = Segment.split_and_crop_lines(
            segments, self._width, include_new_lines=False, pad=False
        )
        if self._source and not self._painted:  # the first paint: only what is visible
            self._painted = True
            self._take(list(islice(lines, self.size.height + 1)), lines)
            self.call_after_refresh(self._finish)
            self.call_after_refresh(self.post_message, self.Drawn())
        else:
            self._take(list(lines))

    def _finish(self) -> None:
        """Render what the first paint did not show."""
        if self._rest is not None:
            self._take([*self._lines, *self._rest])

    def _take(
        self, lines: list[list[Segment]], rest: Iterable[list[Segment]] | None = None
    ) -> None:
        self._lines, self._rest = lines, rest
        found = {_heading(line): row for row, line in reversed(list(enumerate(lines)))}
        below = len(lines) if rest else 0
        self._tops = [found.get(place, below) for place in range(len(self.headings))]
        self.virtual_size = Size(self._width, len(lines))
        self.refresh()

    def _printer(self) -> Console:
        """Return a console in the theme's colours."""
        heading, source, quiet = (
            _ink(self.get_component_rich_style(f"page--{name}"))
            for name in ("heading", "source", "quiet")
        )
        plain = Style(color=_ink(self.rich_style).color, bold=True)
        theme = Theme(
            {
                "markdown.h1": heading + Style(underline=True), "markdown.h2": heading,
                "markdown.h3": plain, "markdown.source": source, "markdown.block_quote": quiet,
                "markdown.code": Style(bold=True), "markdown.link": Style(underline=True),
                "markdown.link_url": Style(underline=True), "markdown.item.bullet": heading,
                "markdown.item.number": heading, "markdown.table.border": quiet,
                "markdown.table.header": Style(bold=True), "markdown.hr": quiet,
            }
        )  # fmt: skip
        return Console(
            file=StringIO(), force_terminal=True, color_system="truecolor", theme=theme,
            width=self._width, legacy_windows=False,
        )  # fmt: skip


def _ink(style: Style) -> Style:
    """Return a style without its background, so that the page's shows through."""
    return Style(color=style.color, bold=style.bold, italic=style.italic, dim=style.dim)


def _mark(line: list[Segment], key: str) -> object:
    metas = (segment.style.meta for segment in line if segment.style)
    return next((meta[key] for meta in metas if key in meta), None)


def _heading(line: list[Segment]) -> object:
    return _mark(line, HEADING)


def _wide(line: list[Segment]) -> str:
    return str(_mark(line, WIDE) or "")


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

    def show(self, markdown: str) -> None:
        """Replace the page and scroll to its top."""
        self.page.show(markdown)
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
