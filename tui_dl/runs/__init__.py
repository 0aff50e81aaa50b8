"""Run directories: a run is a list of events, appended by one writer and read by anyone.

`<paths.runs()>/<name>/` holds `events.jsonl` (one event per line, append-only), `run.log` (states,
notes and the outcome, for people), `model.keras` (if the run has a model) and, while the run is in
progress, `writer.json` (the process that writes it).
"""
