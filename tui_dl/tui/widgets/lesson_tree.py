"""The lessons by track, with marks for those completed and the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tui_dl.lesson import Lesson
from tui_dl.tui.runtime.library_faults import make_visible_to_mouse

if TYPE_CHECKING:
    from tui_dl.runs.index import Summary

DONE, BEGUN, NEXT, OPEN = "✓", "◐", "▸", "·"


class LessonTree(Tree[str]):
    """A tree of lessons; choosing one posts `Chosen`."""

    DEFAULT_CSS = """
    LessonTree { background: transparent; scrollbar-size-vertical: 1; }
    """

    class Chosen(Message):
        """A lesson was chosen; `lesson` is its id."""

        def __init__(self, lesson: str) -> None:
            super().__init__()
            self.lesson = lesson

    def __init__(self, lessons: tuple[Lesson, ...], *, id: str | None = None) -> None:
        super().__init__("Lessons", id=id)
        self.show_root, self.show_guides, self.auto_expand = False, False, False
        self.guide_depth = 2
        self._lessons = lessons
        self._status: Mapping[str, str] = {}
        self._leaves: dict[str, TreeNode[str]] = {}
        make_visible_to_mouse(self)

    def on_mount(self) -> None:
        """Fill the tree."""
        for track, members in groupby(self._lessons, lambda lesson: lesson.track):
            branch = self.root.add(track, expand=True)
            for lesson in members:
                self._leaves[lesson.id] = branch.add_leaf(lesson.title, data=lesson.id)
        self._label()

    def show_runs(self, runs: Iterable[Summary]) -> None:
        """Mark each lesson by the best outcome of its runs, given newest first."""
        best: dict[str, str] = {}
        for run in runs:
            if run.status == "completed":
                best[run.lesson] = run.status
            best.setdefault(run.lesson, run.status)
        self._status = best
        self._label()

    def choose(self, lesson: str) -> None:
        """Put the cursor on a lesson."""
        self.move_cursor(self._leaves[lesson])

    def _label(self) -> None:
        following = self._next()
        for lesson in self._lessons:
            if lesson.id in self._leaves:
                mark = self._mark(lesson.id, following)
                self._leaves[lesson.id].set_label(Text(f"{mark} {lesson.title}"))
        for branch in self.root.children:
            branch.set_label(self._track(branch))

    def _track(self, branch: TreeNode[str]) -> Text:
        name = next(each.track for each in self._lessons if each.id == branch.children[0].data)
        done = sum(self._status.get(leaf.data or "") == "completed" for leaf in branch.children)
        return Text.assemble((name, "bold"), f" {done}/{len(branch.children)}")

    def _next(self) -> str:
        """Return the first lesson that has no completed run."""
        ids = (each.id for each in self._lessons)
        return next((each for each in ids if self._status.get(each) != "completed"), "")

    def _mark(self, lesson: str, following: str) -> str:
        if self._status.get(lesson) == "completed":
            return DONE
        if lesson in self._status:
            return BEGUN
        return NEXT if lesson == following else OPEN

    def on_tree_node_selected(self, event: Tree.NodeSelected[str]) -> None:
        """Open a lesson; fold or unfold a track."""
        event.stop()
        if event.node.data:
            self.post_message(self.Chosen(event.node.data))
        else:
            event.node.toggle()
