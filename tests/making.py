"""Lessons for tests: made of given functions, or real lessons with a part replaced."""

import copy
from pathlib import Path

from tui_dl.lesson import Lesson

ABSENT = {
    "model": None, "train": None, "callbacks": None, "measure": None, "views": (),
    "experiments": (), "needs_tensorflow": False,
}  # fmt: skip


def changed(lesson, **parts):
    """Return the lesson with other parts: declared ones, or names defined in its modules."""
    other = copy.copy(lesson)
    vars(other).update(parts)
    return other


def made(id, **parts):
    """Return a lesson without a folder, made of the given functions."""
    declared = {"title": id.capitalize(), "track": "Tests", "order": 1, "summary": ""}
    declared |= {name: parts.pop(name) for name in tuple(parts) if name in declared}
    kinds = {"builds_model": bool(parts.get("model")), "own_loop": bool(parts.get("train"))}
    folder = Path(parts["data"].__code__.co_filename).parent
    lesson = Lesson(id, **declared)
    return changed(lesson, id=id, folder=folder, **{**ABSENT, **kinds, **parts})
