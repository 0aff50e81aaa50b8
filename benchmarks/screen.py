"""The screen in a pty during a run: from a key to its paint, and the cost of drawing."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import random
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 3
PIECE = 100  # bytes that a throttled line carries at once
KEYS = 50
LOGARITHMIC = b"\xc2\xb7 log"  # appears with a logarithmic scale: unchanged cells are not sent
OPEN = """
import json, sys
from annotated_types import Le
from tui_dl import catalog
from tui_dl.cli import main

lesson, defaults = sys.argv[1], json.loads(sys.argv[2])
parameters = catalog.lesson(lesson).parameters
for name, value in defaults.items():
    field = parameters.model_fields[name]
    field.default, field.metadata = value, [*field.metadata[:-1], Le(le=value)]
parameters.model_rebuild(force=True)
sys.argv = ["dlworkbench", "open", lesson, *sys.argv[3:]]
main()
"""  # the lesson as it is, but with a run long enough to type in


@dataclass(frozen=True)
class Subject:
    """A lesson with the defaults that make its run long, and options of `open`."""

    lesson: str
    defaults: dict[str, float]
    options: tuple[str, ...] = ()


FUSED = Subject("binary-addition", {"epochs": 1000})
OWN_LOOPS = (
    Subject("rnn-bptt", {"epochs": 100_000}),
    Subject("value-learning", {"epochs": 100_000}),
    Subject("q-network", {"epochs": 1000, "stop_at_return": 500}),
    Subject("policy-gradient", {"epochs": 1000, "stop_at_return": 500}),
)


class Terminal:
    """The workbench in its own pty. `rate` limits how many bytes a second are read from it."""

    def __init__(
        self,
        subject: Subject,
        home: Path,
        columns: int = 100,
        rows: int = 30,
        rate: float | None = None,
    ) -> None:
        self._rate, self._free = rate, 0.0  # when the line has carried what was read
        self._fd, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = os.environ | {"DLWORKBENCH_HOME": str(home), "TERM": "xterm-256color"}
        arguments = [subject.lesson, json.dumps(subject.defaults), *subject.options]
        command = [sys.executable, "-c", OPEN, *arguments]
        self.process = subprocess.Popen(
            command, stdin=child, stdout=child, stderr=child, env=environment, close_fds=True
        )
        os.close(child)

    def send(self, keys: bytes) -> None:
        """Type the keys."""
        os.write(self._fd, keys)

    def until(self, wanted: bytes, seconds: float) -> float:
        """Return the seconds until `wanted` has been painted; raises TimeoutError."""
        began, seen = time.perf_counter(), b""
        while wanted not in seen:
            left = seconds - (time.perf_counter() - began)
            if left <= 0:
                raise TimeoutError(f"{wanted!r} was not painted")
            seen = seen[-4096:] + self._read(left)
        return time.perf_counter() - began

    def drain(self, seconds: float) -> int:
        """Read for that many seconds and return the number of bytes."""
        end = time.perf_counter() + seconds
        count = 0
        while (left := end - time.perf_counter()) > 0:
            with contextlib.suppress(OSError):  # the other end is gone
                count += len(self._read(left))
        return count

    def _read(self, seconds: float) -> bytes:
        """Return what the line carries next, or nothing if that takes longer."""
        waits = max(self._free - time.perf_counter(), 0)
        time.sleep(min(waits, seconds))
        if waits > seconds or not select.select([self._fd], [], [], seconds - waits)[0]:
            return b""
        data = os.read(self._fd, PIECE if self._rate else 65536)
        if self._rate:
            self._free = time.perf_counter() + len(data) / self._rate
        return data

    def modes(self) -> list[Any]:
        """Return the settings of the line discipline."""
        return termios.tcgetattr(self._fd)

    def close(self) -> None:
        """End the app and wait for it."""
        self.process.terminate()
        end = time.perf_counter() + 15
        while self.process.poll() is None and time.perf_counter() < end:
            self.drain(0.2)
        self.process.kill()
        os.close(self._fd)


def measure() -> Iterator[dict[str, Any]]:
    """Measure p50 and p95 of key to paint in milliseconds, and the share of training spent drawing.

    The cost of drawing is measured with the fused engine alone: other loops have no steady speed.
    """
    rounds = [_round() for _ in range(ROUNDS)]
    drawn, alone = (median(rates) for rates in list(zip(*rounds, strict=True))[1:])
    yield key_to_paint(FUSED, [spent for keys, _, _ in rounds for spent in keys]) | {
        "steps_per_second_with_screen": drawn,
        "steps_per_second_headless": alone,
        "drawing_costs": median(1 - drawn / alone for _, drawn, alone in rounds),
    }
    for subject in OWN_LOOPS:
        with tempfile.TemporaryDirectory() as folder:
            yield key_to_paint(subject, keys_to_paint(subject, Path(folder)))


def start_of_training(lesson: str, reading: float) -> float:
    """Return the seconds from the Train key to a running progress line.

    Before the key, the page is read for `reading` seconds, counted from when TensorFlow is loaded.
    """
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(Subject(lesson, {}), Path(folder))
        try:
            terminal.until(b"CPU", 60)
            terminal.drain(reading)
            terminal.send(b"r")
            return terminal.until(b"running", 60)
        finally:
            terminal.close()


def key_to_paint(subject: Subject, spent: list[float]) -> dict[str, Any]:
    """Return p50 and p95 in milliseconds of seconds spent."""
    times = sorted(spent)
    return {
        "lesson": subject.lesson,
        "keys": len(times),
        "key_to_paint_p50_ms": 1e3 * times[len(times) // 2],
        "key_to_paint_p95_ms": 1e3 * times[int(len(times) * 0.95)],
    }


def _round() -> tuple[list[float], float, float]:
    """Return the seconds from key to paint, then steps per second with the screen and without."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        return keys_to_paint(FUSED, home), _rate(home), _headless(home)


