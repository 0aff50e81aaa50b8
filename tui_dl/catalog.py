"""Finds the lessons: every pack that the entry-point group `dlworkbench.lessons` names."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Callable
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any, TypeVar

from tui_dl.lesson import Lesson, LessonError
from tui_dl.parameters import nearest

T = TypeVar("T")
LOG = logging.getLogger(__name__)
GROUP = "dlworkbench.lessons"
TRACKS = (
    "First steps",
    "Deep networks",
    "Sequences and language",
    "Reinforcement learning",
)


@functools.cache
def lessons() -> tuple[Lesson[Any], ...]:
    """Every lesson of every pack, by track and order."""
    found = {lesson.id: lesson for pack in _packs() for lesson in _in_pack(pack)}
    return tuple(sorted(found.values(), key=_place))


def lesson(name: str) -> Lesson[Any]:
    """The lesson of that id; raises LessonError with the nearest id."""
    found = find(name)
    if found is None:
        hint = (
            nearest(name, [each.id for each in lessons()]) or "; `dlworkbench lessons` lists them"
        )
        raise LessonError(f"unknown lesson {name!r}{hint}")
    return found


def find(name: str) -> Lesson[Any] | None:
    """The lesson of that id, or None: a lesson that runs alone may be in no pack."""
    return next((each for each in lessons() if each.id == name), None)


def _place(each: Lesson[Any]) -> tuple[int, str, int]:
    known = TRACKS.index(each.track) if each.track in TRACKS else len(TRACKS)
    return known, each.track, each.order


def _packs() -> list[ModuleType]:
    packs = [importlib.import_module("lessons")]
    for point in entry_points(group=GROUP):
        pack = _or_none(point.name, point.load)
        if pack is not None and pack not in packs:
            packs.append(pack)
    return packs


def _in_pack(pack: ModuleType) -> list[Lesson[Any]]:
    folders = sorted(m.name for m in pkgutil.iter_modules(pack.__path__) if m.ispkg)
    names = [f"{pack.__name__}.{folder}.lesson" for folder in folders]
    found = (_or_none(name, functools.partial(_lesson_of, name)) for name in names)
    return [lesson for lesson in found if lesson is not None]


def _lesson_of(name: str) -> Lesson[Any] | None:
    """The LESSON of a module, or None where the folder holds no such module."""
    if importlib.util.find_spec(name) is None:
        return None
    lesson = importlib.import_module(name).LESSON
    if not isinstance(lesson, Lesson):
        raise TypeError(f"LESSON is a {type(lesson).__name__}, not a Lesson")
    return lesson


def _or_none(name: str, load: Callable[[], T]) -> T | None:
    """What `load` gives, or None where it fails: one broken lesson leaves the others."""
    try:
        return load()
    except Exception:
        LOG.exception("%s could not be loaded", name)
        return None
