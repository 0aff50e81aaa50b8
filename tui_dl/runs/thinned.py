"""The lines of an event file, kept within bounds however long it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LINES = 100_000  # of one kind: the longest run of a lesson tells 50,000 epochs
BYTES = 1 << 25  # of one kind
_KIND = re.compile(rb'\{"kind": ?"(started|progress|epoch|snapshot|note|finished)"')


class Kept:
    """Lines of one kind: all of them, or past the bounds every second, fourth, eighth …

    The first and the last are always among them.
    """

    def __init__(self) -> None:
        self._lines: list[tuple[int, bytes]] = []
        self._last = (0, b"")
        self._seen = self._bytes = 0
        self._stride = 1

    def add(self, number: int, line: bytes) -> None:
        """The next line, and its number in the file."""
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
        """Whether every line is kept."""
        return self._stride == 1

    def lines(self) -> list[tuple[int, bytes]]:
        """Lines with their numbers, in order."""
        ended = not self._seen or self._lines[-1] == self._last
        return self._lines if ended else [*self._lines, self._last]


@dataclass(frozen=True)
class Thinned:
    """What was kept of a file's `told` lines; `whole` where nothing was dropped for its length."""

    lines: list[bytes]
    told: int
    whole: bool


def thinned(lines: Iterable[bytes], pictures: bool = True) -> Thinned:
    """The lines of every kind, each within its bounds, in order.

    The kind is told by the line's beginning: no line is parsed. Lines that begin otherwise are a
    kind of their own.
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
