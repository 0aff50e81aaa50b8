"""The past runs that lie over the charts."""

from __future__ import annotations

from tui_dl.runs.reader import read
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.train_pane import MARKERS


class Overlays:
    """At most one run for each marker, by the name of its directory."""

    def __init__(self) -> None:
        self._views: dict[str, RunView] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._views

    @property
    def names(self) -> set[str]:
        """The runs on the chart."""
        return set(self._views)

    @property
    def full(self) -> bool:
        """Whether every marker is taken."""
        return len(self._views) == len(MARKERS)

    def clear(self) -> None:
        """Take all of them off."""
        self._views.clear()

    def toggle(self, name: str) -> None:
        """Lay a run over the charts, or take it off. Raises LessonError where it cannot be read."""
        if name in self._views:
            del self._views[name]
        else:
            self._views[name] = RunView(read(name, pictures=False).events)

    def labelled(self, labels: dict[str, str]) -> dict[str, RunView]:
        """The runs by their short labels."""
        return {labels[name]: view for name, view in self._views.items() if name in labels}
