"""The state of a run, collected from its events for drawing; for live and recorded runs."""

from __future__ import annotations

from collections.abc import Iterable

from tui_dl.drawing.series import Series
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
from tui_dl.runs.curves import FEW, Curves, Points


class RunView:
    """Accumulates events: `series(metric)`, `pictures`, `started`, `finished`, progress."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.started: Started | None = None
        self.finished: Finished | None = None
        self.state, self.detail = "idle", ""
        self.stopping = False  # a stop was requested while the run could not be interrupted
        self.step, self.epoch, self.seconds = 0, 0, 0.0
        self.metrics: Metrics = {}
        self.pictures: dict[str, Snapshot] = {}  # the latest of each view
        self.notes: list[Note] = []
        self.curves = Curves()
        self._rate = (0, 0.0, 0.0)  # step and seconds when the rate was taken, and the rate
        for event in events:
            self.add(event)

    def _begin_again(self, started: Started) -> None:
        """Forget what came before: the record was read again from its start."""
        state, detail = self.state, self.detail
        self.__init__()  # type: ignore[misc]
        self.started, self.state, self.detail = started, state, detail

    def add(self, event: Event) -> None:
        """Add one event."""
        match event:
            case State():
                self.state, self.detail = event.state, event.detail
                self.step = max(self.step, event.step)
            case Started():
                self._begin_again(event)
            case Progress() | Epoch():
                self._measured(event)
            case Snapshot():
                self.pictures[event.view] = event
            case Note():
                self.notes.append(event)
            case Finished():
                self.finished, self.metrics = event, event.metrics
                self.state, self.detail = event.status, ""

    def _measured(self, event: Progress | Epoch) -> None:
        self.step = max(self.step, event.step)  # a state may have come before its record
        self.epoch, self.seconds = event.epoch, event.seconds
        self.metrics = {**self.metrics, **event.metrics}
        self.curves.add(event)

    @property
    def steps_per_epoch(self) -> int:
        """Training steps per epoch; 1 before the start."""
        return max(1, self.started.steps_per_epoch) if self.started else 1

    @property
    def total(self) -> int:
        """Steps of the whole run; 0 before the start."""
        return self.started.steps if self.started else 0

    @property
    def untrained(self) -> bool:
        """True if the run belongs to an explorer: it draws pictures and trains nothing."""
        return self.started is not None and self.started.compile == "none"

    @property
    def preparing(self) -> bool:
        """True if the run was requested and has no step yet."""
        return self.finished is None and self.step == 0

    def rate(self, limit: float | None = None) -> float | None:
        """Return the steps per second over the last half second or more; None before any step.

        `limit` is the speed limit in steps per second. It caps the rate, because the training
        time excludes the pauses that it causes.
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
        """Return the metrics of the two charts, "" for none: the loss and a second metric.

        The second is the accuracy or another metric. Without a loss, the first chart shows one too.
        """
        names = [name for name in self.curves.names if not name.startswith("val_")]
        second = second_metric(names)
        first = "loss" if "loss" in names else next((n for n in names if n != second), "")
        return first, second

    def overlay(self, metric: str, name: str, marker: str) -> Series:
        """Return the training curve of a metric, as an overlay for another run's chart."""
        return self._series(name, self.curves.drawn(metric), "overlay", marker)

    def series(self, metric: str) -> list[Series]:
        """Return the curves of a metric over epochs: training, validation, the batches.

        Training and validation are means over epochs. The losses of single batches lie faintly
        below them; while there are too few epochs for a curve, they are the training curve.
        """
        curves, batches = self.curves, metric == "loss" and self.steps_per_epoch > 1
        means = curves.by_epoch(metric)
        few = batches and len(means[0]) < FEW and bool(curves.by_step(metric)[0])
        points = means if batches and not few and means[0] else curves.drawn(metric)
        train = self._series("batch" if few else "train", points, "train")
        held_out = curves.by_epoch(f"val_{metric}")
        shown = [train] if len(train.xs) else []
        shown += [self._series("val", held_out, "validation")] if held_out[0] else []
        if batches and not few and curves.by_step(metric)[0]:
            shown.append(self._series("batch", curves.by_step(metric), "steps"))
        return shown

    def marks(self, metric: str) -> dict[float, str]:
        """Characters for the x axis: ▲ at the best validation, ◆ where a live value was set."""
        marks = {n.step / self.steps_per_epoch: "◆" for n in self.notes if " set to " in n.text}
        steps, values = self.curves.by_epoch(f"val_{metric}")
        if len(steps) > 1 and metric == "loss":
            best = min(range(len(values)), key=lambda i: values[i])
            marks[steps[best] / self.steps_per_epoch] = "▲"
        return marks

    def _series(self, name: str, points: Points, style: str, marker: str = "") -> Series:
        """Return a curve over epochs."""
        steps, values = points
        xs = [step / self.steps_per_epoch for step in steps]
        return Series(name, xs, list(values), marker=marker, style=style)  # copies, as they grow
