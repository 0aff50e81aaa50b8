"""Checks the sources' claims: trains every arm of every claim over several seeds and judges it.

Nothing is printed here. A verdict is `holds` or `contradicted`. A claim that cannot be measured
counts as contradicted, and its `note` says why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tui_dl.engine.control import Control
from tui_dl.engine.device import Compile
from tui_dl.events import Epoch, Event, Finished, Metrics, Progress, Started
from tui_dl.experiment import Claim, Experiment, Outcome
from tui_dl.lesson import Lesson
from tui_dl.measurements import Measurement, Store, fingerprint, key
from tui_dl.runs.curves import Curves

THIS = "this"
Shown = dict[str, dict[str, float]]


class Interrupted(Exception):
    """Raised after a request to stop; the claims judged so far remain valid."""


@dataclass(frozen=True)
class Row:
    """The result of one claim. `measured` maps an arm to its metrics, as medians or shares."""

    row: str
    lesson: str
    experiment: str
    claim: str
    published: str
    measured: Shown
    seeds: int
    verdict: Literal["holds", "contradicted"]
    data: str = ""
    why: str = ""
    note: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return plain data, without empty texts."""
        return {k: v for k, v in asdict(self).items() if v or k not in ("data", "why", "note")}


@dataclass(frozen=True)
class Step:
    """The run being trained; `done` of the `total` runs of all lessons are over."""

    lesson: str
    experiment: str
    arm: str
    seed: int
    done: int
    total: int


Train = Callable[[Lesson, Any, int], Measurement]


@dataclass
class Reproduction:
    """The measurement of lessons; every distinct (settings, seed) is trained once per lesson.

    `seeds` is the number of runs of each setting; a claim that asks for more gets more.
    Runs that are already in the `store` are not trained.
    """

    lessons: Sequence[Lesson]
    seeds: int = 3
    compile: Compile = "auto"
    control: Control = field(default_factory=Control)
    report: Callable[[Step], None] = lambda step: None
    waiting: Callable[[str], None] = lambda lesson: None  # for another process, at every check
    train: Train | None = None
    store: Store | None = None
    done: int = 0
    total: int = 0
    seconds: float = 0.0  # of training, including that of stored runs

    def rows(self) -> Iterator[Row]:
        """Yield the claims in order, each as soon as its runs are over. Raise Interrupted."""
        everything = [_LessonRuns(lesson, self) for lesson in self.lessons]
        self.total = sum(runs.total for runs in everything)
        for runs in everything:
            for experiment in runs.lesson.experiments:
                for claim in experiment.claims:
                    yield runs.judge(experiment, claim)

    def measure(self, lesson: Lesson, code: str, parameters: Any, seed: int) -> Measurement:
        """Look a run up in the store, or train it. Raise Interrupted."""
        self._go_on()
        if self.store is None:
            made = self._trained(lesson, parameters, seed)
        else:
            place = key(code, parameters, seed, self.compile)
            made = self.store.get(lesson.id, place) or self._kept(lesson, place, parameters, seed)
        self.seconds += made.final.get("seconds", 0.0)
        return made

    def _kept(self, lesson: Lesson, place: str, parameters: Any, seed: int) -> Measurement:
        """Train and store a run, or use the result of a process that has measured it meanwhile."""
        assert self.store
        with self.store.alone(lesson.id, lambda: self._wait(lesson.id)):
            self.store.refresh(lesson.id)
            if known := self.store.get(lesson.id, place):
                return known
            made = self._trained(lesson, parameters, seed)
            if not made.failure:
                self.store.put(lesson.id, place, made)
            return made

    def _wait(self, lesson: str) -> None:
        self._go_on()
        self.waiting(lesson)

    def _go_on(self) -> None:
        if self.control.stopping:
            raise Interrupted

    def _trained(self, lesson: Lesson, parameters: Any, seed: int) -> Measurement:
        if self.train:
            return self.train(lesson, parameters, seed)
        return _train(lesson, parameters, seed, self.compile, self.control)


