"""Where a fork begins: the state of another run, its parent, after some steps.

There are two ways to go on from there. A model without callbacks is computed up to that step with
the parent's settings; a model with the new ones then takes over its variables. An algorithm with
its own loop, or a model with callbacks, keeps a state that nobody can take over. If only live
values change, it is computed from its first step, and they are set on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_dl.engine.device import Compile
from tui_dl.engine.replay import Told, begins_with, changes_of
from tui_dl.events import Epoch, Event, Note, Parent, Progress, Snapshot, State
from tui_dl.lesson import Lesson
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    from tui_dl.engine.checkpoint import Checkpoint

Lineage = Callable[[], "Origin | None"]
Change = tuple[int, dict[str, Any]]  # a step, and the live values that are set there


@dataclass(frozen=True)
class Origin:
    """A parent and the number of its steps that a fork builds on.

    `said` are its recorded events without pictures, `directory` holds its checkpoints. `origin`
    returns its own origin, if the parent is a fork too; it raises LessonError if that one is gone.
    """

    directory: Path
    parameters: Hyperparameters
    compile: Compile
    device: str
    said: Sequence[Told]
    step: int
    origin: Lineage

    def checkpoint(self) -> Checkpoint | None:
        """Return the parent's latest checkpoint at or before the step, or None."""
        from tui_dl.engine.checkpoint import latest

        return latest(self.directory, lambda count: begins_with(self.said, count), most=self.step)

    def changes(self, after: int = 0) -> list[Change]:
        """Return the live values that were set up to the step, without the first `after` events."""
        return [change for change in changes_of(self.said[after:]) if change[0] <= self.step]

    @property
    def parent(self) -> Parent:
        """What the fork records of it."""
        return Parent(run=self.directory.name, step=self.step)

    @property
    def values(self) -> dict[str, Any]:
        """The parent's hyperparameters at the step, with the live values set until then."""
        values = self.parameters.model_dump()
        for _, changes in self.changes():
            values |= changes
        return values

    def changed(self, parameters: Hyperparameters) -> dict[str, Any]:
        """Return what a fork with these hyperparameters changes."""
        before = self.values
        return {n: v for n, v in parameters.model_dump().items() if v != before[n]}


@dataclass(frozen=True)
class Begin:
    """The state in which a runner begins, None for that of a new model, and what to note there."""

    state: Checkpoint | None = None
    notes: tuple[str, ...] = ()

    @property
    def step(self) -> int:
        """The number of steps done by then."""
        return self.state.step if self.state else 0


@dataclass(frozen=True)
class Base:
    """What the runner of a run is made of.

    It is built with `parameters` and begins from `origin`, or from its first step. `changes` are
    live values that were set before the run's own first event, which comes after `step` steps.
    """

    parameters: Hyperparameters
    origin: Origin | None = None
    changes: list[Change] = field(default_factory=list)
    step: int = 0


def base_of(lesson: Lesson, parameters: Hyperparameters, origin: Origin | None) -> Base:
    """Return the base of a run with these hyperparameters; Keras must be loaded for a fork."""
    if origin is None or not _goes_on_alone(lesson, parameters, origin):
        return Base(parameters, origin)
    parent = base_of(lesson, origin.parameters, origin.origin())
    own = (origin.step, origin.changed(parameters))
    changes = [*parent.changes, *origin.changes(), own]
    return Base(parent.parameters, parent.origin, changes, origin.step)


def _goes_on_alone(lesson: Lesson, parameters: Hyperparameters, origin: Origin) -> bool:
    """True if the parent's state cannot be taken over, and only live values change."""
    if not (lesson.own_loop or (lesson.callbacks and lesson.callbacks(origin.parameters))):
        return False
    return all(parameters.field(name).live for name in origin.changed(parameters))


def told_from(base: Base, emit: Callable[[Event], None]) -> Callable[[Event], None]:
    """Return `emit` without the events that the parent has told: those up to the base's step."""
    if not base.step:
        return emit
    silent = sum(len(changes) for _, changes in base.changes)
    begun = False

    def told(event: Event) -> None:
        nonlocal silent, begun
        if isinstance(event, Note) and event.changes and silent:
            silent -= 1
        elif not _is_before(event, base.step):
            if not (begun or isinstance(event, State)):
                begun = True
                emit(State(state="running", step=base.step))  # nothing is computed again now
            emit(event)

    return told


def _is_before(event: Event, step: int) -> bool:
    """True for metrics at or before a step, and for notes and pictures before it."""
    match event:
        case Progress() | Epoch():
            return event.step <= step
        case Note() | Snapshot():
            return event.step < step
    return False
