"""Turns what the trainers measure into events, at steps that depend on the settings alone.

Chunks follow the clock, events do not: progress is reported on a fixed grid of steps, so that the
same seed gives the same stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_dl.events import Epoch, Event, Metrics, Note, Progress, Snapshot, State
from tui_dl.lesson import Dataset, Lesson

Floats = NDArray[np.float32]
POINTS = 1000
PICTURES = 20
DIGITS = 5


def grid(total: int, points: int) -> int:
    """Every how many steps to report, so that `total` steps give about `points` reports."""
    return max(1, math.ceil(total / points))


@dataclass
class Report:
    """Collects steps and emits events."""

    emit: Callable[[Event], None]
    total: int
    seconds: float = 0.0
    every: int = field(init=False)
    metrics: Metrics = field(default_factory=dict)
    epochs: int = 0
    _losses: list[Floats] = field(default_factory=list)
    _latest: tuple[int, int, Metrics] = field(default_factory=lambda: (0, 0, {}))

    def __post_init__(self) -> None:
        self.every = grid(self.total, POINTS)

    def steps(self, first: int, epoch: int, losses: Floats, logs: list[Metrics]) -> None:
        """Training steps first, first + 1, … of one epoch, counted from 1.

        `losses` (n,) are the batches' own; `logs` gives the running metrics at each grid step of
        these (see `grid_steps`) and then at the last one.
        """
        begin = 0
        for number, others in zip(self.grid_steps(first, len(losses)), logs, strict=False):
            end = number - first + 1
            self._collect(number, epoch, losses[begin:end], others)
            self.flush()
            begin = end
        if begin < len(losses):
            self._collect(first + len(losses) - 1, epoch, losses[begin:], logs[-1])

    def grid_steps(self, first: int, count: int) -> list[int]:
        """The steps among first…first+count-1 at which progress is told."""
        end = first + count
        start = -(-first // self.every) * self.every
        at_end = [self.total] if first <= self.total < end and self.total % self.every else []
        return [*range(start, end, self.every), *at_end]

    def _collect(self, number: int, epoch: int, losses: Floats, others: Metrics) -> None:
        self._losses.append(losses)
        self._latest = (number, epoch, {k: v for k, v in others.items() if k != "loss"})

    def flush(self) -> None:
        """Tell what was collected since the last progress, though the grid has not come to it."""
        if self._losses:
            number, epoch, others = self._latest
            mean = float(np.concatenate(self._losses).mean(dtype="float64"))
            self._losses.clear()
            self.progress(number, epoch, {"loss": mean, **others})

    def progress(self, number: int, epoch: int, metrics: Metrics) -> None:
        """Metrics at a step, told as they are."""
        self.metrics = {**self.metrics, **metrics}
        self.emit(Progress(step=number, epoch=epoch, metrics=metrics, seconds=self.seconds))

    def epoch(self, number: int, step: int, metrics: Metrics) -> None:
        """The end of an epoch."""
        self.metrics, self.epochs = {**self.metrics, **metrics}, number
        self.emit(Epoch(epoch=number, step=step, metrics=metrics, seconds=self.seconds))

    def restored(self, step: int, epoch: int, metrics: Metrics) -> None:
        """Other weights than the last step's are in place: an epoch's, or (0) no epoch's."""
        self.metrics = {**self.metrics, **metrics}
        source = f"of epoch {epoch} are" if epoch else "that a callback made are"
        self.note(step, f"The weights {source} put back; the final metrics are theirs.")

    def wait(self, step: int, state: str, detail: str = "") -> None:
        """What the run waits for from now on; nothing: it goes on."""
        self.emit(State(state=state, detail=detail, step=step))

    def note(self, step: int, text: str) -> None:
        """A sentence for whoever watches."""
        self.emit(Note(step=step, text=text))


@dataclass
class SnapshotRecorder:
    """Draws a lesson's views at a fixed grid of steps."""

    lesson: Lesson
    parameters: Any
    data: Dataset
    report: Report
    wanted: bool = True
    _drawn: int = -1
    _broken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.every = grid(self.report.total, PICTURES)
        self.wanted = self.wanted and bool(self.lesson.views)

    def next_after(self, step: int) -> int:
        """The next step at which pictures are due; the run's end where none are wanted."""
        return (step // self.every + 1) * self.every if self.wanted else self.report.total

    def due(self, step: int) -> bool:
        """Whether pictures are to be drawn at this step, and were not yet."""
        at_grid = step % self.every == 0 or step == self.report.total
        return self.wanted and at_grid and step != self._drawn

    def draw(self, model: Any, step: int) -> None:
        """Draw every view. One that fails is told once and left out from then on."""
        if not self.wanted or step == self._drawn:
            return
        self._drawn = step
        for view in self.lesson.views:
            if view.name not in self._broken:
                self._draw_one(view, model, step)

    def _draw_one(self, view: Any, model: Any, step: int) -> None:
        try:
            payload = view.draw(model, self.data, self.parameters)
        except Exception as error:
            self._broken.add(view.name)
            self.report.note(step, f"The picture “{view.title}” could not be drawn: {error}")
            return
        self.report.emit(Snapshot(view=view.name, step=step, payload=rounded(payload)))


def rounded(value: Any) -> Any:
    """Plain data with its floats cut to DIGITS significant digits: pictures need no more."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value
