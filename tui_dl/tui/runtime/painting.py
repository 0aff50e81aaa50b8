"""Computes the few bytes that turn what the terminal shows into what it should show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from threading import Lock
from unicodedata import category

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

from tui_dl.characters import in_ascii
from tui_dl.tui.runtime.ink import Ink, codes, ink, mixed, on_blanks

PIECE = 4096  # characters after which a piece of a frame ends
_BRIDGED = 4  # unchanged cells that are cheaper to write again than to skip
NOWHERE = (0, 0)  # the cursor while no field has the focus
BEGIN_SYNC, END_SYNC = "\x1b[?2026h", "\x1b[?2026l"
_JOINER = "\u200d"  # joins two characters into one
_HALVES = frozenset("▀▄")
_RIGHT_HALF = ""  # the mark of a cell covered by the wide character on its left


class _Row:
    """A row of cells, each with a mark (a character and what combines with it) and a look."""

    __slots__ = ("inks", "marks")

    def __init__(self, width: int) -> None:
        self.marks: list[str | None] = [None] * width  # None: unknown
        self.inks: list[Ink | None] = [None] * width


class Painting:
    """Two grids of cells: the wanted cells, and those that were written to the terminal.

    Frames are never queued: `changes` turns what was written into what is wanted now.
    Safe to use from two threads.
    """

    def __init__(self, colors: ColorSystem = ColorSystem.TRUECOLOR, *, plain: bool = False) -> None:
        self.colors = colors
        self.plain = plain  # True if the terminal shows ASCII alone
        self.synchronized = False  # True if the terminal can show a whole frame at once
        self._lock = Lock()
        self._resize(0, 0)

    def resize(self, width: int, height: int) -> None:
        """Set the numbers of columns and rows; a change discards what was painted."""
        with self._lock:
            if (width, height) != self._size:
                self._resize(width, height)

    def put(self, pieces: Iterable[tuple[int, int, Strip]]) -> None:
        """Show each strip at its (column, row)."""
        with self._lock:
            width, height = self._size
            for x, y, strip in pieces:
                if 0 <= x < width and 0 <= y < height:
                    self._put(x, self._wanted[y], strip)
                    self._stale.add(y)

    def point(self, x: int, y: int) -> None:
        """Place the terminal's cursor."""
        with self._lock:
            self._cursor = (x, y)

    def forget(self) -> None:
        """Write every cell again: what the terminal shows is no longer known."""
        with self._lock:
            self._forget()

    def changes(self) -> str:
        """Return the next piece of the changes, at most a row longer than PIECE; "" at the end."""
        with self._lock:
            parts: list[str] = []
            length = 0
            for y in self._next_rows():
                self._stale.discard(y)
                text = self._row(y)
                parts.append(text)
                length += len(text)
                if length > PIECE:
                    break
            return self._framed("".join(parts))

    def _resize(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._wanted = [_Row(width) for _ in range(height)]
        self._cursor = NOWHERE
        self._forget()

    def _forget(self) -> None:
        width, height = self._size
        self._shown = [_Row(width) for _ in range(height)]
        self._stale = set(range(height))
        self._pen: Ink | None = None
        self._at: tuple[int, int] | None = None  # the terminal's cursor
        self._open = False  # within a synchronized frame
        self._last = -1

    def _put(self, x: int, row: _Row, strip: Strip) -> None:
        marks, inks = _cells(strip, self.colors, self.plain)
        if not marks:
            return
        room = len(row.marks) - x
        end = x + min(len(marks), room)
        for torn in (x, end):  # half of a wide character becomes a blank
            if torn < len(row.marks) and row.marks[torn] == _RIGHT_HALF:
                row.marks[torn - 1] = row.marks[torn] = " "
        row.marks[x:end] = marks[:room]
        row.inks[x:end] = inks[:room]

    def _next_rows(self) -> list[int]:
        """Return the changed rows, from below the last one written, so that no row waits long."""
        rows = sorted(self._stale)
        return [y for y in rows if y > self._last] + [y for y in rows if y <= self._last]

    def _framed(self, text: str) -> str:
        """Return a piece, with the cursor's final move and the marks of a frame where needed."""
        before = after = ""
        if text and self.synchronized and not self._open:
            before, self._open = BEGIN_SYNC, True
        if not self._stale:
            if self._cursor not in (NOWHERE, self._at):
                after, self._at = _move(*self._cursor), self._cursor
            if self._open:
                after, self._open = after + END_SYNC, False
        return before + text + after

    def _row(self, y: int) -> str:
        self._last = y
        wanted, shown = self._wanted[y], self._shown[y]
        if wanted.marks == shown.marks and wanted.inks == shown.inks:
            return ""
        parts: list[str] = []
        for start, end in _runs(wanted, shown):
            if self._at != (start, y):
                parts.append(_across(start) if self._at and self._at[1] == y else _move(start, y))
            self._at = (end, y)
            self._write(wanted, start, end, parts)
        shown.marks[:], shown.inks[:] = wanted.marks, wanted.inks
        return "".join(parts)

    def _write(self, row: _Row, start: int, end: int, parts: list[str]) -> None:
        """Write cells, and record where the cursor then is, if terminals agree on it."""
        pen, last = self._pen, None
        x = start
        for mark, look in zip(row.marks[start:end], row.inks[start:end], strict=True):
            assert mark is not None and look is not None
            if look is not last:
                text, pen = codes(pen, look)
                parts.append(text)
                last = look
            parts.append(mark)
            x += 1
            if len(mark) > 1 or mark == _RIGHT_HALF:
                parts.append(_across(x))
        self._pen = pen
        if end == self._size[0]:  # some terminals wrap there, some do not
            self._at = None


def _cells(strip: Strip, colors: ColorSystem, plain: bool) -> tuple[list[str], list[Ink]]:
    marks: list[str] = []
    inks: list[Ink] = []
    for text, style, control in strip:
        if not control:
            for piece, look in _pieces(text, style, colors, plain):
                found = _marks(piece, plain)
                marks += found
                if " " in piece:
                    blank = on_blanks(look)
                    inks += [blank if mark == " " else look for mark in found]
                else:
                    inks += [look] * len(found)
    return marks, inks


def _pieces(
    text: str, style: Style | None, colors: ColorSystem, plain: bool
) -> Iterator[tuple[str, Ink]]:
    """Yield texts and their looks: the text, but in ASCII, half blocks as blanks in one color."""
    look = ink(style, colors)
    if plain and not _HALVES.isdisjoint(text) and (mean := mixed(style, colors)):
        for halves, piece in groupby(text, _HALVES.__contains__):
            whole = "".join(piece)
            yield (" " * len(whole), mean) if halves else (whole, look)
    else:
        yield text, look


@lru_cache(maxsize=1 << 12)
def _marks(text: str, plain: bool) -> tuple[str, ...]:
    """Return one mark per cell; zero-width characters join the one before, controls are dropped.

    If `plain`, stand-ins in ASCII take the place of other characters.
    """
    if text.isascii() and text.isprintable():
        return tuple(text)
    marks: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            seen = "".join(filter(_shows, text[start:end]))
            if plain:
                marks += in_ascii(seen).ljust(width)[:width]
            else:
                marks += [seen or " ", *[_RIGHT_HALF] * (width - 1)]
    return tuple(marks)


def _shows(character: str) -> bool:
    """False for characters that control the terminal or the text direction instead of showing."""
    return character == _JOINER or category(character) not in ("Cc", "Cf", "Cs")


def _runs(wanted: _Row, shown: _Row) -> Iterator[tuple[int, int]]:
    """Yield the ranges [start, end) of cells that differ; ranges with a short gap are joined."""
    start = end = -1
    for x in _differing(wanted, shown):
        if x != end and (start < 0 or x - end > _BRIDGED or not _alike(wanted, end - 1, x)):
            if start >= 0:
                yield start, end
            start = x
        end = x + 1
    if start >= 0:
        yield start, end


def _differing(wanted: _Row, shown: _Row) -> list[int]:
    both = zip(wanted.marks, shown.marks, wanted.inks, shown.inks, strict=True)
    return [x for x, (a, b, c, d) in enumerate(both) if (a != b or c is not d) and a is not None]


def _alike(row: _Row, start: int, end: int) -> bool:
    """True if the look is constant from `start` up to `end` and every width is certain."""
    look = row.inks[start]
    return all(
        row.inks[x] is look and row.marks[x] is not None and len(row.marks[x] or "") == 1
        for x in range(start, end)
    )


def _move(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"


def _across(x: int) -> str:
    return f"\x1b[{x + 1}G"
