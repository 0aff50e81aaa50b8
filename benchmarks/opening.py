"""How long a user waits: for the help, for the list of lessons, for the first paint.

The first paint is compared with that of an empty Textual app in a terminal of the same size.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

COLUMNS, ROWS = 160, 45
PATIENCE = 30.0  # seconds
EMPTY = """
from textual.app import App
from textual.widgets import Label

class Empty(App):
    def compose(self):
        yield Label("nothing here yet")

Empty().run()
"""
HELP, LISTED, PAINTED = 0.2, 0.25, 2.5  # goals: seconds, seconds, times an empty app


def measure(repeats: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each wait, as medians; the two apps take turns."""
    with tempfile.TemporaryDirectory() as home:
        for arguments, goal in ((["--help"], HELP), (["lessons"], LISTED)):
            seconds = median(_run(arguments, home) for _ in range(repeats + 1))
            yield {"what": " ".join(arguments), "seconds": seconds, "goal": goal}
        turns = [_turn(home) for _ in range(repeats + 1)][1:]
        yield {
            "what": "first paint",
            "seconds": median(ours for _, ours in turns),
            "empty_seconds": median(empty for empty, _ in turns),
            "ratio": median(ours / empty for empty, ours in turns),
            "goal": PAINTED,
        }


def _environment(home: str) -> dict[str, str]:
    """Return a user's environment, in which Python caches its bytecode."""
    kept = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"DLWORKBENCH_HOME": home, "TERM": "xterm-256color"}


def _run(arguments: list[str], home: str) -> float:
    environment = _environment(home)
    began = time.perf_counter()
    command = [sys.executable, "-m", "tui_dl", *arguments]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _turn(home: str) -> tuple[float, float]:
    """Return the seconds from process start to first paint: of an empty app, of the workbench."""
    ours = [sys.executable, "-m", "tui_dl"]
    # The tree, and the beginning of the page.
    wanted = (b"Linear regression", b"problem")  # words of the page are sent one by one
    return _painted([sys.executable, "-c", EMPTY], home, (b"nothing here yet",)), _painted(
        ours, home, wanted
    )


def _painted(command: list[str], home: str, wanted: tuple[bytes, ...]) -> float:
    """Return the seconds until a terminal has received all of `wanted`. Raises TimeoutError."""
    screen, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = _environment(home)
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environment)
    os.close(child)
    try:
        seen = b""
        while not all(text in seen for text in wanted):
            left = PATIENCE - (time.perf_counter() - began)
            if left <= 0 or not select.select([screen], [], [], left)[0]:
                raise TimeoutError(f"{wanted!r} was not painted")
            seen += os.read(screen, 65536)
        return time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def readable(row: dict[str, Any]) -> str:
    """Return a row as a line of text."""
    line = f"opening      {row['what']:<22} {row['seconds']:.2f} s"
    if "ratio" not in row:
        return f"{line} (goal {row['goal']:g} s)"
    empty, ratio = row["empty_seconds"], row["ratio"]
    return f"{line}, an empty app {empty:.2f} s: {ratio:.1f}× (goal {row['goal']:g}×)"
