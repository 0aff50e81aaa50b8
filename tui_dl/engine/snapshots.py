"""Draws a lesson's views while it trains, at steps that depend only on the settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui_dl.engine.control import Control
from tui_dl.engine.report import Report, grid
from tui_dl.events import Event, Glimpse, Snapshot
from tui_dl.lesson import Dataset, Lesson, View
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras

SNAPSHOTS = 20  # in a whole run
DIGITS = 5
INTERVAL = 0.2  # seconds between two glimpses at least
FREE, SHARE = 0.1, 0.03  # seconds of a run that glimpses may take; of a long one, a share of it


@dataclass
class SnapshotRecorder:
    """Draws a lesson's views at a fixed grid of steps.

    `is_drawn` tells which pictures an earlier part of the run has drawn. None is drawn before step
    `begins`.
    """

    lesson: Lesson
    parameters: Hyperparameters
    data: Dataset
    report: Report
    wanted: bool = True
    is_drawn: Callable[[str, int], bool] = lambda view, step: False
    begins: int = 0
    _drawn: int = -1
    _glimpsed: tuple[int, float] = (-1, 0.0)  # the step of the last glimpse, and when it was
    _glimpsing: float = 0.0  # seconds spent on glimpses
    _broken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.every = grid(self.report.total, SNAPSHOTS)
        self.wanted = self.wanted and bool(self.lesson.views)

    def next_after(self, step: int) -> int:
        """Return the next step at which pictures are due; the run's end if none are wanted."""
        return (step // self.every + 1) * self.every if self.wanted else self.report.total

    def due(self, step: int) -> bool:
        """True if pictures are due at this step and not drawn yet."""
        at_grid = step % self.every == 0 or step == self.report.total
        return self.wanted and at_grid and step != self._drawn and step >= self.begins

    def draw(self, model: keras.Model | None, step: int) -> None:
        """Draw every view. One that fails is reported once and skipped from then on."""
        if not self.wanted or step == self._drawn:
            return
        self._drawn = step
        for view in self.lesson.views:
            if not (view.name in self._broken or self.is_drawn(view.name, step)):
                self._draw_one(view, model, step)

    def glimpse(self, model: keras.Model, step: int, control: Control) -> None:
        """Draw for a watching screen: at each pause, and otherwise while it costs little time.

        The record of the run, and so its events, do not depend on that.
        """
        began = time.perf_counter()
        last, when = self._glimpsed
        dear = self._glimpsing > max(FREE, SHARE * self.report.seconds)
        soon = began - when < INTERVAL or dear or not control.looked_at
        if not self.wanted or step in (last, self._drawn) or step < self.begins:
            return
        if soon and not control.pausing:
            return
        for view in self.lesson.views:
            if view.name not in self._broken:
                self._draw_one(view, model, step, Glimpse)
        now = time.perf_counter()
        self._glimpsed = step, now
        self._glimpsing += now - began

    def _draw_one(
        self,
        view: View[Any],
        model: keras.Model | None,
        step: int,
        kind: type[Snapshot] = Snapshot,
    ) -> None:
        try:
            payload = view.draw(model, self.data, self.parameters)
        except Exception as error:
            if kind is Glimpse:  # the next recorded snapshot says so
                return
            self._broken.add(view.name)
            self.report.note(step, f"The picture “{view.title}” could not be drawn: {error}")
            return
        self.report.emit(kind(view=view.name, step=step, payload=rounded(payload)))


def rounded(value: Any) -> Any:
    """Return plain data with floats rounded to DIGITS significant digits: enough for pictures."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def untrained(
    lesson: Lesson, parameters: Hyperparameters, model: keras.Model, data: Dataset
) -> list[Event]:
    """Draw the views of a model that has not been trained."""
    drawn: list[Event] = []
    SnapshotRecorder(lesson, parameters, data, Report(drawn.append, 1)).draw(model, 0)
    return drawn
