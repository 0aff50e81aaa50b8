"""The parts of experiments: settings to try, and claims that check measured values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The results of the runs of one setting, one entry per seed."""

    finals: tuple[Mapping[str, float], ...]
    histories: tuple[Mapping[str, tuple[float, ...]], ...] = ()

    def each(self, metric: str) -> tuple[float, ...]:
        """Return the final value of a metric for every seed."""
        return tuple(final[metric] for final in self.finals)

    def __getitem__(self, metric: str) -> float:
        """Return the median over seeds of a final metric."""
        from statistics import median  # slow to import and rarely needed

        return median(self.each(metric))

    def history(self, metric: str) -> list[float]:
        """Return the median over seeds of a metric after each epoch (the shortest run's length)."""
        from statistics import median

        return [
            median(values) for values in zip(*(h[metric] for h in self.histories), strict=False)
        ]

    def share(self, metric: str, above: float) -> float:
        """Return the share of runs, 0 to 1, whose final metric is greater than `above`."""
        values = self.each(metric)
        return sum(value > above for value in values) / len(values)

    def names(self) -> tuple[str, ...]:
        """Return the metrics that every run has."""
        return tuple(n for n in self.finals[0] if all(n in final for final in self.finals))


Measured = Mapping[str, Outcome]


@dataclass(frozen=True)
class Claim:
    """An observation from a source, with a check on measured values.

    `check` gets one Outcome for each name in `against` and one, `"this"`, for the experiment's own
    settings. `against` maps a name to settings (`{}` is the lesson's default). `shows` names the
    metrics to show beside the verdict: a final one, `accuracy@2` for that of the second epoch, or
    `accuracy>0.9` for the share of runs that end above 0.9. `seeds` is the minimum number of runs
    of each setting: a claim about what usually happens needs more than the command's three.
    """

    row: str
    text: str
    published: str
    check: Callable[[Measured], bool]
    shows: tuple[str, ...] = ("loss",)
    against: Mapping[str, Mapping[str, Any]] | None = None
    why: str = ""
    seeds: int = 1

    @property
    def arms(self) -> dict[str, Mapping[str, Any]]:
        """The settings to compare with, by name."""
        return dict(self.against or {})


@dataclass(frozen=True)
class Experiment:
    """Named settings to try: a preset for the form, with what to notice and the claims it tests."""

    name: str
    title: str
    settings: Mapping[str, Any]
    notice: str
    claims: tuple[Claim, ...] = ()
