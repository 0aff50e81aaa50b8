"""The app driven as a user does: read, set, train, pause, change, stop, compare, leave."""

import os
import subprocess
import sys
from functools import partial

import pytest
from driving import bench, fill, finished, remark, text_of, until, workbench
from textual.widgets import Button

from tui_dl import catalog, paths
from tui_dl.runs.index import list_runs
from tui_dl.runs.reader import read
from tui_dl.tui.screens.dialogs import Keys, Leave
from tui_dl.tui.screens.keys import BINDINGS, COLUMNS, GROUPS, described
from tui_dl.tui.widgets.form import Field
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.runs_table import RunsTable

KEYS = {word for binding in BINDINGS for word in binding.description.split()}
FIRST_PAINT = """
import asyncio, sys
from tui_dl.tui.app import Workbench
from tui_dl.tui.screens.workbench import WorkbenchScreen

def loaded(*names):
    return sorted(set(names) & set(sys.modules))

HEAVY = "tensorflow", "keras", "sklearn", "gymnasium", "matplotlib", "numpy"
add_the_rest = WorkbenchScreen._add_the_rest

async def painted(screen):
    strips = screen._compositor.render_strips()
    text = " ".join(strip.text for strip in strips)
    print("page:", screen.lesson.title in text and screen.page.size.width > 40)
    print("first:", loaded(*HEAVY, "pydantic", "typer"))
    from tui_dl.tui.training import Training
    Training.load = lambda self, then: print("asked", file=sys.stderr)
    await add_the_rest(screen)

WorkbenchScreen._add_the_rest = painted

async def main():
    app = Workbench("perceptron")
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("f")
        while not app.started:
            await pilot.pause(0.02)
        while not (app.focused and app.focused.parent.id):
            await pilot.pause(0.02)
        print("rest:", loaded(*HEAVY))
        print("focus:", app.focused and app.focused.parent.id)

asyncio.run(main())
"""


def test_the_first_paint_loads_little_and_what_is_typed_before_the_rest_waits_for_it():
    command = [sys.executable, "-c", FIRST_PAINT]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    for line in ("page: True", "first: []", "rest: []"):
        assert line in result.stdout, result.stdout + result.stderr[-2000:]
    assert "focus: field-" in result.stdout
    assert "asked" in result.stderr


def test_a_key_need_not_wait_for_a_slow_grid_of_frames():
    frames = "import tui_dl.cli, tui_dl.tui.app, textual.constants as c; print(c.MAX_FPS)"
    unset = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    for environment, wanted in ((unset, "240"), (unset | {"TEXTUAL_FPS": "30"}, "30")):
        command = [sys.executable, "-c", frames]
        found = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert found.stdout.strip() == wanted, found.stderr[-2000:]


async def test_opens_on_the_theory_of_the_first_lesson_with_a_greeting():
    async with workbench(None) as (app, _pilot):
        assert bench(app).lesson.id == catalog.lessons()[0].id
        assert bench(app).page.tab == "theory"
        assert "Welcome" in text_of(app)
        assert bench(app).query_one("TheoryPage").has_focus


@pytest.mark.slow
async def test_a_wrong_value_is_said_beside_its_field_and_train_is_disabled():
    async with workbench() as (app, pilot):
        train = app.screen.query_one("#button-train", Button)
        assert not train.disabled
        await fill(app, pilot, "epochs", "0")
        assert "whole number, 1 to 5000" in remark(app, "epochs") and train.disabled
        await fill(app, pilot, "epochs", "many")
        assert "✗" in remark(app, "epochs") and train.disabled
        await pilot.press("escape", "r")
        await pilot.pause()
        assert not bench(app).runs.busy
        await fill(app, pilot, "epochs", "7")
        assert "default 30" in remark(app, "epochs") and not train.disabled


async def test_training_fills_charts_pictures_table_and_marks():
    async with workbench() as (app, pilot):
        await pilot.press("r")
        end = await finished(app, pilot)
        assert end.status == "completed" and end.steps == 120
        loss, accuracy = bench(app).pane.charts
        assert [s.name for s in loss._series] == ["train", "batch"]
        assert [len(s.xs) for s in loss._series] == [30, 120]
        assert all(s.xs[-1] == 30 for s in loss._series)
        assert accuracy.display and "Accuracy" in accuracy.title
        assert bench(app).page.query_one("#picture-boundary")._payload["kind"] == "plane"
        table = app.screen.query_one(RunsTable)
        headings = [str(column.label) for column in table.ordered_columns]
        assert headings[1:] == ["run", "when", "status", "loss", "accuracy", "seed", "changed"]
        row = table.get_row_at(0)
        assert [str(row[i]) for i in (1, 3, 6, 7)] == ["run 1", "completed", "0", "defaults"]
        assert float(str(row[5])) == pytest.approx(end.metrics["accuracy"], rel=1e-3)
        tree = app.screen.query_one(LessonTree)
        assert "✓" in str(tree._leaves["perceptron"].label)
        assert "completed" in text_of(app)
        assert [run.status for run in list_runs("perceptron")] == ["completed"]


