"""Three lessons of different kinds at three sizes, and a form with wrong values.

After an intended change: `pytest tests/tui/test_snapshots.py --snapshot-update`, and check the
pictures before committing them.
"""

import itertools

import pytest
import pytest_textual_snapshot
from driving import bench, fill, until

from tui_dl import catalog
from tui_dl.tui.app import Workbench
from tui_dl.tui.run_controller import RunController

SIZES = ((80, 24), (100, 30), (200, 50))
KINDS = ("perceptron", "activations", "policy-gradient")  # fitted, an explorer, a custom loop
SHOWN = (*KINDS, "linear-regression", "iris", "lstm")  # further lessons change no picture


@pytest.fixture(autouse=True)
def the_same_everywhere(monkeypatch):
    """Fix a few lessons, colors, no TensorFlow (its line names the device), no motion."""
    few = tuple(each for each in catalog.lessons() if each.id in SHOWN)
    monkeypatch.setattr(catalog, "lessons", lambda: few)
    monkeypatch.setattr(RunController, "load", lambda self: None)
    monkeypatch.delenv("NO_COLOR", raising=False)
    # Newer syrupy spells this without the underscore; without it the pictures are called .raw.
    monkeypatch.setattr(pytest_textual_snapshot.SVGImageExtension, "file_extension", "svg")


def still(lesson):
    """The app, without motion."""
    app = Workbench(lesson)
    app.animation_level = "none"
    return app


async def ready(pilot):
    """Wait until everything is mounted and drawn, and stop cursors from blinking."""
    app = pilot.app
    await until(pilot, lambda: app.screen.query("#field-seed") and bench(app).page.tab == "theory")
    for cursor in app.screen.query("Input"):
        cursor.cursor_blink = False
    await pilot.wait_for_scheduled_animations()


async def wrong(pilot):
    """Type a number of epochs that is too small and an invalid learning rate."""
    await ready(pilot)
    await fill(pilot.app, pilot, "epochs", "0")
    await fill(pilot.app, pilot, "learning_rate", "fast")
    await pilot.press("escape")
    await ready(pilot)


async def drawn(pilot):
    """Wait for an explorer's pictures, too."""
    await ready(pilot)
    if bench(pilot.app).lesson.explorer:
        first = bench(pilot.app).lesson.views[0].name
        await until(pilot, lambda: pilot.app.screen.query(f"TrainPane #picture-{first}"))


def screens():
    """Pair each size with each lesson; `make test` looks at each of both once."""
    for (row, size), (column, lesson) in itertools.product(enumerate(SIZES), enumerate(KINDS)):
        name = "x".join(map(str, size)) + f"-{lesson}"
        yield pytest.param(size, lesson, id=name, marks=[pytest.mark.slow] * (row != column))


@pytest.mark.parametrize(("size", "lesson"), screens())
def test_first_screen(snap_compare, size, lesson):
    assert snap_compare(still(lesson), terminal_size=size, run_before=drawn)


def test_wrong_values(snap_compare):
    assert snap_compare(still("perceptron"), terminal_size=(160, 45), run_before=wrong)
