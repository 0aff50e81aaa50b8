"""A page of theory on the screen, read and followed by keyboard or mouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import ClassVar

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.theme import Theme
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_dl import characters
from tui_dl.theory.page import HEADING, LESSON, TERM, WIDE, HeadingText, anchor
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
        Binding("n", "link(1)", "Next link", show=False),
        Binding("p", "link(-1)", "Previous link", show=False),
        Binding("enter", "follow", "Follow the link", show=False),
    ]

    class Drawn(Message):
        """The page has been painted for the first time."""

    class Followed(Message):
        """A link to a lesson or to a term was followed."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

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
        self._link = ""  # the id of the chosen link

    def show(self, markdown: str, *, top: bool = True) -> None:
        """Show a page, from its `top` or where the former one was."""
        if markdown != self._source:
            self._source, self._link = markdown, ""
            self._restyle()
        if top:
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

    def go_to_anchor(self, name: str) -> bool:
        """Scroll to the heading of an anchor; return False if the page has none."""
        names = [anchor(heading.text) for heading in self.headings]
        if name in names:
            self.go_to(names.index(name))
        return name in names

    def reveal(self, text: str) -> None:
        """Scroll so that the first line of a paragraph is visible, with what follows it."""
        words = "".join(text.split())[:20]
        for row, line in enumerate(self._lines):
            if words in "".join("".join(segment.text for segment in line).split()):
                self.scroll_to(y=max(0, row - 2), animate=False)
                return

    def action_shift(self, direction: int) -> None:
        """Scroll sideways the formulas that are wider than the page."""
        widest = max((cell_len(text) for line in self._lines if (text := _wide(line))), default=0)
        most = max(0, widest - self._width)
        self._shift = min(max(self._shift + direction * STEP, 0), most)
        self.refresh()

    def action_link(self, direction: int) -> None:
        """Choose the next or the previous link, from what is visible on."""
        self._finish()
        links = list(self._links())
        names = [name for _, name, _ in links]
        if self._link in names:
            place = names.index(self._link) + direction
        else:
            below = [i for i, (row, _, _) in enumerate(links) if row >= self.scroll_y]
            place = below[0] if below else len(links) - 1
        if 0 <= place < len(links):
            row, self._link, _ = links[place]
            if not self.scroll_y <= row < self.scroll_y + self.size.height:
                self.scroll_to(y=max(0, row - self.size.height // 3), animate=False)
            self.refresh()

    def action_follow(self) -> None:
        """Follow the chosen link."""
        for _, name, address in self._links():
            if name == self._link:
                self._go(address)
                return

    def _links(self) -> Iterator[tuple[int, str, str]]:
        """Yield the row, the id and the address of every link, once."""
        seen: set[str] = set()
        for row, line in enumerate(self._lines):
            for segment in line:
                style = segment.style
                if style and style.link and style.link_id not in seen:
                    seen.add(style.link_id)
                    yield row, style.link_id, style.link

    def on_mount(self) -> None:
        """Redraw when the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._restyle())

    def on_resize(self, _: Resize) -> None:
        """Fit the width."""
        if self._fitting() != self._width:
            self._draw()

    def on_click(self, event: Click) -> None:
        """Open an address in the browser; scroll to a ``#heading``."""
        self._go(event.style.link or "")

    def _go(self, address: str) -> None:
        if address.startswith((TERM, LESSON)):
            self.post_message(self.Followed(address))
        elif address.startswith(("http://", "https://")):
            self.app.open_url(address)
        elif address.startswith("#"):
            self.go_to_anchor(address[1:])

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
            shown = Strip([self._chosen(segment) for segment in line])
        margin = Strip([Segment(" " * max(MARGIN, (width - self._width) // 2))])
        return Strip.join([margin, shown]).adjust_cell_length(width).apply_style(look)

    def _chosen(self, segment: Segment) -> Segment:
        """Return a segment, reversed if it belongs to the chosen link."""
        text, style, _ = segment
        if style and self._link and style.link_id == self._link:
            return Segment(text, style + Style(reverse=True))
        return segment

    def _fitting(self) -> int:
        return max(10, min(WIDTH, self.scrollable_content_region.width - 2 * MARGIN))

    def _parsed(self) -> Rendered:
        dark = self.app.current_theme.dark
        theme = f"ansi_{'dark' if dark else 'light'}"
        known = _term if self._painted else None
        return Rendered(
            self._source, code_theme=theme, characters=not characters.is_ascii(), known=known
        )

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
            self.call_after_refresh(self._restyle)  # with its terms
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
        """Return a console in the theme's colors."""
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


def _term(text: str) -> str | None:
    """Return the name of the term that a text stands for, or None."""
    from tui_dl import glossary  # not for the first paint

    found = glossary.find(text)
    return found.name if found else None


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
