"""What a run's events amount to, kept ready for drawing. Live runs and recorded ones alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tui_dl.events import (
    Epoch,
    Event,
    Finished,
    Metrics,
    Note,
    Progress,
    Snapshot,
    Started,
    State,
    second_metric,
)
from tui_dl.tui.widgets.series import Series

Points = tuple[list[float], list[float]]


class RunView:
    """Accumulates events: `series(metric)`, `pictures`, `started`, `finished`, progress."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.started: Started | None = None
        self.finished: Finished | None = None
        self.state, self.detail = "idle", ""
        self.stopping = False  # a stop was asked for while the run could not be interrupted
        self.step, self.epoch, self.seconds = 0, 0, 0.0
        self.metrics: Metrics = {}
        self.pictures: dict[str, dict[str, Any]] = {}
        self.notes: list[Note] = []
        self._steps: dict[str, Points] = defaultdict(lambda: ([], []))
        self._epochs: dict[str, Points] = defaultdict(lambda: ([], []))
        self._rate = (0, 0.0, 0.0)  # step and seconds when the rate was taken, and the rate
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case State():
                self.state, self.detail = event.state, event.detail
                self.step = max(self.step, event.step)
            case Started():
                self.started = event
            case Progress() | Epoch():
                self._measured(event)
            case Snapshot():
                self.pictures[event.view] = event.payload
            case Note():
                self.notes.append(event)
            case Finished():
                self.finished, self.metrics = event, event.metrics
                self.state, self.detail = event.status, ""

    def _measured(self, event: Progress | Epoch) -> None:
        self.step, self.epoch, self.seconds = event.step, event.epoch, event.seconds
        self.metrics = {**self.metrics, **event.metrics}
        into = self._steps if isinstance(event, Progress) else self._epochs
        x = event.step / self.steps_per_epoch
        for name, value in event.metrics.items():
            xs, ys = into[name]
            xs.append(x)
            ys.append(value)

    @property
    def steps_per_epoch(self) -> int:
        """Training steps an epoch, 1 before the start."""
        return max(1, self.started.steps_per_epoch) if self.started else 1

    @property
    def total(self) -> int:
        """Steps of the whole run, 0 before the start."""
        return self.started.steps if self.started else 0

    @property
    def untrained(self) -> bool:
        """Whether the run is an explorer's: pictures, and nothing to train."""
        return self.started is not None and self.started.compile == "none"

    @property
    def preparing(self) -> bool:
        """Whether the run was asked for and has no step yet."""
        return self.finished is None and self.step == 0

    def rate(self, limit: float | None = None) -> float | None:
        """Steps a second over the last second or so of training; None before the first steps.

        `limit` is the most steps a second that the run is slowed to: its pauses are not training.
        """
        step, seconds, known = self._rate
        if self.seconds - seconds > 0.5:
            known = (self.step - step) / (self.seconds - seconds)
            self._rate = (self.step, self.seconds, known)
        if not known and not self.seconds:
            return None
        rate = known or self.step / self.seconds
        return min(rate, limit) if limit else rate

    def charted(self) -> tuple[str, str]:
        """The metrics of the two charts, "" for none: the loss, and accuracy or what else is told.

        Without a loss the first chart shows another metric.
        """
        names = [n for n in [*self._steps, *self._epochs] if not n.startswith("val_")]
        second = second_metric(names)
        first = "loss" if "loss" in names else next((n for n in names if n != second), "")
        return first, second

    def overlay(self, metric: str, name: str, marker: str) -> Series:
        """The training curve of a metric, to lie over another run's chart."""
        return Series(name, *self._training(metric), marker=marker, style="overlay")

    def series(self, metric: str) -> list[Series]:
        """The curves of a metric over epochs: training (of the loss, by batch), validation."""
        alone = metric == "loss" and metric in self._steps and self.steps_per_epoch > 1
        train = Series("batch" if alone else "train", *self._training(metric), style="train")
        held_out = self._epochs.get(f"val_{metric}")
        validation = [Series("val", *held_out, style="validation")] if held_out else []
        return [train, *validation] if len(train.xs) else validation

    def _training(self, metric: str) -> Points:
        """The loss step by step; other metrics run over the epoch, so its end counts if known."""
        by_step = self._steps.get(metric, ([], []))
        by_epoch = self._epochs.get(metric, ([], []))
        whole = metric != "loss" and len(by_epoch[0]) >= 3
        return by_epoch if whole or not by_step[0] else by_step
