"""The workbench shows and controls a run that another process trains."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest
from driving import bench, until, workbench

from tui_dl.runs.index import list_runs
from tui_dl.runs.reader import read


@pytest.fixture
def elsewhere(home):
    """A slow run of another process; its name."""
    command = [sys.executable, "-m", "tui_dl", "train", "perceptron", "--epochs", "5000"]
    done = subprocess.run(
        [*command, "--compile", "keras", "--detach"], capture_output=True, text=True, check=True
    )
    name = done.stdout.strip()
    pid = json.loads((read(name).directory / "writer.json").read_text())["pid"]
    yield name, pid
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def attach(app, pilot):
    bench(app).action_tab("runs")
    await until(pilot, lambda: bench(app).runs.listed)
    bench(app).query_one("RunsTable").focus()
    await pilot.press("R")
    await until(pilot, lambda: bench(app).runs.view and bench(app).runs.view.started)


async def test_a_run_of_another_process_is_shown_and_controlled(elsewhere):
    name, _ = elsewhere
    async with workbench("perceptron") as (app, pilot):
        await attach(app, pilot)
        runs = bench(app).runs
        assert runs.busy and runs.on_chart == name
        assert bench(app).pane.form.values().epochs == 5000
        await until(pilot, lambda: runs.view.step > 10)
        await pilot.press("space")
        await until(pilot, lambda: runs.paused and runs.view.state == "paused")
        step = runs.view.step
        await pilot.press("s")
        await until(pilot, lambda: runs.view.step == step + 1 and runs.paused)
        runs.set_live(runs.lesson, "learning_rate", 0.05)
        await until(pilot, lambda: any("0.05" in note.text for note in runs.view.notes))
        await pilot.press("q")  # nothing is asked: the run stays
        await until(pilot, lambda: app.left == 0)
    assert read(name).status == "running"
    async with workbench("perceptron") as (app, pilot):
        await attach(app, pilot)
        await until(pilot, lambda: bench(app).runs.paused)
        await pilot.press("x")
        await until(pilot, lambda: not bench(app).runs.busy)
    assert [run.status for run in list_runs()] == ["stopped"]


@pytest.mark.slow
async def test_a_run_is_offered_and_the_death_of_its_process_is_said(elsewhere):
    name, pid = elsewhere
    async with workbench("iris") as (app, pilot):
        await until(pilot, lambda: app._notifications)
        assert any("another process" in note.title for note in app._notifications)
        (command,) = [c for c in app.get_system_commands(app.screen) if c.title.endswith(name)]
        command.callback()
        await until(pilot, lambda: bench(app).runs.view and bench(app).runs.view.started)
        await until(pilot, lambda: bench(app).lesson.id == "perceptron")
        os.kill(pid, signal.SIGKILL)
        await until(pilot, lambda: not bench(app).runs.busy)
        await until(pilot, lambda: bench(app).runs.view.finished)
        assert "has ended" in bench(app).runs.view.finished.message
        assert read(name).status == "interrupted"
