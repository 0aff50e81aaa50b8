"""A theory page as a Rich renderable: GitHub's Markdown with ``$`` and ``$$`` formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import (
    CodeBlock,
    ListElement,
    ListItem,
    Markdown,
    MarkdownContext,
    MarkdownElement,
    Paragraph,
)
from rich.markdown import Heading as RichHeading
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text

from tui_dl.characters import in_ascii, spelled
from tui_dl.theory import formula

DIAGRAM = "diagram"
TERM, LESSON = "term:", "lesson:"  # the addresses of a term and of a lesson's page
HEADING, WIDE = "heading", "wide"
"""Keys in a segment's `meta`: the index of a heading; the whole text of a row that is wider than
the page."""


class HeadingText(NamedTuple):
    """A heading: its level, from 1, and its text."""

    level: int
    text: str


Known = Callable[[str], str | None]
"""The name of the term that a text stands for, or None."""


def parser(*, characters: bool = True, known: Known | None = None) -> MarkdownIt:
    """Return a parser for the pages, whose inline formulas become text in italics.

    Without `characters`, the text is in ASCII. With `known`, terms in bold become links to
    `term:NAME`.
    """
    # Linkify would turn file names such as lesson.py into links.
    markdown = MarkdownIt("gfm-like", {"linkify": False})
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.push("inline_formulas", _write_inline_formulas)
    if not characters:
        markdown.core.ruler.push("spelling", _spell)
    if known:
        markdown.core.ruler.push("terms", partial(_link_terms, known))
    return markdown


def _link_terms(known: Known, state: StateCore) -> None:
    """Make a link of each text in bold that is a term."""
    for token in state.tokens:
        children = token.children or []
        for i in range(len(children) - 2, 0, -1):
            before, text, after = children[i - 1 : i + 2]
            bold = (before.type, text.type, after.type) == ("strong_open", "text", "strong_close")
            if bold and (name := known(text.content)):
                opened = Token("link_open", "a", 1, attrs={"href": f"{TERM}{name}"})
                children[i - 1 : i + 2] = [
                    before, opened, text, Token("link_close", "a", -1), after,
                ]  # fmt: skip


def _write_inline_formulas(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = [new for child in token.children for new in _italic(child)]


def _italic(token: Token) -> list[Token]:
    if not token.type.startswith("math_inline"):
        return [token]
    text = Token("text", "", 0, content=formula.inline(token.content))
    return [Token("em_open", "em", 1), text, Token("em_close", "em", -1)]


def _spell(state: StateCore) -> None:
    """Write the text of the page in ASCII."""
    for token in state.tokens:
        for child in token.children or ():
            child.content = spelled(child.content)


class Heading(RichHeading):
    """A heading at the left edge, marked so that it can be found in the rendered page."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}

    def __init__(self, tag: str, place: int) -> None:
        super().__init__(tag)
        self._place = place

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Heading:
        """Create a heading with the next index."""
        assert isinstance(markdown, Page)
        return cls(token.tag, markdown.count_heading())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the text, marked with the heading's index."""
        self.text.stylize(Style.from_meta({HEADING: self._place}))
        yield from super().__rich_console__(console, options)


class Code(CodeBlock):
    """Indented code."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the code with syntax colors; the rest of a long line is indented below it."""
        syntax = Syntax("", self.lexer_name, theme=self.theme, background_color="default")
        code = syntax.highlight(str(self.text).expandtabs(4).rstrip())
        code.rstrip()
        room = max(1, options.max_width - 4)
        for line in code.split("\n"):
            yield from (Padding(piece, (0, 2)) for piece in _pieces(line, room))


