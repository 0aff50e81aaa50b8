"""While its page is read, a lesson's program is compiled: Train then need not wait for it."""

import threading

import pytest
from driving import bench, fill, finished, text_of, until, workbench

from tui_dl.engine import programs
from tui_dl.engine.session import Session
from tui_dl.runs.index import list_runs
from tui_dl.tui.screens.workbench import WorkbenchScreen


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """No programs of other tests."""
    monkeypatch.setattr(programs, "_programs", programs.OrderedDict())
    return programs._programs


@pytest.fixture
def gate(monkeypatch):
    """Holds back what is compiled ahead until it is opened, and notes that it has begun."""
    gate, compile_ahead = threading.Event(), Session.compile_ahead
    gate.begun = threading.Event()

    def held(self, built):
        gate.begun.set()
        assert gate.wait(60)
        compile_ahead(self, built)

    monkeypatch.setattr(Session, "compile_ahead", held)
    yield gate
    gate.set()


async def test_train_uses_the_program_that_was_compiled_while_its_page_was_read(kept):
    async with workbench() as (app, pilot):
        await until(pilot, lambda: len(kept) == 1)
        assert list_runs() == [] and not bench(app).training.busy
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"
        assert len(kept) == 1


async def test_the_model_tab_shows_the_layers_of_the_form_without_a_run():
    async with workbench("iris") as (app, pilot):
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "dense_1" in text_of(app))
        await fill(app, pilot, "units", "7")
        await until(pilot, lambda: f"{4 * 7 + 7} " in text_of(app))
        assert not bench(app).training.busy and list_runs() == []


async def test_a_changed_form_is_compiled_once_it_rests_but_not_for_a_learning_rate(kept):
    async with workbench() as (app, pilot):
        await until(pilot, lambda: len(kept) == 1)
        first = bench(app).training.compiler
        await fill(app, pilot, "learning_rate", "0.2")
        await pilot.pause(1.5)
        assert bench(app).training.compiler is first
        await fill(app, pilot, "batch_size", "2")
        await until(pilot, lambda: len(kept) == 2)


async def test_a_run_waits_for_what_is_being_compiled_and_says_so(gate):
    async with workbench() as (app, pilot):
        await until(pilot, gate.begun.is_set)
        await pilot.press("r")
        await until(pilot, lambda: "finishing a compilation" in text_of(app))
        gate.set()
        assert (await finished(app, pilot)).status == "completed"


async def test_a_run_that_waits_can_be_stopped_and_leaves_no_record(gate):
    async with workbench() as (app, pilot):
        await until(pilot, gate.begun.is_set)
        await pilot.press("r")
        await until(pilot, lambda: bench(app).training.busy)
        await pilot.press("x")
        end = await finished(app, pilot)
        assert (end.status, end.message) == ("stopped", "Stopped before the first step.")
        gate.set()
    assert list_runs() == []


async def test_a_compilation_that_fails_is_left_for_the_run_to_tell(monkeypatch, kept):
    def broken(self, built):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(Session, "compile_ahead", broken)
    async with workbench() as (app, pilot):
        await until(pilot, lambda: bench(app).training.compiler)
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"


async def test_nothing_is_compiled_for_a_form_that_is_wrong(monkeypatch):
    monkeypatch.setattr(WorkbenchScreen, "_load_keras", lambda self: None)
    async with workbench() as (app, pilot):
        await fill(app, pilot, "epochs", "0")
        bench(app)._keras_loaded("a device")
        await pilot.pause(1.5)
        assert bench(app).training.compiler is None
