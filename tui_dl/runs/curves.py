"""A run's events as curves, for the screen, the commands and the claims alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from tui_dl.events import METRICS, Epoch, Event, Progress

Points = tuple[list[int], list[float]]  # steps, values
NONE: Points = ([], [])
FEW = 3  # fewer epochs give too few values for a curve


class Curves:
    """The history of every metric of a run.

    Between two epoch ends the engine reports the loss of single batches. For every other metric it
    reports the mean over the epoch so far, as Keras does: only the last of these is the epoch's.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._by_step: dict[str, Points] = defaultdict(lambda: ([], []))
        self._by_epoch: dict[str, Points] = defaultdict(lambda: ([], []))
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Add one event; events without metrics change nothing."""
        if isinstance(event, Progress | Epoch):
            into = self._by_step if isinstance(event, Progress) else self._by_epoch
            for name, value in event.metrics.items():
                steps, values = into[name]
                steps.append(event.step)
                values.append(value)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the metrics in order of first appearance, at most METRICS."""
        return tuple(islice(dict.fromkeys([*self._by_step, *self._by_epoch]), METRICS))

    def by_step(self, metric: str) -> Points:
        """Return the steps and values reported within epochs."""
        return self._by_step.get(metric, NONE)

    def by_epoch(self, metric: str) -> Points:
        """Return the steps and values reported at epoch ends."""
        return self._by_epoch.get(metric, NONE)

    def measured(self, metric: str) -> Points:
        """Return the loss by batch, other metrics by epoch; if there are none, the other kind."""
        first, second = self.by_epoch(metric), self.by_step(metric)
        if metric == "loss":
            first, second = second, first
        return first if first[0] else second

    def drawn(self, metric: str) -> Points:
        """Return as `measured` does, or by step while fewer than FEW epochs have ended."""
        few = metric != "loss" and len(self.by_epoch(metric)[0]) < FEW
        return self.by_step(metric) if few and self.by_step(metric)[0] else self.measured(metric)
