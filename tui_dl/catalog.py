"""Finds the lessons: every pack that the entry-point group `dlworkbench.lessons` names."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import logging
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from tui_dl.lesson import Lesson, LessonError
from tui_dl.parameters import nearest

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
    known = {each.id: each for each in lessons()}
    if name not in known:
        hint = nearest(name, list(known)) or "; `dlworkbench lessons` lists them"
        raise LessonError(f"unknown lesson {name!r}{hint}")
    return known[name]


def _place(each: Lesson[Any]) -> tuple[int, str, int]:
    known = TRACKS.index(each.track) if each.track in TRACKS else len(TRACKS)
    return known, each.track, each.order


def _packs() -> list[ModuleType]:
    packs = [importlib.import_module("lessons")]
    for point in entry_points(group=GROUP):
        pack = point.load()
        if pack not in packs:
            packs.append(pack)
    return packs


def _in_pack(pack: ModuleType) -> list[Lesson[Any]]:
    folders = sorted(m.name for m in pkgutil.iter_modules(pack.__path__) if m.ispkg)
    names = [f"{pack.__name__}.{folder}.lesson" for folder in folders]
    modules = (_load(name) for name in names if importlib.util.find_spec(name))
    return [module.LESSON for module in modules if module is not None]


def _load(name: str) -> ModuleType | None:
    """The module, or None where it cannot be imported: one broken lesson leaves the others."""
    try:
        return importlib.import_module(name)
    except Exception:
        LOG.exception("lesson %s could not be loaded", name)
        return None
