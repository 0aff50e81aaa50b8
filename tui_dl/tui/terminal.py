"""Keeps the terminal for the screen: the output of libraries goes to the log."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_dl import files


def refusal() -> str | None:
    """Return one line that says why the workbench cannot open here, or None if it can."""
    headless = "use the headless commands: dlworkbench lessons, theory, train, runs (see --help)"
    if not sys.stdout.isatty() or not sys.stdin.isatty():
        return f"the workbench needs a terminal; {headless}"
    if os.environ.get("TERM", "") in ("", "dumb"):
        return f"this terminal (TERM={os.environ.get('TERM', '')}) cannot draw; {headless}"
    return None


@contextmanager
def private_terminal(log: Path) -> Iterator[None]:
    """Give the driver a duplicate of the terminal and point descriptors 1 and 2 at `log`.

    TensorFlow's C++ code writes to the descriptors directly, past every Python redirection.
    """
    keep = (os.dup(1), os.dup(2), sys.__stdout__, sys.__stderr__)
    target = files.open_log(log)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    screen = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
    os.dup2(target.fileno(), 1)
    os.dup2(target.fileno(), 2)
    try:
        yield
    finally:
        sys.__stdout__, sys.__stderr__ = keep[2], keep[3]  # type: ignore[misc]
        os.dup2(keep[0], 1)
        os.dup2(keep[1], 2)
        target.close()
        os.close(keep[0])
        os.close(keep[1])


def log_to(path: Path) -> None:
    """Write the workbench's log records to a file, or drop them if it cannot be written."""
    stream = io.TextIOWrapper(files.open_log(path), "utf-8", "replace", write_through=True)
    logging.raiseExceptions = False  # a full disk is no reason to print on the screen
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=stream, level=logging.INFO, format=form, force=True)
    logging.getLogger("markdown_it").setLevel(logging.WARNING)
