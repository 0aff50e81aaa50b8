"""What the screen sends to its terminal, and how soon it leaves one that reads nothing."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.screen import FUSED, OWN_LOOPS, Subject, Terminal, key_to_paint, keys_to_paint

COLUMNS, ROWS = 160, 45
SECONDS = 10.0  # over which bytes are counted
REST = 1.0  # seconds without a byte, after which the first screen is complete
SUBJECTS = (FUSED, OWN_LOOPS[1], OWN_LOOPS[3], Subject("lstm", {"epochs": 1000}))
SLOW = tuple(replace(subject, options=("--slow-line",)) for subject in SUBJECTS)
SLOW_RATE = 2000.0  # bytes a second of a slow line
INSIDE = b"]]]"  # from Theory to Inside, three tabs further on
WAYS: dict[str, Callable[[Terminal], None]] = {
    "q": lambda terminal: terminal.send(b"qq"),  # the second q answers the question
    "SIGTERM": lambda terminal: terminal.process.send_signal(signal.SIGTERM),
    "SIGHUP": lambda terminal: terminal.process.send_signal(signal.SIGHUP),
}


def measure() -> Iterator[dict[str, Any]]:
    """Measure bytes, key to paint and leaving at 160×45, a row per lesson and per way to leave.

    With `--slow-line`, keys are timed through a line that carries 2 kB a second.
    """
    for subject in (*SUBJECTS, *SLOW):
        with tempfile.TemporaryDirectory() as folder:
            row = _bytes(subject, Path(folder))
        with tempfile.TemporaryDirectory() as folder:
            rate = SLOW_RATE if subject in SLOW else None
            spent = keys_to_paint(subject, Path(folder), COLUMNS, ROWS, rate=rate)
        options = {"options": " ".join(subject.options)}
        yield options | row | key_to_paint(subject, spent)
    for way in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            yield {"way": way} | _leaving(way, Path(folder))


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    if "way" in row:
        return (
            f"silent terminal, {row['way']:<8} restored after {row['restored']:.2f} s, "
            f"process ended after {row['ended']:.2f} s"
        )
    return (
        f"line         {row['lesson']:<22} {row['options']:<11} "
        f"first screen {row['first_screen'] / 1e3:.1f} kB, "
        f"Theory {row['theory_per_second'] / 1e3:.1f} kB/s, "
        f"Inside {row['inside_per_second'] / 1e3:.1f} kB/s, "
        f"key to paint p95 {row['key_to_paint_p95_ms']:.0f} ms"
    )


def _bytes(subject: Subject, home: Path) -> dict[str, float]:
    terminal = Terminal(subject, home, COLUMNS, ROWS)
    try:
        first = _first_screen(terminal)
        terminal.until(b"CPU", 60)
        terminal.send(b"r")
        terminal.until(b"running", 60)
        terminal.drain(2.0)
        theory = terminal.drain(SECONDS) / SECONDS
        terminal.send(INSIDE)
        terminal.drain(2.0)
        inside = terminal.drain(SECONDS) / SECONDS
        return {"first_screen": first, "theory_per_second": theory, "inside_per_second": inside}
    finally:
        terminal.close()


def _first_screen(terminal: Terminal) -> int:
    """Return the bytes sent until the screen first rests after it has begun to draw."""
    total = 0
    while total < ROWS * COLUMNS:  # fewer bytes would not fill the screen
        total += terminal.drain(0.1)
    while more := terminal.drain(REST):
        total += more
    return total


def _leaving(way: str, home: Path) -> dict[str, float]:
    """Return the seconds until the terminal's modes are restored, and until the process ends."""
    terminal = Terminal(FUSED, home, COLUMNS, ROWS)
    before = terminal.modes()
    terminal.until(b"CPU", 60)
    terminal.send(b"r")
    terminal.until(b"running", 60)
    time.sleep(10)  # in which the line fills up
    began = time.perf_counter()
    WAYS[way](terminal)
    restored = None
    while terminal.process.poll() is None:
        if restored is None and terminal.modes() == before:
            restored = time.perf_counter() - began
        time.sleep(0.01)
    ended = time.perf_counter() - began
    terminal.close()
    return {"restored": restored or ended, "ended": ended}
