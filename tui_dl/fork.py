"""Forks a run: a new run goes on from its state after some steps, with other values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from tui_dl import catalog
from tui_dl.engine.device import Compile
from tui_dl.engine.origin import Origin
from tui_dl.errors import LessonError
from tui_dl.events import Started
from tui_dl.lesson import Lesson
from tui_dl.measurements import fingerprint
from tui_dl.parameters import Hyperparameters
from tui_dl.runs import unfinished
from tui_dl.runs.index import find
from tui_dl.runs.unfinished import Unfinished

MODES = {"xla": "xla", "graph": "graph", "keras": "keras", "own loop": "auto"}


@dataclass(frozen=True)
class Fork:
    """All that a session needs to start a fork."""

    lesson: Lesson
    parameters: Hyperparameters
    started: Started  # of its parent
    origin: Origin


def compile_of(started: Started) -> Compile:
    """Return the compiler that a run used."""
    return cast(Compile, MODES.get(started.compile, "auto"))


def hindrance(started: Started, lesson: Lesson) -> str:
    """Return why the numbers of a run cannot be computed again, or ""."""
    if lesson.explorer:
        return f"{lesson.id} does not train"
    if not started.code:
        return "it is of an earlier version; train it again"
    if started.code != fingerprint(lesson):
        return "the code of its lesson or a library has changed; train it again"
    return ""


def fork(name: str, step: int, values: Mapping[str, str]) -> Fork:
    """Return what is needed to fork a run after a step, with other values given as texts.

    Raise LessonError or ParameterError, in one line, if that is not possible.
    """
    directory = find(name)
    recorded = unfinished.read(directory)
    lesson = catalog.lesson(recorded.started.lesson)
    if why := hindrance(recorded.started, lesson) or _outside(recorded, step):
        raise LessonError(f"{directory.name} cannot be forked: {why}")
    origin = _origin(directory, step, recorded, lesson)
    parameters = lesson.parameters.of(origin.values | dict(values))
    if why := _unfit(lesson, parameters, origin) or _nothing_left(recorded, parameters, origin):
        raise LessonError(why)
    return Fork(lesson, parameters, recorded.started, origin)


def origin_of(started: Started) -> Origin | None:
    """Return where a run begins if it is a fork; raise LessonError if its parent is gone."""
    if started.parent is None:
        return None
    name, step = started.parent.run, started.parent.step
    directory = _existing(name)
    recorded = unfinished.read(directory)
    lesson = catalog.lesson(recorded.started.lesson)
    if why := hindrance(recorded.started, lesson):
        raise LessonError(f"the parent {name} cannot be computed again: {why}")
    return _origin(directory, step, recorded, lesson)


def _existing(name: str) -> Path:
    try:
        directory = find(name)
    except LessonError:
        directory = Path()
    if directory.name != name:
        raise LessonError(f"the run has no checkpoint, and its parent {name} is gone")
    return directory


def _origin(directory: Path, step: int, recorded: Unfinished, lesson: Lesson) -> Origin:
    started = recorded.started
    return Origin(
        directory,
        lesson.parameters.of(started.hyperparameters),
        compile_of(started),
        started.device,
        tuple(recorded.said),
        step,
        partial(origin_of, started),
    )


def _outside(recorded: Unfinished, step: int) -> str:
    """Return why a run was never at this step, or ""."""
    parent = recorded.started.parent
    first, last = parent.step if parent else 1, recorded.steps
    if last < first:
        return "it has not recorded a step"
    return (
        "" if first <= step <= last else f"it has no step {step}; give one from {first} to {last}"
    )


def _unfit(lesson: Lesson, parameters: Hyperparameters, origin: Origin) -> str:
    """Return why a lesson with its own loop cannot change these values on the way, or ""."""
    fixed = [name for name in origin.changed(parameters) if not parameters.field(name).live]
    if not (lesson.own_loop and fixed):
        return ""
    live = ", ".join(field.name for field in parameters.fields() if field.live) or "nothing"
    return f"{', '.join(fixed)}: while {lesson.id} trains, only {live} can change"


def _nothing_left(recorded: Unfinished, parameters: Hyperparameters, origin: Origin) -> str:
    """Return why no step is left to train, or ""."""
    if recorded.started.compile == "own loop":
        done = _completed(recorded) and origin.step == recorded.steps
        return f"no steps are left after step {origin.step}: give an earlier one" if done else ""
    epochs = origin.step // recorded.started.steps_per_epoch
    if getattr(parameters, "epochs", 0) > epochs:
        return ""
    return f"no steps are left after step {origin.step}: give -p epochs={epochs + 1} or more"


def _completed(recorded: Unfinished) -> bool:
    return recorded.finished is not None and recorded.finished.status == "completed"
