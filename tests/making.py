"""Lessons for tests: made of functions at hand, or real ones with a part exchanged."""

import copy
from pathlib import Path

from tui_dl.lesson import Lesson

ABSENT = {
    "model": None, "train": None, "callbacks": None, "measure": None, "views": (),
    "experiments": (), "needs_tensorflow": False,
}  # fmt: skip


def changed(lesson, **parts):
    """The lesson with other parts: declared ones, or what its modules define."""
    other = copy.copy(lesson)
    vars(other).update(parts)
    return other


def made(id, **parts):
    """A lesson without a folder; its functions are given."""
    declared = {"title": id.capitalize(), "track": "Tests", "order": 1, "summary": ""}
    declared |= {name: parts.pop(name) for name in tuple(parts) if name in declared}
    kinds = {"builds_model": bool(parts.get("model")), "own_loop": bool(parts.get("train"))}
    folder = Path(parts["data"].__code__.co_filename).parent
    lesson = Lesson(id, **declared)
    return changed(lesson, id=id, folder=folder, **{**ABSENT, **kinds, **parts})
