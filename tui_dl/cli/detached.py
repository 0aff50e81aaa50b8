"""Starts a run in a process of its own, which does not end with this terminal."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from typing import NoReturn

from tui_dl.cli.failure import COMPLETED, FAILED, complain, guarded, leave

Announce = Callable[[str], None]


def start(work: Callable[[Announce], int]) -> int:
    """Call `work` in a new process; once it announces the name of its run, print that and return.

    If it ends before, pass on what it said on stderr and its exit code.
    """
    if not hasattr(os, "fork"):
        return complain("--detach needs a system that can fork a process", FAILED)
    sys.stdout.flush()
    with tempfile.TemporaryFile() as errors:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _work(work, writing, errors.fileno())
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as announced:
            name = announced.read()
        if name:
            print(name)
            return COMPLETED
        _, status = os.waitpid(child, 0)
        errors.seek(0)
        sys.stderr.write(errors.read().decode(errors="replace"))
    return os.waitstatus_to_exitcode(status)


def _work(work: Callable[[Announce], int], announcing: int, errors: int) -> NoReturn:
    """Do the work in this new process, without a terminal, and exit."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, descriptor in ((0, nothing), (1, nothing), (2, errors)):
        os.dup2(descriptor, number)

    def announce(name: str) -> None:
        os.write(announcing, name.encode())
        os.close(announcing)

    leave(guarded(lambda: work(announce)))
