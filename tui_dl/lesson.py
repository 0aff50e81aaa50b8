"""The API that lesson authors use: a lesson declares what there is to learn, the engine runs it.

A lesson is a folder with `lesson.py`, which ends in `LESSON = Lesson(...)`, and `theory.en.md`.
Nothing here loads TensorFlow; a lesson imports Keras inside the functions that need it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from tui_dl.parameters import Hyperparameters, ParameterError, nearest, param

if TYPE_CHECKING:
    import keras
    import numpy as np

__all__ = [
    "Claim", "Dataset", "Experiment", "Hyperparameters", "Lesson", "LessonError", "Loop",
    "Measured", "Outcome", "ParameterError", "View", "param",
]  # fmt: skip

P = TypeVar("P", bound=Hyperparameters)
Payload = dict[str, Any]


class LessonError(Exception):
    """Something a person can mend: unreadable data, an unknown name. The text is one line."""


@dataclass(frozen=True)
class Dataset:
    """Training and validation arrays: `x` (samples, ...) and `y` (samples, ...), float32 or int."""

    name: str
    x: np.ndarray
    y: np.ndarray
    x_val: np.ndarray | None = None
    y_val: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class View(Generic[P]):
    """A picture of the network's inside, drawn anew as it trains.

    `draw(model, data, p)` returns a payload: a dict with `kind` and plain lists (see
    `tui_dl/tui/widgets/picture.py` for the kinds). It must not change the model.
    """

    name: str
    title: str
    draw: Callable[[Any, Dataset, P], Payload]


@dataclass(frozen=True)
class Outcome:
    """What the runs of one setting gave, one entry a seed."""

    finals: tuple[Mapping[str, float], ...]
    histories: tuple[Mapping[str, tuple[float, ...]], ...] = ()

    def each(self, metric: str) -> tuple[float, ...]:
        """The final value of a metric for every seed."""
        return tuple(final[metric] for final in self.finals)

    def __getitem__(self, metric: str) -> float:
        """The median over seeds of a final metric."""
        return median(self.each(metric))

    def history(self, metric: str) -> list[float]:
        """The median over seeds of a metric after each epoch (the shortest run's length)."""
        return [
            median(values) for values in zip(*(h[metric] for h in self.histories), strict=False)
        ]

    def share(self, metric: str, above: float) -> float:
        """The share of runs, 0 to 1, whose final metric is greater than `above`."""
        values = self.each(metric)
        return sum(value > above for value in values) / len(values)

    def names(self) -> tuple[str, ...]:
        """The metrics that every run has."""
        return tuple(n for n in self.finals[0] if all(n in final for final in self.finals))


Measured = Mapping[str, Outcome]


@dataclass(frozen=True)
class Claim:
    """Something a source observed, as a check on measured numbers.

    `check` gets one Outcome for each name in `against` and one, `"this"`, for the experiment's own
    settings. `against` maps a name to settings (`{}` is the lesson's default). `shows` names the
    metrics to show beside the verdict: a final one, `accuracy@2` for that of the second epoch, or
    `accuracy>0.9` for the share of runs that end above 0.9. `seeds` is the least number of runs of
    each setting: a claim about what usually happens needs more than the command's three.
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
    """Named settings to try: a preset of the form, with what to notice and the claims it tests."""

    name: str
    title: str
    settings: Mapping[str, Any]
    notice: str
    claims: tuple[Claim, ...] = ()


class Loop(Protocol):
    """What an algorithm with a loop of its own uses to report, and to obey pause, step and stop.

    Between two steps a screen gets the interpreter. A step of more than some 10 ms in Python alone
    should call `time.sleep(0)` now and then, or keys are answered late meanwhile.
    """

    seed: int

    def steps(self, total: int, per_epoch: int = 1) -> Iterator[int]:
        """Step numbers 0…total-1; waits while paused, ends when stopped."""
        ...

    def live(self, name: str) -> Any:
        """The present value of a live hyperparameter."""
        ...

    def progress(self, **metrics: float) -> None:
        """Report metrics for the step under way."""
        ...

    def epoch(self, **metrics: float) -> None:
        """Report the metrics of an epoch that the step under way completes."""
        ...

    def model(self, model: Any) -> None:
        """Name the model that views draw and that is saved at the end."""
        ...

    def finish(self, note: str) -> None:
        """End the run early, as completed, with a sentence that says why (a goal was reached)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Lesson(Generic[P]):
    """One lesson, declared.

    Without `train` the engine fits `model(p, data)`, a compiled Keras model, for `p.epochs` epochs
    in batches of `p.batch_size`; of its hyperparameters only `learning_rate` may be live. With it,
    `train(p, data, loop)` is the algorithm: `p.epochs` (times `p.steps_per_epoch`, where there is
    such a field or property) steps of `loop.steps`. It returns nothing, it reports to the loop.
    With neither it is an explorer: its views are drawn anew, as `draw(None, data, p)`, when a field
    changes; `needs_tensorflow` where those load it. `smaller` names the experiment to offer where
    the default run takes long.
    """

    id: str
    title: str
    track: str
    order: int
    summary: str
    parameters: type[P]
    data: Callable[[P, np.random.Generator], Dataset]
    model: Callable[[P, Dataset], keras.Model] | None = None
    train: Callable[[P, Dataset, Loop], None] | None = None
    callbacks: Callable[[P], list[Any]] | None = None
    measure: Callable[[Any, Dataset, P], dict[str, float]] | None = None
    views: tuple[View[P], ...] = ()
    experiments: tuple[Experiment, ...] = ()
    teaches: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    read_next: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    shows_code: tuple[Callable[..., Any], ...] = ()
    smaller: str | None = None
    needs_tensorflow: bool = False

    @property
    def explorer(self) -> bool:
        """Whether there is nothing to train: pictures of numbers that a person changes."""
        return self.model is None and self.train is None

    @property
    def folder(self) -> Path:
        """Where the lesson's files lie."""
        return Path(inspect.getfile(self.data)).parent

    def theory(self, language: str = "en") -> str:
        """The theory page, as Markdown with LaTeX formulas."""
        return (self.folder / f"theory.{language}.md").read_text(encoding="utf-8")

    def answer(self, language: str = "en") -> str:
        """The worked answer of an exercise, as Markdown; empty where there is none."""
        page = self.folder / f"answer.{language}.md"
        return page.read_text(encoding="utf-8") if page.exists() else ""

    def code(self) -> str:
        """The source of what makes the data and the model and trains it, or draws an explorer."""
        made = [self.data, self.model, self.train, *(v.draw for v in self.views if self.explorer)]
        shown = self.shows_code or tuple(f for f in made if f)
        return "\n\n".join(inspect.getsource(f).rstrip() for f in shown)

    def experiment(self, name: str) -> Experiment:
        """An experiment by name; raises LessonError with the nearest name."""
        known = {e.name: e for e in self.experiments}
        if name not in known:
            hint = nearest(name, list(known)) or f"; known: {', '.join(known) or 'none'}"
            raise LessonError(f"{self.id} has no experiment {name!r}{hint}")
        return known[name]

    @property
    def rows(self) -> tuple[str, ...]:
        """Every curriculum row the lesson carries, topics first."""
        return self.teaches + tuple(c.row for e in self.experiments for c in e.claims)
