"""Turns what the trainers measure into events, at steps that depend only on the settings.

Chunks depend on the clock, events do not: progress is reported on a fixed grid of steps, so that
the same seed gives the same stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_dl.events import Epoch, Event, Metrics, Note, Progress, State

Floats = NDArray[np.float32]
POINTS = 1000


def grid(total: int, points: int) -> int:
    """Return the steps between two reports, so that `total` steps give about `points` reports."""
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
        """Report the training steps first, first + 1, … of one epoch, counted from 1.

        `losses` (n,) are those of the batches; `logs` holds the running metrics at each grid step
        among these steps (see `grid_steps`) and then at the last one.
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
        """Return the steps among first…first+count-1 at which progress is reported."""
        end = first + count
        start = -(-first // self.every) * self.every
        at_end = [self.total] if first <= self.total < end and self.total % self.every else []
        return [*range(start, end, self.every), *at_end]

    def _collect(self, number: int, epoch: int, losses: Floats, others: Metrics) -> None:
        self._losses.append(losses)
        self._latest = (number, epoch, {k: v for k, v in others.items() if k != "loss"})

    def flush(self) -> None:
        """Report what was collected since the last progress event, before the next grid step."""
        if self._losses:
            number, epoch, others = self._latest
            mean = float(np.concatenate(self._losses).mean(dtype="float64"))
            self._losses.clear()
            self.progress(number, epoch, {"loss": mean, **others})

    def progress(self, number: int, epoch: int, metrics: Metrics) -> None:
        """Report metrics at a step as they are."""
        self.metrics = {**self.metrics, **metrics}
        self.emit(Progress(step=number, epoch=epoch, metrics=metrics, seconds=self.seconds))

    def epoch(self, number: int, step: int, metrics: Metrics) -> None:
        """Report the end of an epoch."""
        self.metrics, self.epochs = {**self.metrics, **metrics}, number
        self.emit(Epoch(epoch=number, step=step, metrics=metrics, seconds=self.seconds))

    def restored(self, step: int, epoch: int, metrics: Metrics) -> None:
        """Note that the weights are not the last step's but an epoch's, or (0) no epoch's."""
        self.metrics = {**self.metrics, **metrics}
        source = f"of epoch {epoch} were" if epoch else "that a callback set were"
        self.note(step, f"The weights {source} restored; the final metrics are theirs.")

    def wait(self, step: int, state: str, detail: str = "") -> None:
        """Report what the run waits for from now on; "" if it continues."""
        self.emit(State(state=state, detail=detail, step=step))

    def note(self, step: int, text: str) -> None:
        """Report a sentence for the user."""
        self.emit(Note(step=step, text=text))

    def changed(self, step: int, changes: Mapping[str, float]) -> None:
        """Report live values that were set."""
        for name, value in changes.items():
            text = f"{name.replace('_', ' ')} set to {value:g}"
            self.emit(Note(step=step, text=text, changes={name: float(value)}))

    def state(self) -> dict[str, Any]:
        """Return what is kept between two events, for a checkpoint."""
        losses = np.concatenate(self._losses).tolist() if self._losses else []
        return {
            "seconds": self.seconds, "metrics": self.metrics, "epochs": self.epochs,
            "losses": losses, "latest": list(self._latest),
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        self.seconds, self.metrics, self.epochs = (
            state[name] for name in ("seconds", "metrics", "epochs")
        )
        self._losses = [np.array(state["losses"], np.float32)] if state["losses"] else []
        step, epoch, metrics = state["latest"]
        self._latest = (step, epoch, metrics)
