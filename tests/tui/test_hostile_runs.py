"""With any content in the run files, the workbench opens and lists the readable runs."""

import json

import pytest
from driving import bench, finished, text_of, until, workbench

from tui_dl import catalog, paths
from tui_dl.events import Data, Progress, Snapshot, Started, to_json
from tui_dl.tui.widgets.runs_table import RunsTable


def put(name, *lines):
    directory = paths.runs() / name
    directory.mkdir(parents=True)
    (directory / "events.jsonl").write_text("\n".join(lines) + "\n")


@pytest.fixture
def hostile():
    data = Data(name="table", train=4, validation=0)
    sizes = {"epochs": 3, "steps": 12, "steps_per_epoch": 4}
    started = Started(
        lesson="perceptron", hyperparameters={"gate": "xor", "epochs": 9}, seed=0, device="CPU",
        compile="xla", data=data, time=1.7e9, **sizes,
    )  # fmt: skip
    whole = json.loads(to_json(started))
    changes = (
        {"time": float("nan")}, {"time": 1e300}, {"hyperparameters": {"gate": "[/]\x1b[31m"}},
        {"steps_per_epoch": 0}, {"layers": [{"name": "[/]", "type": "", "output": "",
        "parameters": 1}]},
    )  # fmt: skip
    point = to_json(Progress(step=1, epoch=1, metrics={"loss": 1e308, "[/]": 1.0}))
    low = to_json(Progress(step=2, epoch=1, metrics={"loss": -1e308, "[/]": 2.0}))
    step = '{"kind":"progress","step":1' + "0" * 400 + ',"epoch":1,"metrics":{"loss":1}}'
    odd = [{"kind": "heatmap", "values": [[1e308, "[/]"]], "title": "[/]\x1b"}, {"kind": []}]
    views = [view.name for view in catalog.lesson("perceptron").views]
    pictures = [to_json(Snapshot(view=v, step=1, payload=p)) for v in views for p in odd[::-1]]
    for number, change in enumerate(changes):
        name = f"20260101-000000-perceptron-000{number}"
        put(name, json.dumps(whole | change), point, step, low, *pictures)
    put("cut\x1b[2J", json.dumps(whole)[:50])
    return len(changes)


async def test_the_app_opens_on_the_lesson_of_hostile_runs_and_lays_them_over_the_chart(hostile):
    async with workbench(None) as (app, pilot):
        assert bench(app).lesson.id == "perceptron"
        await pilot.press("o")
        table = app.screen.query_one(RunsTable)
        await until(pilot, lambda: table.row_count == hostile and table.has_focus)
        shown = text_of(app)
        assert "1 unreadable: cut" in shown and "\x1b" not in shown
        cells = [cell.plain for row in range(hostile) for cell in table.get_row_at(row)]
        assert any("gate [/]\ufffd[31m" in cell for cell in cells)
        for row in range(1, hostile):  # the first is the last run, and on the chart already
            table.move_cursor(row=row)
            await pilot.press("enter")
            await until(pilot, lambda: table.chosen() in bench(app).runs.overlays.names)
            await pilot.press("enter")
            await until(pilot, lambda: not bench(app).runs.overlays.names)
        bench(app).page.tab = "inside"
        await until(pilot, lambda: "cannot be drawn" in text_of(app))


async def test_the_app_opens_and_trains_where_the_runs_can_neither_be_read_nor_written(home):
    home.mkdir()
    (home / "runs").symlink_to("runs")
    async with workbench() as (app, pilot):
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"
        writer = bench(app).runs.training.writer
        assert writer.directory.parent == home / "rescued"
        assert (writer.directory / "model.keras").is_file()
        assert f"{home / 'runs'}: File exists; the run is kept in" in writer.trouble
        assert "Step 0:" in text_of(app)
