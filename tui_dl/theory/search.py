"""Finds a word in the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tui_dl.theory.page import anchor

MARKUP = re.compile(r"[*`$]|^#+ |\]\([^)]*\)|(?<![\w)])\[(?=\w)")
HEADING = re.compile(r"^#{1,6} (.+)$")
AROUND = 60  # characters on either side of a word


@dataclass(frozen=True)
class Hit:
    """A line of a page that holds the word, and the anchor of the heading above it."""

    page: str
    heading: str
    text: str


def hits(word: str, pages: Mapping[str, str]) -> Iterator[Hit]:
    """Yield the lines in which a word is found, page by page; capitals do not matter."""
    wanted = word.strip().casefold()
    if not wanted:
        return
    for name, page in pages.items():
        for heading, text in _lines(page):
            place = text.casefold().find(wanted)
            if place >= 0:
                yield Hit(name, heading, _part(text, place, len(wanted)))


@lru_cache(maxsize=128)
def _lines(page: str) -> tuple[tuple[str, str], ...]:
    """Each line without its markup, with its heading; kept, as every key searches all pages."""
    heading, code, found = "", False, []
    for line in page.splitlines():
        code ^= line.startswith("```")
        text = MARKUP.sub("", line).strip()
        if not code and HEADING.match(line):
            heading = anchor(text)
        found.append((heading, text))
    return tuple(found)


def _part(text: str, place: int, length: int) -> str:
    """The words around a place."""
    start = text.rfind(" ", 0, max(0, place - AROUND)) + 1 if place > AROUND else 0
    end = text.find(" ", place + length + AROUND)
    return f"{'… ' * (start > 0)}{text[start:end] if end > 0 else text[start:]}{' …' * (end > 0)}"
