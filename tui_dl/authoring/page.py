"""Checks of a theory page: its parts, its code, its formulas."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from markdown_it.token import Token

from tui_dl.lesson import Lesson
from tui_dl.theory.formula import draw, inline
from tui_dl.theory.page import parser

WORDS = range(400, 901)
WIDTH = 88  # columns of the page
WORD = re.compile(r"[^\W\d_][\w’'-]*")
NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$", re.S)
NOT_RUNNING = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$", re.S)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.S | re.M)
MARKUP = re.compile(r"\$|\\[A-Za-z]|\^\{|_\{")
COLUMNS = re.compile(r"\b[WUV](_\w|_\{\w+\})? ?[xhzsc](?![a-z])")


def parts(lesson: Lesson) -> Iterator[str]:
    """Check for one title in the first line, a formula, code, sources and 400 to 900 words."""
    page = lesson.theory()
    titles = re.findall(r"^# ", re.sub(r"```.*?```", "", page, flags=re.S), re.M)
    if len(titles) != 1 or not page.startswith("# "):
        yield "theory: it needs one title, `# …`, in its first line"
    if not formulas(page)[0]:
        yield "theory: it shows no display formula, `$$ … $$`"
    if not BLOCK.search(page):
        yield "theory: it shows no code block fenced as python"
    if not (re.search(r"^## Sources$\n+\S", page, re.M) and lesson.sources):
        yield "theory: it names no sources: fill in `## Sources` and the lesson's `sources`"
    words = len(WORD.findall(NOT_PROSE.sub(" ", page)))
    if words not in WORDS:
        yield f"theory: {words} words; write {WORDS[0]} to {WORDS[-1]}"


def code(lesson: Lesson) -> Iterator[str]:
    """Check that a block is the lesson's own code, and that no block is an outdated copy of it."""
    files = lesson.folder.glob("*.py")
    own = {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}
    blocks = BLOCK.findall(lesson.theory())
    foreign = [[line for line in b.splitlines() if line.strip() not in own] for b in blocks]
    if blocks and [] not in foreign:
        yield "theory: no code block is from the lesson"
    for block, lines in zip(blocks, foreign, strict=True):
        if 0 < len(lines) < len(block.splitlines()) / 2:
            yield f"theory: its code differs from the lesson's in `{lines[0].strip()}`"
        try:
            ast.parse(textwrap.dedent(block))
        except SyntaxError as error:
            yield f"theory: its code is not valid Python: {error.msg}"


def drawn(lesson: Lesson) -> Iterator[str]:
    """Check that display formulas can be drawn and inline formulas can be written as text."""
    display, running = formulas(lesson.theory())
    for latex in display:
        if draw(latex) is None:
            yield f"theory: this formula cannot be drawn: {latex}"
        elif draw(latex, WIDTH) is None:
            yield f"theory: this formula is wider than {WIDTH} columns: {latex}"
    for latex in running:
        if "\\" in inline(latex) or "{" in inline(latex):
            yield f"theory: this formula does not fit on a line of text: {latex}"
    for token in tokens(lesson.theory()):
        if token.type == "text" and MARKUP.search(token.content):
            yield f"theory: this formula is left as markup: {token.content}"


def notation(lesson: Lesson) -> Iterator[str]:
    """Check that rows are multiplied by weights, u = xW + b; Wx needs the other shape of W."""
    display, running = formulas(lesson.theory())
    for latex in (*display, *running):
        if COLUMNS.search(latex):
            yield f"theory: samples are rows here, so write xW instead of Wx: {latex}"


def formulas(markdown: str) -> tuple[list[str], list[str]]:
    """Return the display formulas, and those in running text."""
    display = [t.content.strip() for t in tokens(markdown) if t.type.startswith("math_block")]
    return display, re.findall(r"\$([^$]+)\$", NOT_RUNNING.sub("", markdown))


def tokens(markdown: str) -> Iterator[Token]:
    """Yield every token of a page, including those in running text."""
    for token in parser().parse(markdown):
        yield token
        yield from token.children or ()