def _pieces(line: Text, room: int) -> Iterator[Text]:
    """Yield a line of code in pieces of at most `room` columns, each after the first indented."""
    indent = " " * min(len(line.plain) - len(line.plain.lstrip()) + 4, room // 2)
    while cell_len(line.plain) > room:
        fits = len(chop_cells(line.plain, room)[0])
        cut = line.plain.rfind(" ", len(indent), fits + 1)
        piece, rest = line.divide([cut if cut >= 0 else fits])
        yield piece
        line = Text(indent) + (rest[1:] if cut >= 0 else rest)
    yield line


class Prose(Paragraph):
    """A paragraph; `apart` unless it belongs to a tight list."""

    apart = True

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Prose:
        """Create a paragraph; the parser hides those of a tight list."""
        paragraph = cls(justify=markdown.justify or "left")
        paragraph.apart = not token.hidden
        return paragraph


class Item(ListItem):
    """An item of a list, whose paragraphs and blocks are set apart if the list is loose."""

    loose = False
    _begun = False

    def on_child_close(self, context: MarkdownContext, child: MarkdownElement) -> bool:
        """Add a paragraph or a block, after a blank line if it needs one."""
        self.loose |= isinstance(child, Prose) and child.apart
        if self.loose and self._begun:
            self.elements.append(Text(" "))
        self._begun = True
        return super().on_child_close(context, child)


class Items(ListElement):
    """A list; blank lines separate the items of a loose one."""

    def on_child_close(self, context: MarkdownContext, child: MarkdownElement) -> bool:
        """Add an item."""
        if self.items and isinstance(child, Item) and child.loose:
            self.items[-1].elements.append(Text(" "))
        return super().on_child_close(context, child)


class Rows(MarkdownElement):
    """Rows that are centered together and never wrapped."""

    rows: list[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the rows; if wider than the page, each keeps its whole text in `meta`."""
        room = options.max_width - max(map(cell_len, self.rows), default=0)
        for row in self.rows:
            mark = Style.from_meta({WIDE: row}) if room < 0 else Style.null()
            yield Segment(" " * max(room // 2, 0) + row, mark)
            yield Segment.line()


class Diagram(Rows):
    """A drawing in characters; in ASCII where there is nothing else."""

    def __init__(self, drawing: str, characters: bool) -> None:
        self.rows = (drawing if characters else in_ascii(drawing)).rstrip().splitlines()


class Fence(MarkdownElement):
    """A fenced block: a drawing, or code."""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> MarkdownElement:
        """Create a Diagram for the language ``diagram``, else Code."""
        assert isinstance(markdown, Page)
        if token.info.strip() == DIAGRAM:
            return Diagram(token.content, markdown.characters)
        return Code.create(markdown, token)


class Formula(Rows):
    """A display formula: in ASCII as running text; shown as source if it cannot be drawn."""

    def __init__(self, latex: str, characters: bool) -> None:
        lines = map(formula.inline, latex.split(r"\qquad"))
        self._source = latex if characters else spelled("\n".join(lines))
        self.rows = (formula.draw(latex) if characters else None) or []

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> Formula:
        """Create the formula and draw it once."""
        assert isinstance(markdown, Page)
        return cls(token.content.strip(), markdown.characters)

    def on_enter(self, context: MarkdownContext) -> None:
        """Set the style for a formula shown as source."""
        self._style = context.console.get_style("markdown.source", default="yellow")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the rows, or the source, which is wrapped."""
        if self.rows:
            yield from super().__rich_console__(console, options)
        else:
            yield Text(self._source, self._style, justify="center")


class Page(Markdown):
    """A theory page.

    With `characters` its formulas are drawn; without, the page is in ASCII. With `known`, its terms
    are links.
    """

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": Heading,
        "paragraph_open": Prose,
        "bullet_list_open": Items,
        "ordered_list_open": Items,
        "list_item_open": Item,
        "fence": Fence,
        "code_block": Code,
        "math_block": Formula,
        "math_block_label": Formula,
    }

    def __init__(
        self,
        source: str,
        *,
        code_theme: str = "ansi_dark",
        characters: bool = True,
        known: Known | None = None,
    ) -> None:
        super().__init__("", code_theme=code_theme)
        self.characters = characters
        self.parsed = parser(characters=characters, known=known).parse(source)
        self._headings_rendered = 0

    def count_heading(self) -> int:
        """Return the index of the next heading during rendering."""
        self._headings_rendered += 1
        return self._headings_rendered - 1

    @property
    def headings(self) -> list[HeadingText]:
        """The headings in order."""
        pairs = zip(self.parsed, self.parsed[1:], strict=False)
        opened = [(start, text) for start, text in pairs if start.type == "heading_open"]
        return [HeadingText(int(start.tag[1:]), _plain(text)) for start, text in opened]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the page at the console's width."""
        self._headings_rendered = 0
        yield from super().__rich_console__(console, options)


def anchor(heading: str) -> str:
    """Return the anchor of a heading within its page, as a link gives it after ``#``."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _plain(token: Token) -> str:
    """Return the text of a heading without its markup."""
    return "".join(child.content for child in token.children or ())