async def test_pause_change_the_learning_rate_step_and_stop():
    async with workbench() as (app, pilot):
        await fill(app, pilot, "epochs", "5000")
        await pilot.press("escape", "less_than_sign", "less_than_sign", "r")  # 200 steps a second
        view = lambda: bench(app).runs.view  # noqa: E731
        await until(pilot, lambda: view() and view().step > 4)
        await pilot.press("space")
        control = bench(app).runs.training.control
        await until(pilot, lambda: control.state == "paused")
        at = view().step
        await fill(app, pilot, "learning_rate", "0.5")
        await pilot.press("enter")
        await until(pilot, lambda: view().notes)
        assert view().notes[0].text == "learning rate set to 0.5"
        assert view().notes[0].step == at
        await pilot.press("escape", "s")
        await until(pilot, lambda: view().step == at + 1)
        assert control.state == "paused"
        await pilot.press("S")
        await until(pilot, lambda: view().step == (at // 4 + 1) * 4)
        await pilot.press("space")
        await until(pilot, lambda: control.state == "running")
        await pilot.press("x")
        end = await finished(app, pilot)
        assert end.status == "stopped" and end.steps < 20_000
        assert list_runs("perceptron")[0].status == "stopped"


async def test_a_preset_fills_the_form_and_is_recorded():
    async with workbench() as (app, pilot):
        number = 1 + [e.name for e in bench(app).lesson.experiments].index("xor")
        await pilot.press(str(number))
        await pilot.pause()
        assert app.screen.query_one("#field-gate", Field).text == "xor"
        assert bench(app).pane.form.border_subtitle == "preset: xor"
        await pilot.press("r")
        end = await finished(app, pilot)
        assert end.metrics["accuracy"] < 1
        started = list_runs("perceptron")[0].started
        assert started.experiment == "xor" and started.hyperparameters["gate"] == "xor"
        await pilot.press("0")
        await pilot.pause()
        assert app.screen.query_one("#field-gate", Field).text == "or"


@pytest.mark.slow
async def test_a_past_run_lies_over_the_chart_and_comes_off_again():
    async with workbench() as (app, pilot):
        await pilot.press("r")
        await finished(app, pilot)
        first = bench(app).runs.view
        await pilot.press("r")
        await until(pilot, lambda: bench(app).runs.view is not first)
        await finished(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: bench(app).page.tab == "runs")
        await pilot.press("down", "o")
        await pilot.pause()
        loss = bench(app).pane.charts[0]
        assert [s.style for s in loss._series] == ["train", "steps", "overlay"]
        assert loss._series[2].name == "run 1"
        await pilot.press("o")
        await pilot.pause()
        assert [s.style for s in loss._series] == ["train", "steps"]


async def test_a_key_holds_the_training_until_it_is_painted(monkeypatch):
    async with workbench() as (app, pilot):
        training = bench(app).runs.training
        told, chart = [], bench(app).pane.charts[0]
        for name in ("hold", "release"):
            monkeypatch.setattr(training.control, name, partial(told.append, name))
        monkeypatch.setattr(chart, "render", lambda: told.append("paint") or "")
        await pilot.press("l")
        await until(pilot, lambda: "release" in told)
        assert told[0] == "hold"
        assert told.index("paint") < told.index("release")


async def test_leaving_during_a_run_asks_and_keeps_the_record():
    async with workbench() as (app, pilot):
        await fill(app, pilot, "epochs", "5000")
        await pilot.press("escape", "less_than_sign", "less_than_sign", "r")
        await until(pilot, lambda: bench(app).runs.view and bench(app).runs.view.step > 4)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, Leave))
        await pilot.press("n")
        await until(pilot, lambda: not isinstance(app.screen, Leave))
        assert bench(app).runs.busy
        await pilot.press("ctrl+c")
        await until(pilot, lambda: isinstance(app.screen, Leave))
        await pilot.press("y")
        await until(pilot, lambda: not bench(app).runs.busy)
        run = list_runs("perceptron")[0]
        assert run.status == "stopped" and (run.directory / "model.keras").exists()


