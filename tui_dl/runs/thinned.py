"""Keeps a bounded number of an event file's lines, however long it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LINES = 100_000  # per kind: the longest run of a lesson has 50,000 epochs
BYTES = 1 << 25  # per kind
_KIND = re.compile(rb'\{"kind": ?"(started|progress|epoch|snapshot|note|finished)"')


class Kept:
    """Lines of one kind: all of them, or beyond the bounds every second, fourth, eighth … one.

    The first and the last line are always included.
    """

    def __init__(self) -> None:
        self._lines: list[tuple[int, bytes]] = []
        self._last = (0, b"")
        self._seen = self._bytes = 0
        self._stride = 1

    def add(self, number: int, line: bytes) -> None:
        """Add the next line and its number in the file."""
        if self._seen % self._stride == 0:
            self._lines.append((number, line))
            self._bytes += len(line)
            if len(self._lines) > LINES or self._bytes > BYTES:
                self._thin()
        self._seen += 1
        self._last = (number, line)

    def _thin(self) -> None:
        """Drop every second line."""
        self._lines = self._lines[::2]
        self._bytes = sum(len(line) for _, line in self._lines)
        self._stride *= 2

    @property
    def whole(self) -> bool:
        """True if every line is kept."""
        return self._stride == 1

    def lines(self) -> list[tuple[int, bytes]]:
        """Return the kept lines with their numbers, in order."""
        ended = not self._seen or self._lines[-1] == self._last
        return self._lines if ended else [*self._lines, self._last]


@dataclass(frozen=True)
class Thinned:
    """The lines kept of a file's `told` lines; `whole` is True if the bounds dropped none."""

    lines: list[bytes]
    told: int
    whole: bool


def thinned(lines: Iterable[bytes], pictures: bool = True) -> Thinned:
    """Return the lines of every kind within its bounds, in order; snapshots only with `pictures`.

    The start of a line gives its kind, so no line is parsed. Lines with any other start form one
    more kind.
    """
    kinds: dict[bytes, Kept] = defaultdict(Kept)
    told = 0
    for line in lines:
        match = _KIND.match(line)
        kind = match[1] if match else b""
        if pictures or kind != b"snapshot":
            kinds[kind].add(told, line)
        told += 1
    kept = sorted(pair for kind in kinds.values() for pair in kind.lines())
    whole = all(kind.whole for kind in kinds.values())
    return Thinned([line for _, line in kept], told, whole)
