"""Records which process writes a run, and checks whether it is still running."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import psutil

from tui_dl import files

FILE = "writer.json"
_LONGEST = 4096  # bytes; a file written here has about 80
_SAME_BIRTH = 5.0  # seconds; the clock may be corrected between two readings of a start time


def claim(directory: Path) -> None:
    """Record this process as the run's writer; write the file completely or not at all."""
    me = psutil.Process()
    text = json.dumps({"pid": me.pid, "born": me.create_time(), "host": platform.node()})
    draft = directory / f".{FILE}.{me.pid}"
    with files.appending(draft) as file:
        files.write(file, text.encode())
    draft.replace(directory / FILE)


def release(directory: Path) -> None:
    """Record that no process writes the run any more."""
    (directory / FILE).unlink(missing_ok=True)


def lives(directory: Path) -> bool:
    """True if the process that writes the run is still running on this machine.

    Process ids are reused, so the start time must match too. A dead process that its parent has not
    noticed counts as gone. A writer on another machine that
    shares the folder cannot be checked, so it counts as gone.
    """
    try:
        with files.reading(directory / FILE) as file:
            noted = json.loads(file.read(_LONGEST))
        born, pid = float(noted["born"]), int(noted["pid"])
        if noted["host"] != platform.node():
            return False
        writer = psutil.Process(pid)
        age: float = abs(writer.create_time() - born)
        return age < _SAME_BIRTH and writer.status() != psutil.STATUS_ZOMBIE
    except (OSError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return False
    except psutil.Error:
        return False
