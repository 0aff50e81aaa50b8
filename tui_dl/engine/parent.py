"""Computes the state in which a fork begins, and lets the fork's model take it over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from tui_dl.engine.batches import Cut
from tui_dl.engine.builder import Builder
from tui_dl.engine.checkpoint import Checkpoint
from tui_dl.engine.keras_model import build, shapes_of, take_over, variables_of
from tui_dl.engine.origin import Base, Begin, Origin, base_of
from tui_dl.engine.replay import Count
from tui_dl.engine.report import Report
from tui_dl.engine.runner import RunContext, Runner
from tui_dl.engine.snapshots import SnapshotRecorder
from tui_dl.engine.supervised import SupervisedRunner
from tui_dl.engine.timeline import Timeline
from tui_dl.errors import LessonError
from tui_dl.events import Event, State
from tui_dl.lesson import Dataset
from tui_dl.parameters import Hyperparameters

NOTHING_PENDING: dict[str, Any] = {"losses": [], "latest": [0, 0, {}]}
NO_OPTIMIZER = "The optimizer starts again: the parent's state does not fit it."
CALLBACKS = "The callbacks start here: they have not seen the epochs before."


@dataclass(frozen=True)
class ParentState:
    """A parent's state at the step of a fork, with the model that holds it and its batches."""

    model: keras.Model
    training: Cut
    timeline: Timeline
    checkpoint: Checkpoint

    def taken_over(self, base: Base, runner: Runner) -> Begin:
        """Give a fork's runner this state; return how the fork begins.

        It goes on within the epoch, in the same order of batches. If the batches are others, or if
        there are callbacks, which see whole epochs, it begins at the start of that epoch.
        """
        assert base.origin and isinstance(runner, SupervisedRunner)
        step = base.origin.step
        epoch, within = divmod(step, self.timeline.steps_per_epoch)
        other_batches = runner.training != self.training
        afresh = other_batches or (within > 0 and runner.has_callbacks)
        kept = "learning_rate" not in base.origin.changed(base.parameters)
        fits = take_over(runner.model, self.model, metrics=not afresh, rate=kept)
        notes = {
            NO_OPTIMIZER: not fits,
            f"Epoch {epoch + 1} starts with the weights of the parent's step {step}.": afresh,
            CALLBACKS: runner.has_callbacks,
        }
        first = runner.timeline.steps_per_epoch * epoch if afresh else step
        state = self._state(runner, first, afresh)
        return Begin(state, tuple(text for text, applies in notes.items() if applies))

    def _state(self, runner: SupervisedRunner, step: int, afresh: bool) -> Checkpoint:
        """Return the state of a runner whose model has taken over this one's variables."""
        arrays = [variable.numpy() for variable in variables_of(runner.model)]
        logs = {} if afresh else self.checkpoint.loop["logs"]
        report = self.checkpoint.report | (NOTHING_PENDING if afresh else {})
        loop = {"tick": runner.timeline.tick_after(step), "logs": logs}
        return Checkpoint(step, arrays, loop, report, Count())


def computed(fork: Base, builder: Builder) -> ParentState:
    """Compute the parent of a fork up to its step, from the nearest checkpoint or its first step.

    Nothing is recorded or drawn. Raise LessonError if the fork's weights have other shapes.
    """
    origin = fork.origin
    assert origin
    changed = [name for name in origin.changed(fork.parameters) if not _is_live(fork, name)]
    shapes = _weight_shapes(fork.parameters, builder) if changed else None
    found = origin.checkpoint()
    base = (
        base_of(builder.lesson, origin.parameters, origin.origin())
        if found is None
        else Base(origin.parameters)
    )
    before = computed(base, builder) if base.origin else None
    data = builder.data(base.parameters)
    runner = builder.supervised(base.parameters, data, origin.compile)
    if shapes not in (None, shapes_of(runner.model.weights)):
        raise LessonError(f"{', '.join(changed)}: a fork cannot change the shapes of the weights")
    start = before.taken_over(base, runner).state if before else found
    builder.control.plan([*base.changes, *origin.changes(found.told.events if found else 0)])
    builder.compute(origin.step)
    state = runner.advance(_silent(builder, data, base.parameters, runner, start), origin.step)
    builder.go_on()
    if state is None:
        raise LessonError(_not_reached(origin))
    return ParentState(runner.model, runner.training, runner.timeline, state)


def _is_live(fork: Base, name: str) -> bool:
    return fork.parameters.field(name).live


def _not_reached(origin: Origin) -> str:
    return f"{origin.directory.name} cannot be computed again up to step {origin.step}"


def _weight_shapes(parameters: Hyperparameters, builder: Builder) -> list[tuple[int, ...]]:
    data = builder.data(parameters)
    model = builder.model(parameters, data)
    build(model, data)
    return shapes_of(model.weights)


def _silent(
    builder: Builder,
    data: Dataset,
    parameters: Hyperparameters,
    runner: SupervisedRunner,
    start: Checkpoint | None,
) -> RunContext:
    """Return a context in which only the run's states are reported."""

    def emit(event: Event) -> None:
        if isinstance(event, State):
            builder.emit(event)

    report = Report(emit, runner.plan.steps)
    snapshots = SnapshotRecorder(builder.lesson, parameters, data, report, wanted=False)
    return RunContext(builder.control, report, snapshots, start=start)
