"""The `runs stop` command: ends runs of other processes, with their records."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED, UsageError, complain
from tui_dl.errors import LessonError

TICK, PATIENCE = 0.1, 30.0  # seconds between two looks, and until a run must have stopped

Every = Annotated[bool, typer.Option("--all", help="Stop every run of this host.")]


def stop(run: options.AnyRunName = None, every: Every = False) -> int:
    """Stop a run that another process trains; its record and a checkpoint are kept."""
    from tui_dl import attachment
    from tui_dl.runs.index import list_runs

    if (run is None) == (not every):
        raise UsageError("give the name of a run, or --all")
    if run is not None:
        return _stopped(attachment.attachment(run).directory)
    going = [each.directory for each in list_runs() if each.status == "running"]
    if not going:
        raise LessonError("no run goes on; `dlworkbench runs list` lists the runs")
    return max(map(_stopped, going))


def _stopped(directory: Path) -> int:
    """Stop one run, wait for its end, and say how it ended."""
    from tui_dl import attachment
    from tui_dl.runs import owner
    from tui_dl.runs.reader import read

    try:
        attachment.stop(directory)
    except LessonError as error:
        return complain(str(error), FAILED)
    end = time.monotonic() + PATIENCE
    while owner.lives(directory) and time.monotonic() < end:
        time.sleep(TICK)
    run = read(directory.name, directory.parent, pictures=False)
    print(f"{run.name} {run.status} after {run.steps} steps")
    return COMPLETED if run.status != "running" else FAILED