async def test_a_failing_lesson_says_so_and_the_app_goes_on(monkeypatch):
    lesson = catalog.lesson("perceptron")

    def broken(p, rng):
        raise RuntimeError("the truth table is gone")

    paths.home().mkdir(parents=True)
    paths.log().touch()
    async with workbench() as (app, pilot):
        with monkeypatch.context() as patch:
            patch.setitem(lesson.__dict__, "data", broken)
            await pilot.press("r")
            end = await finished(app, pilot)
        assert end.status == "failed"
        assert "truth table is gone" in text_of(app)
        assert any("workbench.log" in note.message for note in app._notifications)
        broken_run = bench(app).runs.view
        await pilot.press("r")
        await until(pilot, lambda: bench(app).runs.view is not broken_run)
        assert (await finished(app, pilot)).status == "completed"


async def test_keys_are_listed_and_panes_follow_the_width():
    async with workbench(size=(80, 24)) as (app, pilot):
        panes = {name: app.screen.query_one(f"#{name}") for name in ("lessons", "page", "train")}
        shown = lambda: [name for name, pane in panes.items() if pane.display]  # noqa: E731
        assert shown() == ["page"]
        await pilot.press("f")
        assert shown() == ["train"]
        await pilot.press("escape", "t")
        assert shown() == ["lessons"]
        await pilot.press("escape")
        await pilot.resize_terminal(120, 30)
        await until(pilot, lambda: shown() == ["page", "train"])
        await pilot.resize_terminal(180, 50)
        await until(pilot, lambda: shown() == ["lessons", "page", "train"])
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Keys))
        assert "Train" in text_of(app) and "Palette" in text_of(app)


@pytest.mark.slow
async def test_every_lesson_opens():
    async with workbench() as (app, pilot):
        for lesson in catalog.lessons():
            await bench(app).open_lesson(lesson.id).wait()
            await pilot.pause()
            assert bench(app).lesson is lesson
            assert "cannot be read" not in text_of(app)
            assert bench(app).pane.form.valid
            for experiment in lesson.experiments:
                bench(app).pane.form.apply(experiment.settings, experiment.name)
                assert bench(app).pane.form.values() == lesson.parameters.of(experiment.settings)


@pytest.mark.slow
async def test_tabs_turn_as_often_as_keys_are_pressed_and_a_lesson_opens_on_its_theory():
    async with workbench() as (app, pilot):
        for _ in range(2):
            await pilot.press("right_square_bracket", "right_square_bracket")
            await pilot.pause(0.03)
            await pilot.press("right_square_bracket")
            await until(pilot, lambda: type(app.focused).__name__ == "Pictures")
            assert bench(app).page.tab == "inside"
            await pilot.press(*["left_square_bracket"] * 3)
            await until(pilot, lambda: type(app.focused).__name__ == "TheoryPage")
            assert bench(app).page.tab == "theory"


@pytest.mark.slow
async def test_a_lesson_opens_on_its_theory_wherever_the_last_one_was_left():
    async with workbench(size=(80, 24)) as (app, pilot):
        for tab in ("runs", "experiments"):
            bench(app).page.tab = tab
            await pilot.pause(0.1)
            await pilot.press("t", "down", "enter")
            await pilot.pause(0.5)
            assert bench(app).page.tab == "theory"


@pytest.mark.parametrize(
    "width", [80, 119, *(pytest.param(w, marks=pytest.mark.slow) for w in (100, 118, 160))]
)
async def test_the_foot_shows_no_key_cut_off(width):
    async with workbench(size=(width, 30)) as (app, pilot):
        await until(pilot, lambda: "r Train" in text_of(app))
        assert text_of(app).split()[-1] in KEYS
        await pilot.resize_terminal(200, 30)
        await pilot.pause(0.3)
        assert "m Smooth" in text_of(app).splitlines()[-1]


@pytest.mark.parametrize(
    "size", [(80, 24), pytest.param((100, 30), marks=pytest.mark.slow)], ids=str
)
async def test_a_field_in_hand_moves_nothing_and_a_form_that_goes_on_says_so(size):
    async with workbench("binary-addition", size=size) as (app, pilot):
        await pilot.press("f")
        chart, form = bench(app).pane.charts[0], bench(app).pane.form
        await until(pilot, lambda: "more ↓" in str(form.border_title))
        in_hand = chart.size, form.size
        await pilot.press("escape")
        await pilot.pause(0.2)
        assert (chart.size, form.size) == in_hand and chart.size.height >= 6
        form.scroll_end(animate=False)
        await until(pilot, lambda: str(form.border_title) == "Hyperparameters")


async def test_an_experiment_chosen_behind_another_pane_is_told():
    async with workbench(size=(80, 24)) as (app, pilot):
        await pilot.press("3")
        toasts = [toast.message for toast in app._notifications]
        assert toasts == ["“AND” fills the form: r trains it, f shows it."]


