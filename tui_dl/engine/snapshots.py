"""Draws a lesson's views while it trains, at steps that depend only on the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui_dl.engine.report import Report, grid
from tui_dl.events import Snapshot
from tui_dl.lesson import Dataset, Lesson, View
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras

SNAPSHOTS = 20  # in a whole run
DIGITS = 5


@dataclass
class SnapshotRecorder:
    """Draws a lesson's views at a fixed grid of steps."""

    lesson: Lesson
    parameters: Hyperparameters
    data: Dataset
    report: Report
    wanted: bool = True
    _drawn: int = -1
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
        return self.wanted and at_grid and step != self._drawn

    def draw(self, model: keras.Model | None, step: int) -> None:
        """Draw every view. One that fails is reported once and skipped from then on."""
        if not self.wanted or step == self._drawn:
            return
        self._drawn = step
        for view in self.lesson.views:
            if view.name not in self._broken:
                self._draw_one(view, model, step)

    def _draw_one(self, view: View[Any], model: keras.Model | None, step: int) -> None:
        try:
            payload = view.draw(model, self.data, self.parameters)
        except Exception as error:
            self._broken.add(view.name)
            self.report.note(step, f"The picture “{view.title}” could not be drawn: {error}")
            return
        self.report.emit(Snapshot(view=view.name, step=step, payload=rounded(payload)))


def rounded(value: Any) -> Any:
    """Return plain data with floats rounded to DIGITS significant digits: enough for pictures."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value
