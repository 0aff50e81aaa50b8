"""Run directories: a run is its events, appended by a writer and read back by anyone.

`<paths.runs()>/<name>/` holds `events.jsonl` (one event a line, append-only), `run.log` (what the
run waited for, notes and the end, for people), `model.keras` (where the run had a model) and,
while the run goes on, `writer.json` (the process that writes).
"""
