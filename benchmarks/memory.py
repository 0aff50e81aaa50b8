"""The memory of a process that trains lesson after lesson, as the app does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tui_dl import catalog
from tui_dl.engine import heap
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Epoch, Event, Progress

TOUR = (
    "perceptron", "greater-than", "iris", "deep-network", "batch-normalization", "binary-addition",
    "lstm", "gru", "vae", "word2vec", "attention", "policy-gradient",
)  # fmt: skip
TOURS = 3
POINTS = 30  # progress events after which a run is stopped


def measure() -> Iterator[dict[str, Any]]:
    """Measure resident megabytes after each run of a tour of twelve lessons, made three times."""
    before = 0.0
    for number, lesson in enumerate(TOUR * TOURS, 1):
        _train(lesson)
        now = resident()
        yield {
            "run": number,
            "tour": (number - 1) // len(TOUR) + 1,
            "lesson": lesson,
            "megabytes": now,
            "added": now - before,
        }
        before = now


def resident() -> float:
    """Return the resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    return (
        f"memory       run {row['run']:>2}, tour {row['tour']}: {row['lesson']:<22} "
        f"{row['megabytes']:6.0f} MB ({row['added']:+.0f})"
    )


def _train(name: str) -> None:
    """Prepare a run in one thread, train it in another, and stop it after its first epoch."""
    lesson, seen, control = catalog.lesson(name), [0], Control()
    parameters = lesson.parameters()

    def emit(event: Event) -> None:
        seen[0] += isinstance(event, Progress)
        if isinstance(event, Epoch) or seen[0] >= POINTS:
            control.stop()

    prepared = _in_thread(Session(lesson, parameters, emit=lambda _: None).ahead, lambda _: None)
    session = Session(lesson, parameters, emit=emit, control=control, prepared=prepared)
    _in_thread(session.run)


def _in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    results: list[Any] = []

    def target() -> None:
        results.append(work(*arguments))
        heap.trim()

    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
    return results[0]
