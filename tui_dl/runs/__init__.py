"""Run directories: a run is a list of events, appended by one writer and read by anyone.

`<paths.runs()>/<name>/` holds `events.jsonl` (one event per line, append-only), `run.log` (states,
notes and the outcome, for people), `model.keras` (if the run has a model) and, while the run is in
progress, `writer.json` (the process that writes it).
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