def keys_to_paint(
    subject: Subject, home: Path, *size: int, rate: float | None = None
) -> list[float]:
    """Return the seconds from key to paint, switching the chart's scale while the lesson trains.

    Through a line of `rate` bytes a second, a chart of 1.5 kB needs longer rests between keys.
    """
    terminal = Terminal(subject, home, *size, rate=rate)
    try:
        terminal.until(b"CPU", 60)
        terminal.send(b"r")
        terminal.until(b"running", 60)
        terminal.drain(10.0 if rate else 2.0)
        return [_one_key(terminal, 10.0 if rate else 1.0) for _ in range(KEYS)]
    finally:
        terminal.close()


def _one_key(terminal: Terminal, rests: float) -> float:
    terminal.send(b"l")
    spent = terminal.until(LOGARITHMIC, 5)
    terminal.drain(rests * random.uniform(0.1, 0.3))  # never in step with redrawing the charts
    terminal.send(b"l")
    terminal.drain(rests * random.uniform(0.1, 0.3))
    return spent


def _rate(home: Path) -> float:
    """Return the steps per second of the run on the screen, from its own record."""
    record = max((home / "runs").iterdir()) / "events.jsonl"
    return _steady(record.read_text().splitlines())


def _headless(home: Path) -> float:
    command = [sys.executable, "-m", "tui_dl", "train", FUSED.lesson, "--json", "-p", "epochs=30"]
    environment = os.environ | {"DLWORKBENCH_HOME": str(home)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return _steady(result.stdout.splitlines())


def _steady(lines: list[str]) -> float:
    """Return the steps per second between the first quarter and the end of the record."""
    points = [event for event in map(json.loads, lines) if event["kind"] == "progress"]
    first, last = points[len(points) // 4], points[-1]
    return (last["step"] - first["step"]) / (last["seconds"] - first["seconds"])
