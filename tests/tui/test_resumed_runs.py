"""A run is resumed in the app by a key of the list of runs."""

import json

from driving import bench, finished, text_of, until, workbench

from tui_dl.engine import checkpoint
from tui_dl.runs.index import list_runs


def told(run):
    lines = map(json.loads, (run.directory / "events.jsonl").read_text().splitlines())
    return [{k: v for k, v in line.items() if k not in ("seconds", "time")} for line in lines]


async def resume(app, pilot):
    """Press the key on the first of the listed runs."""
    bench(app).action_tab("runs")
    await pilot.pause()
    bench(app).query_one("RunsTable").focus()
    await pilot.press("R")


async def cut(app, pilot, run):
    """Halve the record, as if its process had died there."""
    file = run.directory / "events.jsonl"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    bench(app).runs.refresh()
    await until(pilot, lambda: bench(app).runs.listed[0].status == "interrupted")


async def test_a_run_that_was_cut_off_goes_on(monkeypatch):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("r")
        await finished(app, pilot)
        (run,) = list_runs("perceptron")
        whole = told(run)
        await cut(app, pilot, run)
        await resume(app, pilot)
        await until(pilot, lambda: list_runs("perceptron")[0].status == "completed")
        await finished(app, pilot)
        (run,) = list_runs("perceptron")
        assert told(run) == whole
        curve = bench(app).runs.view.curves
        assert len(curve.names) and bench(app).runs.on_chart == run.name
        await resume(app, pilot)
        await until(pilot, lambda: "it has ended" in "".join(n.message for n in app._notifications))
        await cut(app, pilot, run)
        assert checkpoint.written(run.directory)
        for each in checkpoint.written(run.directory):
            each.write_bytes(each.read_bytes()[:-9])
        await resume(app, pilot)
        await until(pilot, lambda: list_runs("perceptron")[0].status == "completed")
        await until(pilot, lambda: "damaged checkpoint" in text_of(app))
