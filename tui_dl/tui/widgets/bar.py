"""The top line: the lesson, and facts about its run on the right."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from tui_dl.lesson import Lesson

NAME = "dlworkbench  "
LOADING = "loading TensorFlow …"


class Bar(Static):
    """One row. If it is too narrow, the first facts are left out, then the track."""

    DEFAULT_CSS = "Bar { height: 1; padding: 0 1; background: $surface; }"

    def show(self, lesson: Lesson, facts: Sequence[str]) -> None:
        """Show a lesson's title, and facts of which the last are the most important."""
        track, shown = f"{lesson.track} › ", list(facts)
        room = self.app.size.width - 4 - len(NAME + lesson.title)
        while len(right := " · ".join(shown)) + len(track) > room and len(shown) > 1:
            shown.pop(0)
        track = track if len(right) + len(track) <= room else ""
        left = Text.assemble((NAME, "bold"), track, (lesson.title, "bold"))
        left.append(f"  {right:>{max(0, room - len(track))}}", "dim")
        self.update(left, layout=False)
