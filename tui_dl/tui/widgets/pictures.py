"""A lesson's pictures, one below the other."""

from __future__ import annotations

from typing import Any

from textual.containers import VerticalScroll

from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.picture import Picture

DRAWING = "The picture is being drawn."
PREPARING = "The run is being prepared: the first picture comes with its first steps."


class Pictures(VerticalScroll, can_focus=True):
    """One picture for each view of a lesson."""

    DEFAULT_CSS = """
    Pictures { height: 1fr; scrollbar-size-vertical: 1; }
    Pictures > Picture { height: 50%; min-height: 12; }
    Pictures.-single > Picture { height: 100%; }
    """

    async def load(self, lesson: Lesson[Any]) -> None:
        """Empty pictures with the views' titles."""
        empty = {"empty": DRAWING} if lesson.explorer else {}
        self.set_class(len(lesson.views) == 1, "-single")
        await self.remove_children()
        pictures = [Picture(id=f"picture-{view.name}", **empty) for view in lesson.views]
        for picture, view in zip(pictures, lesson.views, strict=True):
            picture.border_title = view.title
        await self.mount(*pictures)
        self.scroll_home(animate=False)

    def show(self, run: RunView) -> None:
        """Draw what a run's events hold; before its first picture, say that it is on its way."""
        if run.preparing and not run.pictures:
            for picture in self.query(Picture):
                picture.clear(PREPARING)
        for name, payload in run.pictures.items():
            for picture in self.query(f"#picture-{name}").results(Picture):
                picture.show(payload)
