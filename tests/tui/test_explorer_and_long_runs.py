"""Lessons that only draw, runs that ask first, and answers that are revealed."""

import pytest
from driving import bench, fill, finished, text_of, until, workbench

from tests.making import changed
from tui_dl import catalog
from tui_dl.runs.index import list_runs
from tui_dl.tui.screens.dialogs import Long
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.picture import Picture
from tui_dl.tui.widgets.train_pane import TrainPane


def payloads(app):
    pictures = app.screen.query_one(TrainPane).query(Picture)
    return [picture._payload for picture in pictures if picture.display]


async def test_an_explorer_draws_anew_when_a_number_changes_and_is_done_by_the_first():
    async with workbench("activations") as (app, pilot):
        await until(pilot, lambda: all(payloads(app)))
        assert list_runs() == []
        tree, before = app.screen.query_one(LessonTree), payloads(app)
        field = next(f for f in bench(app).lesson.parameters.fields() if f.kind.value == "number")
        for number in ("1.5", "2.5"):
            await fill(app, pilot, field.name, number)
            await until(pilot, lambda before=before: payloads(app) != before)
            before = payloads(app)
        (run,) = list_runs()
        assert (run.lesson, run.status) == ("activations", "completed")
        assert "✓" in str(tree._leaves["activations"].label)
        assert not app.screen.query_one("#buttons").display


async def test_an_explorer_that_is_run_says_what_to_do_and_no_speed():
    async with workbench("activations") as (app, pilot):
        await pilot.press("r")
        await finished(app, pilot)
        await until(pilot, lambda: "completed" in text_of(app))
        assert "the pictures follow" in text_of(app) and "step/s" not in text_of(app)


async def test_arrows_count_a_number_up_and_down_within_its_range():
    async with workbench("perceptron") as (app, pilot):
        field = app.screen.query_one("#field-batch_size")
        field.query_one("Input").focus()
        await pilot.press("up")
        assert field.value() == 2
        await pilot.press("down", "down", "down")
        assert field.value() == 1
        app.screen.query_one("#field-learning_rate Input").focus()
        await pilot.press("up")
        assert app.screen.query_one("#field-learning_rate").value() == pytest.approx(0.11)


@pytest.fixture
def long_perceptron(monkeypatch):
    """Make the perceptron count as long; its smaller run is the experiment `and`."""
    long = changed(catalog.lesson("perceptron"), smaller="and")
    everything = tuple(long if each.id == long.id else each for each in catalog.lessons())
    monkeypatch.setattr(catalog, "lessons", lambda: everything)
    monkeypatch.setattr("tui_dl.engine.session.LONG", 0.0)
    monkeypatch.setattr("tui_dl.tui.screens.long_run.LONG", 0.0)


@pytest.mark.parametrize(
    ("key", "experiment"), [pytest.param("r", None, marks=pytest.mark.slow), ("s", "and")]
)
async def test_a_long_run_asks_and_the_smaller_one_can_be_had(long_perceptron, key, experiment):
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Long))
        assert "will take about" in text_of(app)
        await pilot.press(key)
        view = lambda: bench(app).runs.view  # noqa: E731
        await until(pilot, lambda: view().started and view().started.experiment == experiment)
        assert (await finished(app, pilot)).status == "completed"


@pytest.mark.slow
async def test_a_long_run_can_be_left_alone(long_perceptron):
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Long))
        await pilot.press("escape")
        assert (await finished(app, pilot)).status == "stopped"
