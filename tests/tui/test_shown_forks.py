"""The app draws the parent of a fork up to the fork over it."""

from driving import bench, text_of, until, workbench

from tui_dl import catalog
from tui_dl.events import Data, Finished, Parent, Progress, Started
from tui_dl.runs.writer import RunWriter

STEPS, AT = 80, 40


def written(first, loss, parent=None):
    """Record a run whose loss is the same at every step, from `first` on; return its name."""
    settings = catalog.lesson("perceptron").parameters().model_dump()
    started = Started(
        lesson="perceptron", hyperparameters=settings, seed=0, device="CPU", compile="xla",
        data=Data(name="gate", train=4, validation=0), epochs=20, steps=STEPS, steps_per_epoch=4,
        parent=parent,
    )  # fmt: skip
    with RunWriter("perceptron") as writer:
        writer(started)
        for step in range(first, STEPS + 1):
            writer(Progress(step=step, epoch=1, metrics={"loss": loss}))
        writer(Finished(status="completed", steps=STEPS, metrics={"loss": loss}))
    return writer.name


async def test_a_recalled_fork_has_its_parent_on_the_chart():
    parent = written(1, 0.75)
    written(AT + 1, 0.25, Parent(run=parent, step=AT))
    async with workbench("perceptron") as (app, pilot):
        runs = bench(app).runs
        await until(pilot, lambda: parent in runs.overlays)
        (view,) = runs.overlays.labeled({parent: "run 1"}).values()
        assert view.curves.by_step("loss") == (list(range(1, AT + 1)), [0.75] * AT)
        await until(pilot, lambda: "run 1" in text_of(app))
        assert runs.shown.step == STEPS


async def test_a_fork_without_its_parent_is_shown_alone():
    written(AT + 1, 0.25, Parent(run="20260101-000000-perceptron-0000", step=AT))
    async with workbench("perceptron") as (app, pilot):
        runs = bench(app).runs
        await until(pilot, lambda: runs.shown is not None)
        await pilot.pause(0.3)
        assert not runs.overlays.names
