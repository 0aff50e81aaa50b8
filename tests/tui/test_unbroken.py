"""The app survives any key or click at any time, and the run's state is shown correctly."""

import shutil
import threading

import pytest
from driving import bench, fill, finished, text_of, until, workbench
from rich.style import Style
from textual import events
from textual.widgets import Input, Static

from tests.making import changed
from tui_dl import catalog, paths
from tui_dl.engine.session import Session
from tui_dl.errors import LessonError
from tui_dl.runs.index import list_runs
from tui_dl.tui.background import hand_over
from tui_dl.tui.runtime.command_palette import GuardedPalette
from tui_dl.tui.screens.dialogs import Keys, Leave
from tui_dl.tui.screens.workbench import WorkbenchScreen
from tui_dl.tui.widgets.experiments import Experiments
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.progress_line import ProgressLine
from tui_dl.tui.widgets.runs_table import RunsTable
from tui_dl.tui.widgets.train_pane import TrainPane


def at_once(app, *keys):
    """Type keys in one write, as a terminal does: no key waits for an earlier key's effect."""
    for key in keys:
        event = events.Key(key, key if len(key) == 1 else None)
        event.set_sender(app)
        app.post_message(event)


def told(app):
    return " ".join(toast.message for toast in app._notifications)


def line(app):
    return str(app.screen.query_one(ProgressLine).render())


async def slow_run(app, pilot):
    """Start a run of the present lesson that goes on until it is stopped."""
    await fill(app, pilot, "epochs", "1000")
    await pilot.press("escape", *["less_than_sign"] * 3, "r")
    await until(pilot, lambda: bench(app).runs.view and bench(app).runs.view.step > 2)


async def test_an_error_in_a_handler_is_reported_and_neither_app_nor_run_ends(monkeypatch, caplog):
    def broken(self):
        raise RuntimeError("the smoothing fails")

    monkeypatch.setattr(TrainPane, "next_smoothing", broken)
    async with workbench() as (app, pilot):
        await slow_run(app, pilot)
        await pilot.press("m")
        app.call_later(broken, None)
        app.screen.set_timer(0.01, lambda: broken(None))
        await until(pilot, lambda: sum(app.caught.values()) == 3)
        assert "RuntimeError: the smoothing fails" in told(app) and app.is_running
        assert bench(app).runs.busy
        assert "in broken" in caplog.text
        app.caught.clear()
        await pilot.press("l")
        await until(pilot, lambda: "log" in str(bench(app).pane.charts[0].border_title))


@pytest.mark.parametrize("keys", [
    pytest.param(("escape", "escape"), marks=pytest.mark.slow), ("enter", "enter", "enter"),
])  # fmt: skip
async def test_the_palette_closes_once(keys):
    async with workbench() as (app, pilot):
        await pilot.press("ctrl+p", *"Dark")
        await until(pilot, lambda: "Change the theme" in text_of(app))
        theme = app.theme
        at_once(app, "down", *keys, "x", "pagedown")
        await until(pilot, lambda: not isinstance(app.screen, GuardedPalette))
        assert (app.theme != theme) == ("enter" in keys)


async def test_clicks_beside_the_palette_close_it_once():
    async with workbench() as (app, pilot):
        await pilot.press("ctrl+p", "z", "z", "pagedown", "end", "pageup")
        await pilot.click(offset=(2, 40), times=3)
        await until(pilot, lambda: not isinstance(app.screen, GuardedPalette))
        assert isinstance(app.screen, WorkbenchScreen)


async def test_a_dialog_takes_one_answer():
    async with workbench() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Keys))
        at_once(app, "escape", "escape", "enter", "q")
        await until(pilot, lambda: not isinstance(app.screen, Keys))
        assert not app._exit or app.left == 0


async def test_what_stands_in_a_field_counts_not_its_mark():
    async with workbench("iris") as (app, pilot):
        field = app.screen.query_one("#field-units")
        field.query_one(Input).focus()
        await pilot.pause()
        at_once(app, "x", "up", "down", "enter")
        await until(pilot, lambda: field.has_class("-wrong"))
        assert field.text == "x"
        await pilot.press("backspace", "5", "up")
        await until(pilot, lambda: field.text == "6")


async def test_a_choice_of_another_lesson_is_dropped_with_a_word():
    async with workbench("iris") as (app, pilot):
        app.screen.post_message(Experiments.Chosen("perceptron", "and"))
        await until(pilot, lambda: "Another lesson was opened" in told(app))
        assert bench(app).pane.form.experiment is None


