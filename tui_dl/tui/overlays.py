"""The past runs that are drawn over the charts."""

from __future__ import annotations

from tui_dl.tui.run_view import RunView

MOST = 3  # a chart with more curves cannot be read


class Overlays:
    """Up to MOST runs, by directory name."""

    def __init__(self) -> None:
        self._views: dict[str, RunView] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._views

    @property
    def names(self) -> set[str]:
        """The directory names of the overlaid runs."""
        return set(self._views)

    @property
    def full(self) -> bool:
        """True if no other run fits."""
        return len(self._views) >= MOST

    def clear(self) -> None:
        """Remove all runs."""
        self._views.clear()

    def remove(self, name: str) -> None:
        """Remove a run from the charts."""
        del self._views[name]

    def add(self, name: str, view: RunView) -> None:
        """Draw a run over the charts."""
        self._views[name] = view

    def labeled(self, labels: dict[str, str]) -> dict[str, RunView]:
        """Return the runs by their short labels."""
        return {labels[name]: view for name, view in self._views.items() if name in labels}
