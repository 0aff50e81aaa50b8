"""The `watch` command: a run that another process trains, followed without touching it."""

from __future__ import annotations

import time
from pathlib import Path

from tui_dl.cli import options
from tui_dl.cli.chosen_display import display_on
from tui_dl.cli.display import Display
from tui_dl.cli.failure import FAILED, INTERRUPTED, OF_STATUS, complain
from tui_dl.cli.output import is_dumb, is_terminal, private_stdout

TICK = 0.2  # seconds between two looks at the record


def watch(
    run: options.AnyRunName = None, json: options.Json = False, quiet: options.Quiet = False
) -> int:
    """Follow a run that goes on, also one of another host that shares the folder.

    Without RUN, follow the latest run that goes on. Ctrl-C ends the watching, not the run. Exit
    codes: as those of `train`.
    """
    from tui_dl.runs.index import find, going_on  # loads the event classes: 0.1 s
    from tui_dl.runs.reader import read

    directory = find(run) if run else going_on()
    live = is_terminal() and not (json or quiet or is_dumb())
    with private_stdout(quiet_stderr=live) as streams:
        display = display_on(streams.out, json=json, quiet=quiet, live=live)
        try:
            _follow(directory, display)
        except KeyboardInterrupt:
            display.leave()
            return INTERRUPTED
        followed = read(directory.name, directory.parent, pictures=False)
        display.end(followed)
    if followed.finished:
        return OF_STATUS[followed.finished.status]
    name = directory.name
    return complain(
        f"{name} was interrupted; `dlworkbench runs resume {name}` continues it", FAILED
    )


def _follow(directory: Path, display: Display) -> None:
    """Show the events of the run until it ends or its process is gone."""
    from tui_dl.runs.follow import looks

    for events in looks(directory):
        for event in events:
            display.show(event)
        display.draw()
        time.sleep(TICK)