class _LessonRuns:
    """The runs of one lesson, by settings and seed."""

    def __init__(self, lesson: Lesson, owner: Reproduction) -> None:
        self.lesson, self.owner = lesson, owner
        self._code = fingerprint(lesson) if owner.store else ""
        self._known: dict[tuple[str, int], Measurement] = {}
        needed: dict[str, int] = {}
        for experiment in lesson.experiments:
            for claim in experiment.claims:
                for place in map(self._key, arms_of(experiment, claim).values()):
                    needed[place] = max(needed.get(place, 0), self._seeds(claim))
        self.total = sum(needed.values())

    def judge(self, experiment: Experiment, claim: Claim) -> Row:
        """Train what the claim needs, then check it."""
        arms: dict[str, list[Measurement]] = {arm: [] for arm in arms_of(experiment, claim)}
        for seed in range(self._seeds(claim)):  # arms alternate, as the machine's load varies
            for arm, settings in arms_of(experiment, claim).items():
                arms[arm].append(self._run(experiment, arm, settings, seed))
        holds, note = judged(claim, {arm: outcome(runs) for arm, runs in arms.items()})
        used = dict.fromkeys(run.data for runs in arms.values() for run in runs if run.data)
        failures = [run.failure for runs in arms.values() for run in runs if run.failure]
        return Row(
            row=claim.row,
            lesson=self.lesson.id,
            experiment=experiment.name,
            claim=claim.text,
            published=claim.published,
            measured={arm: _medians(outcome(runs), claim.shows) for arm, runs in arms.items()},
            seeds=self._seeds(claim),
            verdict="holds" if holds and not failures else "contradicted",
            data=", ".join(used),
            why="" if holds else claim.why,
            note="; ".join(dict.fromkeys([*failures, *filter(None, [note])])),
        )

    def _seeds(self, claim: Claim) -> int:
        """Return the number of runs of each setting for the claim."""
        return max(self.owner.seeds, claim.seeds)

    def _run(
        self, experiment: Experiment, arm: str, settings: Mapping[str, Any], seed: int
    ) -> Measurement:
        place = (self._key(settings), seed)
        if place not in self._known:
            names = (self.lesson.id, experiment.name, arm)
            self.owner.report(Step(*names, seed, self.owner.done, self.owner.total))
            self._known[place] = self._measured(settings, seed)
            self.owner.done += 1
        return self._known[place]

    def _measured(self, settings: Mapping[str, Any], seed: int) -> Measurement:
        try:
            parameters = self.lesson.parameters.of(settings)
            return self.owner.measure(self.lesson, self._code, parameters, seed)
        except Interrupted:
            raise
        except Exception as error:  # an error in one lesson must not stop the others
            return Measurement({}, {}, f"{type(error).__name__}: {error}")

    def _key(self, settings: Mapping[str, Any]) -> str:
        """Return the same text for the same settings, whether or not defaults are given."""
        try:
            return str(self.lesson.parameters.of(settings).model_dump_json())
        except ValueError:
            return repr(sorted(settings.items()))


def arms_of(experiment: Experiment, claim: Claim) -> dict[str, Mapping[str, Any]]:
    """Return the settings of each arm by name, the experiment's own as `this`."""
    return {THIS: experiment.settings, **claim.arms}


def outcome(runs: Sequence[Measurement]) -> Outcome:
    """Return the runs of an arm as a check receives them."""
    return Outcome(tuple(run.final for run in runs), tuple(run.history for run in runs))


def judged(claim: Claim, measured: Mapping[str, Outcome]) -> tuple[bool, str]:
    """Return whether the claim holds and, if it could not be judged, why."""
    try:
        return bool(claim.check(measured)), ""
    except KeyError as error:
        return False, f"not measured: {error.args[0] if error.args else error}"
    except Exception as error:
        return False, f"not judged: {type(error).__name__}: {error}"


def _medians(measured: Outcome, metrics: Sequence[str]) -> dict[str, float]:
    """Return values by metric; `accuracy@2` is of epoch 2, `accuracy>0.9` a share of the runs."""
    found = {metric: _shown(measured, metric) for metric in metrics}
    return {metric: value for metric, value in found.items() if value is not None}


def _shown(measured: Outcome, metric: str) -> float | None:
    name, _, bound = metric.partition(">")
    if bound:
        return measured.share(name, float(bound)) if name in measured.names() else None
    return _median(measured, *metric.partition("@")[::2])


def _median(measured: Outcome, metric: str, epoch: str) -> float | None:
    if not epoch:
        return measured[metric] if metric in measured.names() else None
    if any(metric not in history for history in measured.histories):
        return None
    history = measured.history(metric)
    return history[int(epoch) - 1] if len(history) >= int(epoch) else None


def _train(
    lesson: Lesson, parameters: Any, seed: int, compile: Compile, control: Control
) -> Measurement:
    from tui_dl.engine.session import Session

    events: list[Event] = []
    settings: dict[str, Any] = {"seed": seed, "compile": compile, "control": control}
    session = Session(lesson, parameters, emit=events.append, views=False, **settings)
    finished = session.run()
    if control.stopping:
        raise Interrupted
    return measurement(events, finished)


def measurement(events: Sequence[Event], finished: Finished) -> Measurement:
    """Return a run's final metrics, their history by epoch, and its data, from its events.

    The final metrics include `seconds`, `steps`, `epochs` and `diverged` (0 or 1). A run that
    diverged has infinite losses, whatever it last reported; its other metrics are the last finite
    ones.
    """
    curves = Curves(events)
    final = dict(finished.metrics)
    diverged = finished.status == "diverged"
    if diverged:
        final = _after_divergence(events, final)
    final |= {"seconds": finished.seconds, "diverged": float(diverged)}
    final |= {"steps": float(finished.steps), "epochs": float(finished.epochs)}
    told = {name: curves.by_epoch(name)[1] for name in curves.names}
    history = {name: tuple(values) for name, values in told.items() if values}
    failure = finished.message if finished.status == "failed" else ""
    started = next((event for event in events if isinstance(event, Started)), None)
    return Measurement(final, history, failure, started.data.name if started else "")


def _after_divergence(events: Sequence[Event], final: Metrics) -> Metrics:
    """Return infinite losses, `val_loss` included if there is one, and finite other metrics."""
    kept: Metrics = {"loss": math.inf}
    if any(isinstance(e, Started) and e.data.validation for e in events):
        kept["val_loss"] = math.inf
    reported = [e.metrics for e in events if isinstance(e, Progress | Epoch)]
    for metrics in [*reported, final]:
        kept |= {n: v for n, v in metrics.items() if math.isfinite(v)}
    return {n: math.inf if n.endswith("loss") else v for n, v in kept.items()}
