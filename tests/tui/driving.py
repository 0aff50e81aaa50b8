"""Helpers that drive the app as a user does."""

import time
from contextlib import asynccontextmanager

from tui_dl.tui.app import Workbench
from tui_dl.tui.screens.workbench import WorkbenchScreen
from tui_dl.tui.widgets.form import Field

PATIENCE = 60  # seconds: a loaded machine may need many of them to import Keras


@asynccontextmanager
async def workbench(lesson="perceptron", size=(160, 45)):
    """The app, opened on a lesson, and the pilot that drives it."""
    app = Workbench(lesson)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query("#field-seed"))
        try:
            yield app, pilot
        finally:
            bench(app).runs.training.let_go()
            await until(pilot, lambda: not bench(app).runs.busy)
            preparer = bench(app).runs.training.preparer
            await until(pilot, lambda: not (preparer and preparer.is_alive()))
        assert not app.caught, "an error was contained that must not happen"


def bench(app) -> WorkbenchScreen:
    return next(s for s in app.screen_stack if isinstance(s, WorkbenchScreen))


async def until(pilot, condition):
    """Wait for a condition to become true; fail if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await pilot.pause(0.02)
    await pilot.pause(0.25)  # lets pending work run, so that the screen shows it


async def finished(app, pilot):
    """Wait for the end of the run and return its last event."""
    await until(pilot, lambda: bench(app).runs.view and bench(app).runs.view.finished)
    return bench(app).runs.view.finished


async def fill(app, pilot, name, text):
    """Type a value into a field, as a user does."""
    field = app.screen.query_one(f"#field-{name}", Field)
    control = field.query_one("Input")
    control.focus()
    await pilot.pause()
    await pilot.press("end", *["backspace"] * len(control.value), *text)
    await pilot.pause()


def remark(app, name) -> str:
    """Return the text beside a field."""
    return str(app.screen.query_one(f"#field-{name} .remark").render())


def text_of(app) -> str:
    """Return everything on the screen, as text."""
    _width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips[:height])