@pytest.mark.slow
async def test_keys_while_a_lesson_opens_never_train_it_with_the_settings_before():
    async with workbench("perceptron") as (app, pilot):
        for name in ("iris", "attention", "greater-than"):
            bench(app).open_lesson(name)
            at_once(app, "1", "r", "s", "2", "r")
            await pilot.pause(0.02)
        await until(
            pilot, lambda: bench(app).opening.settled and bench(app).lesson.id == "greater-than"
        )
        bench(app).action_stop()
        await until(pilot, lambda: not bench(app).runs.busy)
        for run in list_runs():
            parameters = catalog.lesson(run.lesson).parameters
            assert set(run.started.hyperparameters) == set(parameters.model_fields)


def test_a_session_refuses_the_settings_of_another_lesson():
    iris, perceptron = catalog.lesson("iris"), catalog.lesson("perceptron")
    with pytest.raises(LessonError, match="not those of iris"):
        Session(iris, perceptron.parameters(), emit=lambda event: None)


@pytest.mark.slow
async def test_a_run_of_another_lesson_is_named_and_in_the_way_with_a_word():
    async with workbench("perceptron") as (app, pilot):
        await slow_run(app, pilot)
        await bench(app).open_lesson("iris").wait()
        await until(pilot, lambda: "Perceptron:" in line(app))
        await pilot.press("r")
        await until(pilot, lambda: "Perceptron is training: press x to stop it" in told(app))
        assert "units" not in bench(app).runs.training.request.parameters.model_fields
        await pilot.press("x")
        await until(pilot, lambda: not bench(app).runs.busy)


@pytest.mark.slow
async def test_the_last_run_is_there_again_when_its_lesson_is_opened():
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("r")
        end = await finished(app, pilot)
        await bench(app).open_lesson("iris").wait()
        assert bench(app).runs.shown is None
        await pilot.press("r")
        await until(pilot, lambda: bench(app).runs.view.finished and not bench(app).runs.busy)
        await bench(app).open_lesson("perceptron").wait()
        await until(pilot, lambda: bench(app).runs.recalled)
        assert len(bench(app).pane.charts[0]._series[-1].xs) == end.steps
        assert bench(app).page.query_one("#picture-boundary")._payload
        assert "completed" in line(app)


async def test_a_run_that_was_deleted_meanwhile_is_taken_off_the_list():
    async with workbench("perceptron") as (app, pilot):
        for _ in range(2):
            await pilot.press("r")
            await until(pilot, lambda: bench(app).runs.busy or list_runs())
            await until(pilot, lambda: not bench(app).runs.busy)
        await until(pilot, lambda: app.screen.query_one(RunsTable).row_count == 2)
        await pilot.press("o")
        await until(pilot, lambda: type(app.focused) is RunsTable)
        shutil.rmtree(paths.runs() / list_runs()[1].name)  # after the list was read
        await pilot.press("down", "enter")
        await until(pilot, lambda: "list of runs was read again" in told(app))
        await until(pilot, lambda: app.screen.query_one(RunsTable).row_count == 1)


@pytest.mark.slow
async def test_the_cursor_stays_on_its_run_when_another_one_ends():
    async with workbench("perceptron") as (app, pilot):
        table = app.screen.query_one(RunsTable)
        assert "no runs yet" in str(app.screen.query_one("#no-runs").render())
        for count in (1, 2):
            await pilot.press("r")
            await until(pilot, lambda count=count: table.row_count == count)
            assert not app.screen.query_one("#no-runs").display
        await pilot.press("o", "down")
        chosen = table.chosen()
        await pilot.press("r")
        await until(pilot, lambda: table.row_count == 3)
        assert table.chosen() == chosen and table.cursor_row == 2


@pytest.mark.slow
async def test_the_pictures_of_a_lesson_open_at_the_top():
    async with workbench("iris", size=(100, 24)) as (app, pilot):
        pictures = bench(app).page.query_one("Pictures")
        await pilot.press("r")
        await finished(app, pilot)
        await bench(app).open_lesson("perceptron").wait()
        await pilot.press("r")
        await until(pilot, lambda: "perceptron" in {run.lesson for run in list_runs()})
        await until(pilot, lambda: not bench(app).runs.busy)
        bench(app).page.tab = "inside"
        await until(pilot, lambda: pictures.max_scroll_y > 0)
        pictures.scroll_end(animate=False)
        await until(pilot, lambda: pictures.scroll_y > 0)
        await bench(app).open_lesson("iris").wait()
        bench(app).page.tab = "inside"
        await until(pilot, lambda: pictures.max_scroll_y > 0)
        assert pictures.scroll_y == 0


