"""A lesson's run is prepared while its page is read: Train then begins at once."""

import threading

import pytest
from driving import bench, fill, finished, text_of, until, workbench

from tests.making import changed
from tui_dl import catalog
from tui_dl.engine.session import Session
from tui_dl.engine.supervised import SupervisedRunner
from tui_dl.errors import LessonError
from tui_dl.runs.index import list_runs
from tui_dl.tui.run_controller import RunController


@pytest.fixture
def gate(monkeypatch):
    """A gate that holds preparation back until it is opened, and records that it has begun."""
    gate, ahead = threading.Event(), Session.ahead
    gate.begun = threading.Event()

    def held(self, built):
        gate.begun.set()
        assert gate.wait(60)
        return ahead(self, built)

    monkeypatch.setattr(Session, "ahead", held)
    yield gate
    gate.set()


def ready(app):
    """True if a prepared run is ready."""
    return lambda: (
        bench(app).runs.training._prepared and not bench(app).runs.training.preparer.is_alive()
    )


async def test_train_begins_with_what_was_prepared_while_its_page_was_read(monkeypatch):
    async with workbench() as (app, pilot):
        await until(pilot, ready(app))
        assert list_runs() == [] and not bench(app).runs.busy
        monkeypatch.setattr(SupervisedRunner, "prepare", None)  # it may not be needed any more
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"


@pytest.mark.slow
async def test_what_was_prepared_for_other_settings_is_not_used():
    async with workbench() as (app, pilot):
        await until(pilot, ready(app))
        await fill(app, pilot, "seed", "3")
        await pilot.press("escape", "r")
        await finished(app, pilot)
        assert bench(app).runs.view.started.seed == 3
        (run,) = list_runs()
        await until(pilot, ready(app))
        await pilot.press("r")
        await until(pilot, lambda: len(list_runs()) == 2)
        again = await finished(app, pilot)
        assert again.metrics == run.metrics


async def test_the_model_tab_shows_the_layers_of_the_form_without_a_run():
    async with workbench("iris") as (app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "dense_1" in text_of(app))
        await fill(app, pilot, "units", "7")
        await until(pilot, lambda: f"{4 * 7 + 7} " in text_of(app))
        assert not bench(app).runs.busy and list_runs() == []


@pytest.mark.slow
async def test_a_run_waits_for_what_is_being_prepared_and_says_so(gate):
    async with workbench() as (app, pilot):
        await until(pilot, gate.begun.is_set)
        await pilot.press("r")
        await until(pilot, lambda: "waiting for the model" in text_of(app))
        gate.set()
        assert (await finished(app, pilot)).status == "completed"


async def test_a_run_that_waits_can_be_stopped_and_leaves_no_record(gate):
    async with workbench() as (app, pilot):
        await until(pilot, gate.begun.is_set)
        await pilot.press("r")
        await until(pilot, lambda: bench(app).runs.busy)
        await pilot.press("x")
        end = await finished(app, pilot)
        assert (end.status, end.message) == ("stopped", "Stopped before the first step.")
        gate.set()
    assert list_runs() == []


async def test_a_preparation_that_fails_is_left_for_the_run_to_tell(monkeypatch):
    def broken(self, built):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(Session, "ahead", broken)
    async with workbench() as (app, pilot):
        await until(pilot, lambda: bench(app).runs.training.preparer)
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"


async def test_nothing_is_prepared_for_a_form_that_is_wrong(monkeypatch):
    monkeypatch.setattr(RunController, "load", lambda self: None)
    async with workbench() as (app, pilot):
        await fill(app, pilot, "epochs", "0")
        bench(app).runs._loaded("a device", ("auto", "cpu"))
        await pilot.pause(1.5)
        assert bench(app).runs.training.preparer is None


@pytest.mark.slow
async def test_data_that_is_absent_is_no_error_until_a_run_needs_it(monkeypatch, caplog):
    def absent(p, rng):
        raise LessonError("MNIST is not on this machine")

    lesson = changed(catalog.lesson("perceptron"), data=absent)
    monkeypatch.setattr(catalog, "lessons", lambda: (lesson,))
    async with workbench() as (app, pilot):
        training = bench(app).runs.training
        await until(pilot, lambda: training.preparer and not training.preparer.is_alive())
        assert not [record for record in caplog.records if record.levelname == "ERROR"]
        await pilot.press("r")
        assert (await finished(app, pilot)).message == "MNIST is not on this machine"