@pytest.mark.slow
async def test_without_a_loss_two_other_metrics_are_charted():
    async with workbench("bandit") as (app, pilot):
        await fill(app, pilot, "epochs", "2")
        await pilot.press("escape", "r")
        await finished(app, pilot)
        first, second = bench(app).pane.charts
        assert (first.title, second.title) == ("Best arm over epochs", "Reward over epochs")
        assert first._series and second._series


async def test_a_tab_is_turned_to_where_one_pane_shows_at_a_time():
    async with workbench(size=(80, 24)) as (app, pilot):
        await pilot.press("f")
        await pilot.pause()
        assert not bench(app).page.display
        await pilot.press("escape", "right_square_bracket")
        await until(pilot, lambda: bench(app).page.display)
        assert bench(app).page.tab == "code"


def test_the_list_of_keys_has_every_key_that_does_something():
    listed = {key for _, lines in GROUPS for keys, _ in lines for key in keys.split()}
    for binding in described():
        assert (binding.key_display or binding.key.split(",")[0]) in listed, binding
    assert {title for titles in COLUMNS for title in titles} == {title for title, _ in GROUPS}


async def test_the_cursor_of_both_charts_tells_the_values_there_and_they_can_be_copied():
    async with workbench("iris") as (app, pilot):
        await pilot.press("r")
        await finished(app, pilot)
        await until(pilot, lambda: bench(app).pane.charts[0].limits)
        loss, accuracy = bench(app).pane.charts
        last = str(accuracy.border_subtitle)
        await pilot.press("comma", *["comma"] * 25)
        assert loss.cursor == accuracy.cursor == pytest.approx(10.0, abs=0.5)
        assert "at 1" in str(loss.border_title) and str(accuracy.border_subtitle) != last
        assert "│" in loss.render().plain.replace("│", "", 12)
        await pilot.press("plus")
        low, high = loss.window
        assert high - low == pytest.approx(10.0, abs=0.6) and accuracy.window == loss.window
        await pilot.press("y")
        rows = app.clipboard.splitlines()
        assert rows[0] == "metric,curve,epoch,value"
        assert {row.split(",")[0] for row in rows[1:]} == {"loss", "accuracy"}
        assert all(low <= float(row.split(",")[2]) <= high for row in rows[1:])
        await pilot.press("escape")
        assert loss.cursor is None and accuracy.window is None
        await pilot.hover("#loss", offset=(30, 3))
        assert loss.cursor is not None and accuracy.cursor == loss.cursor


async def test_inside_shows_the_untrained_network_then_follows_the_run_and_fills_the_screen():
    async with workbench(size=(160, 45)) as (app, pilot):
        await until(pilot, lambda: bench(app).runs.device)
        bench(app).ahead._prepare()
        await pilot.press("i")
        await until(pilot, lambda: app.screen.query("#picture-boundary"))
        picture = app.screen.query_one("#picture-boundary")
        assert str(picture.border_subtitle) == "step 0" and list_runs() == []
        width = picture.size.width
        await pilot.press("i")
        assert not bench(app).pane.parent.display and bench(app).panes.full
        await until(pilot, lambda: bench(app).page.size.width == 160)
        await pilot.press("escape")
        assert bench(app).pane.parent.display and picture.size.width == width
        await pilot.press("s")
        await until(pilot, lambda: str(picture.border_subtitle) == "step 1")
        await pilot.press("s")
        await until(pilot, lambda: str(picture.border_subtitle) == "step 2")
        await pilot.press("x")
        await finished(app, pilot)
        recorded = read(list_runs()[0].name).snapshots
        assert [shot.step for shot in recorded if shot.view == "boundary"] == [0]


@pytest.mark.slow
async def test_charts_and_pictures_are_saved_and_nothing_is_overwritten():
    async with workbench() as (app, pilot):
        await pilot.press("r")
        await finished(app, pilot)
        await pilot.press("w", "w", "i")
        await until(pilot, lambda: bench(app).page.tab == "inside")
        await pilot.press("w", "W")
        run = bench(app).runs.on_chart
        await until(pilot, lambda: len(list(paths.pictures().iterdir())) == 8)
        names = sorted(path.name for path in paths.pictures().iterdir())
        charts = ["accuracy-2.svg", "accuracy.svg", "loss-2.svg", "loss.svg"]
        pictures = ["boundary.png", "boundary.svg", "table.png", "table.svg"]
        assert names == sorted(f"{run}-{name}" for name in (*charts, *pictures))
        starts = {".svg": b"<svg", ".png": b"\x89PNG"}
        for path in paths.pictures().iterdir():
            assert path.read_bytes().startswith(starts[path.suffix])
        paths.pictures().rename(paths.home() / "moved")
        paths.pictures().write_text("in the way")
        await pilot.press("w")
        await until(pilot, lambda: any("not saved" in t.title for t in app._notifications))
