"""A theory page on a terminal: Markdown by Rich, formulas drawn in two dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from tui_dl.cli.output import console, speaks_unicode
from tui_dl.tui.widgets import formula

WIDTH = 100  # columns of a page at most: longer lines are hard to read
INDENT = "    "
_PARTS = re.compile(
    r"(?P<code>^```.*?^```[^\n]*$)|^[ ]*\$\$(?P<formula>.*?)\$\$[ ]*$", re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"(?P<code>`+[^`]*`+)|\$(?P<formula>[^$\n]+)\$")
Part = tuple[Literal["text", "formula"], str]


def print_page(text: str) -> None:
    """Print a page of Markdown with `$` and `$$` formulas."""
    to = console()
    to.width = min(to.width, WIDTH)
    for kind, part in parts(text):
        if kind == "formula":
            _print_formula(to, part)
        else:
            to.print(Markdown(with_inline(part)))


def parts(text: str) -> Iterator[Part]:
    """The page cut into text (with its code blocks) and the formulas that stand on their own."""
    begin = 0
    for match in _PARTS.finditer(text):
        if match["formula"] is not None:
            if before := text[begin : match.start()].strip("\n"):
                yield "text", before
            yield "formula", match["formula"].strip()
            begin = match.end()
    if rest := text[begin:].strip("\n"):
        yield "text", rest


def with_inline(text: str) -> str:
    """Text with its `$…$` formulas written out in characters, outside of code."""
    pieces = re.split(r"(^```.*?^```[^\n]*$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(p if p.startswith("```") else _INLINE.sub(_written, p) for p in pieces)


def _written(match: re.Match[str]) -> str:
    if match["code"]:
        return match["code"]
    shown = formula.inline(match["formula"]) if speaks_unicode() else match["formula"]
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", shown)


def _print_formula(to: Console, latex: str) -> None:
    rows = formula.draw(latex, to.width - len(INDENT)) if speaks_unicode() else None
    shown = "\n".join(INDENT + row for row in rows or latex.splitlines())
    to.print()
    to.print(Text(shown, no_wrap=rows is not None, overflow="ignore"))
    to.print()
