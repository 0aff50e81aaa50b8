"""A run's pictures, side by side where there is room, else one below the other."""

from __future__ import annotations

import re
from typing import Any

from textual.containers import VerticalScroll
from textual.events import Resize

from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.saved_pictures import Drawing
from tui_dl.tui.widgets.picture import Picture

DRAWING = "The picture is being drawn."
PREPARING = "The run is being prepared: the first picture comes with its first steps."
MOST = 16  # pictures; a run's file may name any number
NAMED = re.compile(r"[A-Za-z0-9_-]{1,100}")  # what a widget can be called
BESIDE = 44  # columns that a picture needs to have another one beside it
ROWS = 14  # of a picture that fills the room there is, at least


class Pictures(VerticalScroll, can_focus=True):
    """One picture for each view that a run has drawn; before the first, a sentence."""

    DEFAULT_CSS = """
    Pictures { height: 1fr; scrollbar-size-vertical: 1; layout: grid; grid-size: 1; }
    """

    async def load(self, lesson: Lesson) -> None:
        """Remove the pictures, to show another lesson's."""
        await self.remove_children()
        await self.mount(Picture(id="awaited", **({"empty": DRAWING} if lesson.explorer else {})))
        self._arrange()
        self.scroll_home(animate=False)

    def show(self, run: RunView) -> None:
        """Draw the pictures of a run; before the first one, say that it is being prepared."""
        names = [name for name in run.pictures if NAMED.fullmatch(name)][:MOST]
        for picture in self.query(Picture):
            picture.display = picture.id == "awaited" if not names else picture.id in _ids(names)
        if not names and run.preparing:
            self.query_one("#awaited", Picture).clear(PREPARING)
        for name in names:
            self._picture(name).show(run.pictures[name].payload, run.pictures[name].step)
        self._arrange()

    def drawings(self) -> list[Drawing]:
        """Return what each picture shows, with its name and its width."""
        shown = [each for each in self.query(Picture) if each.display and each.drawn]
        return [
            ((each.id or "").removeprefix("picture-"), each.render(), each.size.width)
            for each in shown
        ]

    def on_resize(self, _: Resize) -> None:
        """Put as many pictures side by side as there is room for."""
        self._arrange()

    def _arrange(self) -> None:
        """Set columns by the width, and the height of each row by what its pictures need."""
        shown = [picture for picture in self.query(Picture) if picture.display]
        width, height = self.size
        columns = max(1, min(2, len(shown), width // BESIDE))
        rows = [shown[i : i + columns] for i in range(0, len(shown), columns)]
        room = max(ROWS, height // max(1, len(rows)))
        heights = [_height(row, room) for row in rows]
        spare = height - sum(heights)
        free = [i for i, row in enumerate(rows) if any(each.rows is None for each in row)]
        for i in free if spare > 0 else ():
            heights[i] += spare // len(free)
        self._set(columns, heights, rows)

    def _set(self, columns: int, heights: list[int], rows: list[list[Picture]]) -> None:
        wanted: Any = (columns, " ".join(map(str, heights)) or "1fr", rows)
        if wanted != self._arranged:
            self._arranged = wanted
            self.styles.grid_size_columns = columns
            self.styles.grid_rows = wanted[1]
            for row in rows:
                for picture in row:
                    picture.styles.column_span = columns // len(row)  # one alone takes the row

    _arranged: Any = None

    def _picture(self, name: str) -> Picture:
        """Return the picture of that view; mount it if it is new."""
        (wanted,) = _ids([name])
        known = self.query(f"#{wanted}").results(Picture)
        found = next(known, None) or Picture(id=wanted)
        if found.parent is None:
            self.mount(found)
        return found


def _height(row: list[Picture], room: int) -> int:
    """Rows of a row of pictures, their borders included."""
    return max(room if each.rows is None else each.rows + 2 for each in row)


def _ids(names: list[str]) -> set[str]:
    return {f"picture-{name}" for name in names}
