"""Run directories: a run is its events, appended by a writer and read back by anyone.

`<paths.runs()>/<name>/` holds `events.jsonl` (one event a line, append-only), `run.log` (what the
run waited for, notes and the end, for people), `model.keras` (where the run had a model) and,
while the run goes on, `writer.json` (the process that writes).
"""

from tui_dl.runs.index import Listing, Summary, find, list_runs, survey
from tui_dl.runs.reader import Run, read, read_events, read_start
from tui_dl.runs.status import RunStatus
from tui_dl.runs.writer import RunWriter

__all__ = [
    "Listing",
    "Run",
    "RunStatus",
    "RunWriter",
    "Summary",
    "find",
    "list_runs",
    "read",
    "read_events",
    "read_start",
    "survey",
]
