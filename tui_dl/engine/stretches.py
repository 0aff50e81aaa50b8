"""The parts of an epoch that are compiled apart: batches of one length, or of any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from tui_dl.engine.batches import Cut

Batch = Callable[[Any, Any], Any]  # of (row of the window, position in the epoch)


@dataclass(frozen=True)
class Stretch:
    """Positions begin…end-1 of an epoch; `work(row, position)` gives loss and logs.

    Each tick moves on by `rows` of the window; `afresh` resets the metrics first.
    """

    begin: int
    end: int
    rows: int
    work: Callable[[Any, Any], Any]
    afresh: bool


def in_two(cut: Cut, begin: int, rows: int, batch: Batch, step: Any) -> Iterator[Stretch]:
    """The whole batches of a cut, then the shorter last one if there is one."""

    def all_of_it(row: Any, position: Any) -> Any:
        return step(batch(row, position))

    def part(row: Any, position: Any) -> Any:
        return step(_shortened(batch(row, position), cut.last))

    whole = cut.count if cut.last == cut.size else cut.count - 1
    yield Stretch(begin, begin + whole, rows, all_of_it, afresh=True)
    if whole < cut.count:
        yield Stretch(begin + whole, begin + cut.count, rows, part, afresh=False)


def in_one(cut: Cut, begin: int, rows: int, batch: Batch, step: Any) -> Iterator[Stretch]:
    """The batches of a cut, each of its own length: half a graph to prepare."""
    end = begin + cut.count

    def of_its_length(row: Any, position: Any) -> Any:
        length = tf.where(tf.equal(position, end - 1), cut.last, cut.size)
        return step(_shortened(batch(row, position), length))

    yield Stretch(begin, end, rows, of_its_length, afresh=True)


def _shortened(batch: Any, length: Any) -> Any:
    """A batch without its filling."""
    return tf.nest.map_structure(lambda a: a[:length], batch)