@pytest.mark.slow
async def test_while_a_run_is_prepared_charts_and_pictures_say_so(monkeypatch):
    import threading

    gate, data = threading.Event(), catalog.lesson("perceptron").data
    monkeypatch.setitem(
        catalog.lesson("perceptron").__dict__, "data", lambda p, rng: gate.wait(60) and data(p, rng)
    )
    async with workbench("perceptron", size=(200, 50)) as (app, pilot):
        bench(app).page.tab = "inside"
        await pilot.press("r")
        try:
            await until(pilot, lambda: "its curve appears here" in text_of(app))
            assert "the first picture comes" in text_of(app)
            assert "Press r to train" not in text_of(app)
        finally:
            gate.set()
        await finished(app, pilot)


async def test_the_mouse_on_what_was_removed_since_the_last_paint_finds_nothing(monkeypatch):
    async with workbench() as (app, pilot):
        shown = Static("old")
        shown.styles.position, shown.styles.offset = "absolute", (-3, -3)
        shown.styles.width = shown.styles.height = 20
        shown.styles.overlay = "screen"
        await app.screen.mount(shown)
        await pilot.pause(0.2)
        assert app.screen.get_widget_at(5, 5)[0] is shown
        monkeypatch.setattr(app.pace, "paint", lambda update, behind: None)
        shown.update("new")
        await shown.remove()
        for kind in (events.MouseDown, events.MouseUp):
            app.post_message(kind(None, 5, 5, 0, 0, 1, False, False, False, 5, 5))
        await until(pilot, lambda: not app._in_order.keys_wait())
        monkeypatch.undo()


async def test_the_mouse_beside_a_dialog_does_not_have_all_that_lies_behind_it_drawn(monkeypatch):
    async with workbench() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Keys))
        monkeypatch.setattr(Keys, "render", lambda screen: pytest.fail("it was drawn"))
        app.screen.refresh()
        assert app.screen.get_style_at(1, 1) == Style.null()
        assert app.screen.get_widget_and_offset_at(1, 1) == (None, None)
        monkeypatch.undo()


async def test_the_mouse_may_ask_for_a_line_of_a_drawer_that_was_never_painted():
    async with workbench(size=(120, 36)) as (app, _):
        tree = app.screen.query_one(LessonTree)
        assert not tree.display
        assert tree.render_line(0).text == ""  # it has no size yet


@pytest.mark.slow
async def test_asking_twice_leaves_also_from_under_the_palette():
    async with workbench("perceptron") as (app, pilot):
        await slow_run(app, pilot)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Leave))
        await pilot.press("ctrl+p", "ctrl+q")
        await until(pilot, lambda: app.left == 0)


async def test_the_first_use_of_somebody_else_s_pack_is_said(monkeypatch):
    monkeypatch.setattr("tui_dl.packs.first_uses", lambda: ["first use of the lesson pack [mine]"])
    async with workbench() as (app, pilot):
        await until(pilot, lambda: "First use of the lesson pack [mine]." in told(app))


async def test_a_lesson_that_cannot_be_loaded_is_told_and_the_open_one_stays(monkeypatch):
    broken = changed(catalog.lesson("iris"), problem=lambda: "iris: settings.py cannot be loaded")
    everything = tuple(broken if each.id == "iris" else each for each in catalog.lessons())
    async with workbench("perceptron") as (app, pilot):
        monkeypatch.setattr(catalog, "lessons", lambda: everything)
        await bench(app).open_lesson("iris").wait()
        assert "iris: settings.py cannot be loaded" in told(app)
        assert bench(app).lesson.id == "perceptron" and bench(app).opening.settled
        await pilot.press("r")
        assert (await finished(app, pilot)).status == "completed"


async def test_what_a_thread_brings_while_the_app_leaves_is_dropped():
    brought = []

    async def bring(*found):
        thread = threading.Thread(target=hand_over, args=(app, *found))
        thread.start()
        await until(pilot, lambda: not thread.is_alive())

    async with workbench() as (app, pilot):
        await bring(brought.append, "before")
        app._exit = True  # its widgets may be gone at any moment
        await bring(brought.append, "after")
        app._exit = False
        assert brought == ["before"]


async def test_an_error_in_what_a_thread_brings_is_contained(caplog):
    async with workbench() as (app, pilot):
        thread = threading.Thread(target=hand_over, args=(app, lambda: 1 / 0))
        thread.start()
        await until(pilot, lambda: not thread.is_alive())
        assert "ZeroDivisionError" in str(dict(app.caught)) and "division by zero" in told(app)
        app.caught.clear()
