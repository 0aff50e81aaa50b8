"""The form's field for the device: it is there where the machine has a GPU."""

import pytest
from driving import bench, fill, finished, until, workbench

from tui_dl.engine import placement
from tui_dl.engine.placement import Place
from tui_dl.runs.index import list_runs


@pytest.fixture
def two_gpus(monkeypatch):
    """Take the only device for two GPUs."""
    found = [Place("GPU (pretended)", "CPU:0", True), Place("GPU 1 (pretended)", "CPU:0", True)]
    monkeypatch.setattr(placement, "gpus", lambda: found)


async def test_a_run_trains_on_the_device_of_the_form_and_the_choice_outlives_its_lesson(two_gpus):
    async with workbench("perceptron") as (app, pilot):
        form = bench(app).pane.form
        await until(pilot, lambda: form.query("#field-device"))
        assert form.device == "auto"
        form.query_one("#field-device Select").focus()
        await pilot.press("enter", "down", "down", "down", "enter")
        await until(pilot, lambda: form.device == "gpu:1")
        await fill(app, pilot, "epochs", "2")
        await pilot.press("escape", "r")
        await finished(app, pilot)
        (run,) = list_runs()
        assert run.started.device == "GPU 1 (pretended)"
        bench(app).action_preset(1)
        assert form.device == "gpu:1"
        bench(app).open_lesson("iris")
        await until(pilot, lambda: form.query("#field-units") and form.device == "gpu:1")
        bench(app).open_lesson("activations")  # an explorer
        await until(pilot, lambda: bench(app).opening.settled and not form.query("#field-units"))
        assert not form.query("#field-device")
        bench(app).open_lesson("perceptron")
        await until(pilot, lambda: bench(app).opening.settled and form.query("#field-device"))
        assert bench(app).launcher.request().device == "gpu:1"


async def test_without_a_gpu_there_is_nothing_to_choose():
    async with workbench("perceptron") as (app, pilot):
        await until(pilot, lambda: bench(app).runs.device)
        await pilot.pause()
        assert not bench(app).pane.form.query("#field-device")
        assert bench(app).launcher.request().device == "auto"
