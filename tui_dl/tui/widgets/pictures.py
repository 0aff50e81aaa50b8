"""A run's pictures, one below the other."""

from __future__ import annotations

import re

from textual.containers import VerticalScroll

from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.picture import Picture

DRAWING = "The picture is being drawn."
PREPARING = "The run is being prepared: the first picture comes with its first steps."
MOST = 16  # pictures; a run's file may name any number
NAMED = re.compile(r"[A-Za-z0-9_-]{1,100}")  # a valid part of a widget's id


class Pictures(VerticalScroll, can_focus=True):
    """One picture for each view that a run has drawn; before the first, a sentence."""

    DEFAULT_CSS = """
    Pictures { height: 1fr; scrollbar-size-vertical: 1; }
    Pictures > Picture { height: 50%; min-height: 12; }
    Pictures.-single > Picture { height: 100%; }
    """

    async def load(self, lesson: Lesson) -> None:
        """Remove the pictures, to show another lesson's."""
        await self.remove_children()
        await self.mount(Picture(id="awaited", **({"empty": DRAWING} if lesson.explorer else {})))
        self.add_class("-single")
        self.scroll_home(animate=False)

    def show(self, run: RunView) -> None:
        """Draw the pictures of a run; before the first one, say that it is being prepared."""
        names = [name for name in run.pictures if NAMED.fullmatch(name)][:MOST]
        for picture in self.query(Picture):
            picture.display = picture.id == "awaited" if not names else picture.id in _ids(names)
        if not names and run.preparing:
            self.query_one("#awaited", Picture).clear(PREPARING)
        for name in names:
            self._picture(name).show(run.pictures[name])
        self.set_class(len(names) < 2, "-single")

    def _picture(self, name: str) -> Picture:
        """Return the picture of that view; mount it if it is new."""
        (wanted,) = _ids([name])
        known = self.query(f"#{wanted}").results(Picture)
        found = next(known, None) or Picture(id=wanted)
        if found.parent is None:
            self.mount(found)
        return found


def _ids(names: list[str]) -> set[str]:
    return {f"picture-{name}" for name in names}
