"""In little room the progress line drops parts one by one, the metrics last."""

import re

import pytest
from textual.app import App

from tui_dl.events import Data, Progress, Started, State
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.progress_line import ProgressLine


def running(epochs, loss=0.5):
    """A run of one step per epoch, in its last epoch."""
    started = Started(
        lesson="x", hyperparameters={}, experiment=None, seed=0, device="CPU", compile="xla",
        data=Data(name="x", train=1, validation=0, note=""), epochs=epochs, steps=epochs,
        steps_per_epoch=1, layers=[], time=0.0,
    )  # fmt: skip
    metrics = {"loss": loss, "accuracy": 0.75}
    progress = Progress(step=epochs, epoch=epochs, metrics=metrics, seconds=0.03)
    return RunView([started, State(state="running", step=0), progress])


class Alone(App):
    """An app with only the progress line."""

    def compose(self):
        yield ProgressLine()


async def line(run, width):
    async with Alone().run_test(size=(width, 3)) as pilot:
        shown = pilot.app.query_one(ProgressLine)
        shown.show(run)
        await pilot.pause()
        return str(shown.render())


@pytest.mark.parametrize(
    ("epochs", "width", "bar", "steps"),
    [(100, 120, True, True), (10_000, 104, True, False), (10_000, 80, False, False)],
)
async def test_what_has_no_room_is_left_out_whole(epochs, width, bar, steps):
    text = await line(running(epochs), width)
    assert re.search(r"loss +0\.50*  acc(uracy)? +0\.75", text), text
    assert ("━" in text, "step " in text) == (bar, steps), text
    assert len(text.rstrip()) <= width - 2


async def test_the_line_keeps_its_shape_while_numbers_change():
    first = await line(running(10_000), 100)
    second = await line(running(10_000, loss=123.4), 100)
    assert first.index("loss") == second.index("loss")


async def test_a_wider_terminal_shows_more_at_once():
    async with Alone().run_test(size=(80, 3)) as pilot:
        shown = pilot.app.query_one(ProgressLine)
        shown.show(running(100))
        await pilot.pause()
        assert "step " not in str(shown.render())
        await pilot.resize_terminal(120, 3)
        await pilot.pause()
        assert "step " in str(shown.render())


async def test_a_run_that_waits_says_for_what_and_how_far_it_has_come():
    run = running(10_000)
    run.add(State(state="running", step=10_000, detail="compiling the rest"))
    assert re.search(r"running +100% compiling the rest …", await line(run, 80))
    run.add(State(state="running", step=10_000))
    assert "compiling" not in await line(run, 80)


async def limited(step, seconds, limit, status=None):
    """Return the line of a run limited to some steps per second, at a step of 10,000."""
    view = running(10_000)
    view.step, view.seconds = step, seconds
    async with Alone().run_test(size=(120, 3)) as pilot:
        shown = pilot.app.query_one(ProgressLine)
        shown.show(view, limit=limit, of="Iris")
        await pilot.pause()
        return str(shown.render())


async def test_a_run_that_is_slowed_tells_the_rate_and_the_time_it_really_takes():
    text = await limited(step=1000, seconds=0.6, limit=50)
    assert "50 step/s" in text and "ETA 3:00" in text, text
    assert text.startswith("running") and "Iris:" in text


async def test_before_the_first_steps_no_rate_is_claimed():
    text = await limited(step=0, seconds=0.0, limit=None)
    assert "0 step/s" not in text and "ETA 0:00" not in text, text
