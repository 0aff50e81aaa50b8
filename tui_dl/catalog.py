"""Finds the lessons of every pack."""

from __future__ import annotations

import functools
import importlib
import logging
import os
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from tui_dl import packs
from tui_dl.errors import LessonError, in_one_line
from tui_dl.lesson import LANGUAGE, Lesson
from tui_dl.text import nearest

T = TypeVar("T")
LOG = logging.getLogger(__name__)
TRACKS = (
    "First steps",
    "Deep networks",
    "Sequences and language",
    "Reinforcement learning",
)


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Return every lesson of every pack, by track and order."""
    found = {lesson.id: lesson for pack in _packs() for lesson in _in_pack(pack)}
    return tuple(sorted(found.values(), key=_place))


def lesson(name: str) -> Lesson:
    """Return the lesson of that id, or in that folder; raise LessonError with the nearest id."""
    return at(Path(name)) if "/" in name or os.sep in name else recorded(name)


def recorded(name: str) -> Lesson:
    """Return the lesson of that id; raise LessonError with the nearest id.

    For a name that is read from a file: unlike `lesson`, it never runs code from a folder.
    """
    found = find(name)
    if found is None:
        hint = (
            nearest(name, [each.id for each in lessons()]) or "; `dlworkbench lessons` lists them"
        )
        raise LessonError(f"unknown lesson {name!r}{hint}")
    return found


def find(name: str) -> Lesson | None:
    """Return the lesson of that id, or None: a run may be of a lesson that is in no pack."""
    return next((each for each in lessons() if each.id == name), None)


def at(folder: Path) -> Lesson:
    """Return the lesson in a folder of any pack; raise LessonError if there is none."""
    names = package_of(folder)
    if not names:
        raise LessonError(f"{folder} contains no lesson: it has no __init__.py")
    top = str(folder.resolve().parents[len(names) - 1])
    if top not in sys.path:
        sys.path.insert(0, top)
    try:
        found = _lesson_of(".".join(names))
    except Exception as error:
        raise LessonError(f"{folder} cannot be loaded: {in_one_line(error)}") from error
    if found is None:
        raise LessonError(f"{folder} contains no lesson: its __init__.py does not define LESSON")
    return found


def package_of(folder: Path) -> tuple[str, ...]:
    """Return the names by which Python imports a folder; none if it is not a package."""
    folder = folder.resolve()
    top = next(place for place in (folder, *folder.parents) if not (place / "__init__.py").exists())
    return folder.relative_to(top).parts


def sheet(name: str) -> str:
    """Return a page that belongs to no lesson, such as `symbols`, as Markdown.

    Raise LessonError if no pack has it.
    """
    files = [folder / f"{name}.{LANGUAGE}.md" for folder in folders()]
    pages = [file.read_text(encoding="utf-8") for file in files if file.is_file()]
    if not pages:
        raise LessonError(f"there is no page {name!r}")
    return "\n".join(pages)


def folders() -> list[Path]:
    """Return the folder of every pack."""
    return [Path(place) for pack in _packs() for place in pack.__path__]


def _place(each: Lesson) -> tuple[int, str, int]:
    known = TRACKS.index(each.track) if each.track in TRACKS else len(TRACKS)
    return known, each.track, each.order


def _packs() -> list[ModuleType]:
    loaded = [importlib.import_module("lessons")]
    for point in packs.found():
        pack = or_none(point.name, point.load)
        if pack is not None and pack not in loaded:
            loaded.append(pack)
    return loaded


def _in_pack(pack: ModuleType) -> list[Lesson]:
    folders = sorted(m.name for m in pkgutil.iter_modules(pack.__path__) if m.ispkg)
    names = [f"{pack.__name__}.{folder}" for folder in folders]
    found = (or_none(name, functools.partial(_lesson_of, name)) for name in names)
    return [lesson for lesson in found if lesson is not None]


def _lesson_of(name: str) -> Lesson | None:
    """Return the LESSON of a package, or None if it has none."""
    lesson = getattr(importlib.import_module(name), "LESSON", None)
    if not isinstance(lesson, Lesson | None):
        raise TypeError(f"LESSON is a {type(lesson).__name__}, not a Lesson")
    return lesson


def or_none(name: str, load: Callable[[], T]) -> T | None:
    """Return what `load` returns, or None if it fails: one broken pack must not hide the others."""
    try:
        return load()
    except Exception:
        LOG.exception("%s could not be loaded", name)
        return None
