"""A run's events as curves: the one fold behind the screen, the commands and the claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from tui_dl.events import METRICS, Epoch, Event, Progress

Points = tuple[list[int], list[float]]  # steps, values
NONE: Points = ([], [])
FEW = 3  # epochs, below which their values are too few for a curve


class Curves:
    """What the events of a run measured, metric by metric.

    Between two epoch ends the engine tells the loss of single batches. Of every other metric it
    tells the mean over the epoch so far, as Keras does: the last of them alone is the epoch's.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._by_step: dict[str, Points] = defaultdict(lambda: ([], []))
        self._by_epoch: dict[str, Points] = defaultdict(lambda: ([], []))
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take one event in; those without metrics change nothing."""
        if isinstance(event, Progress | Epoch):
            into = self._by_step if isinstance(event, Progress) else self._by_epoch
            for name, value in event.metrics.items():
                steps, values = into[name]
                steps.append(event.step)
                values.append(value)

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics in the order of their first appearance; METRICS at most."""
        return tuple(islice(dict.fromkeys([*self._by_step, *self._by_epoch]), METRICS))

    def by_step(self, metric: str) -> Points:
        """What was told along the way."""
        return self._by_step.get(metric, NONE)

    def by_epoch(self, metric: str) -> Points:
        """What whole epochs gave."""
        return self._by_epoch.get(metric, NONE)

    def measured(self, metric: str) -> Points:
        """The loss batch by batch, other metrics epoch by epoch; what there is, where they lack."""
        first, second = self.by_epoch(metric), self.by_step(metric)
        if metric == "loss":
            first, second = second, first
        return first if first[0] else second

    def drawn(self, metric: str) -> Points:
        """As `measured`; along the way, too, while so few epochs have ended that no curve shows."""
        few = metric != "loss" and len(self.by_epoch(metric)[0]) < FEW
        return self.by_step(metric) if few and self.by_step(metric)[0] else self.measured(metric)
