"""Prepares or explores the run that the form describes, before it is requested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.timer import Timer

from tui_dl.events import Layer
from tui_dl.tui.run_controller import RunController
from tui_dl.tui.run_view import RunView
from tui_dl.tui.screens.launcher import Launcher
from tui_dl.tui.screens.run_display import RunDisplay
from tui_dl.tui.training import RunRequest

REST = 1.0  # seconds without a change of the form


class Ahead:
    """Follows the form of one screen. `set_timer` is the screen's."""

    def __init__(
        self,
        runs: RunController,
        shows: RunDisplay,
        launcher: Launcher,
        set_timer: Callable[[float, Callable[[], Any]], Timer],
    ) -> None:
        self._runs, self._shows, self._launcher = runs, shows, launcher
        self._set_timer = set_timer
        self._rest: Timer | None = None

    def soon(self) -> None:
        """Prepare the run once the form stays unchanged, so that training can start at once."""
        if self._rest:
            self._rest.stop()
        self._rest = self._set_timer(REST, self._prepare)

    def _prepare(self) -> None:
        if self._runs.device and self._launcher.ready():
            self._runs.training.prepare(self._launcher.request(), self._built)

    def _built(self, request: RunRequest, layers: list[Layer], untrained: RunView) -> None:
        """Show a model built beside the reader, if the form still asks for it."""
        if self._launcher.ready() and request.same_numbers(self._launcher.request()):
            self._shows.layers(layers)
            self._shows.untrained(untrained)

    def explore(self) -> None:
        """Draw an explorer's pictures; the first changed value marks its lesson as completed."""
        if self._runs.lesson.explorer and self._launcher.ready():
            request = self._launcher.request()
            changed = request.parameters != request.lesson.parameters()
            keep = changed and not self._runs.listed
            self._runs.training.explore(request, self._explored, keep=keep)

    def _explored(self, request: RunRequest, run: RunView) -> None:
        if self._launcher.ready() and request.lesson is self._runs.lesson:
            if not self._runs.listed:
                self._runs.refresh()
            self._shows.explored(run)
