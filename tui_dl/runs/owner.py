"""Records which process writes a run, and checks whether it is still running."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tui_dl import files
from tui_dl.durations import clock
from tui_dl.text import NAME, clean

FILE = "writer.json"
SILENT = 120.0  # seconds without a sign of life after which a writer on another host counts as gone
_LONGEST = 4096  # bytes; a file written here has about 160
_SAME_BIRTH = 5.0  # seconds; the clock may be corrected between two readings of a start time
_STARTED = 19  # place of the start time in /proc/PID/stat, counted after the name


@dataclass(frozen=True)
class Writer:
    """The process that writes a run: id, start time in seconds since 1970, and host.

    `since_boot` is its start on Linux: the id of the boot and the clock ticks after it. Unlike
    `born`, it is the same after the clock was set. "" elsewhere.
    """

    pid: int
    born: float
    host: str
    since_boot: str = ""

    @property
    def here(self) -> bool:
        """True if it runs, or ran, on this host."""
        return self.host == platform.node()

    @property
    def lives(self) -> bool:
        """True if it is running on this host.

        Process ids are reused, so the start time must match too. A dead process that its parent has
        not noticed counts as gone.
        """
        try:
            process = psutil.Process(self.pid)
            return self._is(process) and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, ArithmeticError, ValueError):
            return False

    def _is(self, process: psutil.Process) -> bool:
        """True if the process started when this one did."""
        since_boot = _since_boot(self.pid)
        if self.since_boot and since_boot:
            return self.since_boot == since_boot
        return bool(abs(process.create_time() - self.born) < _SAME_BIRTH)


def _since_boot(pid: int) -> str:
    """Return when a process started, independent of the clock; "" if the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return f"{boot} {fields[_STARTED]}"
    except (OSError, LookupError):
        return ""


def claim(directory: Path) -> None:
    """Record this process as the run's writer; write the file completely or not at all."""
    me = psutil.Process()
    known = Writer(me.pid, me.create_time(), platform.node(), _since_boot(me.pid))
    text = json.dumps(asdict(known))
    draft = directory / f".{FILE}.{me.pid}"
    with files.appending(draft) as file:
        files.write(file, text.encode())
    draft.replace(directory / FILE)


def release(directory: Path) -> None:
    """Record that no process writes the run any more."""
    (directory / FILE).unlink(missing_ok=True)


def touch(directory: Path) -> None:
    """Give a sign of life, for other hosts that share the folder."""
    with contextlib.suppress(OSError):
        os.utime(directory / FILE)


def noted(directory: Path) -> Writer | None:
    """Return the process that is recorded as the run's writer, or None."""
    try:
        with files.reading(directory / FILE) as file:
            found = json.loads(file.read(_LONGEST))
        host = clean(str(found["host"]), NAME)
        since_boot = str(found.get("since_boot", ""))
        return Writer(int(found["pid"]), float(found["born"]), host, since_boot)
    except (OSError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None


def lives(directory: Path) -> bool:
    """True if the process that writes the run is still running.

    A process on another host that shares the folder cannot be asked; it counts as running as long
    as it gives signs of life.
    """
    writer = noted(directory)
    if writer is None:
        return False
    return writer.lives if writer.here else _silence(directory) < SILENT


def elsewhere(directory: Path) -> str:
    """Return where the run is written and the last sign of life, or "" if it is on this host."""
    writer = noted(directory)
    silence = _silence(directory)
    if writer is None or writer.here or silence == float("inf"):  # it has just ended
        return ""
    return f"on {writer.host}, last sign of life {clock(silence)} ago"


def _silence(directory: Path) -> float:
    """Return the seconds since the writer's last sign of life; without end if there is none."""
    with contextlib.suppress(OSError):
        return max(0.0, time.time() - (directory / FILE).stat().st_mtime)
    return float("inf")
