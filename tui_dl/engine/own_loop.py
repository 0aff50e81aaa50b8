"""Runs algorithms with their own training loop, with the same events and controls."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import numpy as np

from tui_dl.engine import device
from tui_dl.engine.programs import gradients_forgotten
from tui_dl.engine.runner import Ending, Plan, RunContext
from tui_dl.events import Metrics
from tui_dl.lesson import Dataset, Lesson
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras


class _Epochs(Protocol):
    """The hyperparameters of an algorithm that the engine reads."""

    epochs: int


class OwnLoopRunner:
    """The runner of a lesson's `train(p, data, loop)`."""

    def __init__(
        self, lesson: Lesson, parameters: Hyperparameters, data: Dataset, seed: int
    ) -> None:
        assert lesson.train is not None
        self._train, self._data = lesson.train, data
        self._parameters, self._seed = parameters, seed
        self._loop: OwnLoop | None = None

    @property
    def plan(self) -> Plan:
        """`p.epochs` epochs of `p.steps_per_epoch` steps, or of one step if it is not defined."""
        epochs = cast(_Epochs, self._parameters).epochs
        steps = epochs * int(getattr(self._parameters, "steps_per_epoch", 1))
        return Plan(device.describe(), "own loop", epochs, steps)

    @property
    def model(self) -> keras.Model | None:
        """The model that the algorithm last set, or None."""
        return self._loop and self._loop.held_model

    @property
    def step(self) -> int:
        """The number of steps done."""
        return self._loop.done if self._loop else 0

    @property
    def message(self) -> str:
        """Why the run ended, if its status does not say it."""
        return self._loop.message if self._loop else ""

    def run(self, context: RunContext) -> Ending:
        """Run the algorithm until it returns.

        What it keeps is its own, so it writes no checkpoints and is resumed from its first step.
        """
        self._loop = OwnLoop(context, self._parameters, self._seed)
        with gradients_forgotten():
            self._train(self._parameters, self._data, self._loop)
        return self._loop.outcome


class OwnLoop:
    """Implements `tui_dl.lesson.Loop` for one run."""

    def __init__(self, context: RunContext, parameters: Hyperparameters, seed: int) -> None:
        self.seed = seed
        self._control, self._report = context.control, context.report
        self._snapshots = context.snapshots
        self._live: dict[str, Any] = parameters.model_dump()
        self._model: keras.Model | None = None
        self._done = 0
        self._epoch = 1
        self._began = 0.0
        self._goal: Literal["step", "epoch"] | None = None
        self.per_epoch = 1
        self.outcome: Ending = "completed"
        self.message = ""
        self._ended = False
        self._untold: Metrics = {}

    def model(self, model: keras.Model) -> None:
        """Set the model that views draw and that is saved."""
        self._model = model

    @property
    def held_model(self) -> keras.Model | None:
        """The model that was last set, or None."""
        return self._model

    def live(self, name: str) -> Any:
        """Return the current value of a live hyperparameter."""
        return self._live[name]

    def steps(self, total: int, per_epoch: int = 1) -> Iterator[int]:
        """Yield step numbers from 0; between two of them the run may pause, slow down or end."""
        self.per_epoch = per_epoch
        for step in range(total):
            if not self._may_go_on(step):
                return
            self._control.give_way()
            self._began = time.perf_counter()
            yield step
            self._account(step)
            if self._ended:
                break
        if self._model is not None:
            self._snapshots.draw(self._model, self._done)

    def progress(self, **metrics: float) -> None:
        """Report metrics for the current step, if it is on the grid of steps."""
        values = self._checked(metrics)
        number = self._done + 1
        if number % self._report.every == 0 or number == self._report.total:
            self._tell(number, values)
        else:
            self._untold = values

    def _tell(self, number: int, values: Metrics) -> None:
        self._untold = {}
        if values:
            self._report.seconds += self._lap()
            self._report.progress(number, self._epoch, values)

    def epoch(self, **metrics: float) -> None:
        """Report the metrics of the epoch that ends with the current step."""
        values = self._checked(metrics)
        if values:
            self._report.seconds += self._lap()
            self._report.epoch(self._epoch, self._done + 1, values)
            self._epoch += 1

    def finish(self, note: str) -> None:
        """End the run after this step, as completed."""
        self.message, self._ended = note, True
        self._tell(self._done + 1, self._untold)  # metrics that the grid of steps left out
        self._report.note(self._done + 1, note)

    @property
    def done(self) -> int:
        """The number of steps done."""
        return self._done

    def _may_go_on(self, step: int) -> bool:
        if self._model is not None and self._snapshots.due(step):
            self._snapshots.draw(self._model, step)
        if self._goal == "step" or (self._goal == "epoch" and step % self.per_epoch == 0):
            self._control.arrived()
        if self._model is not None:
            self._snapshots.glimpse(self._model, step, self._control)
        wish = self._control.wish(self._change, step)
        self._goal = wish if wish in ("step", "epoch") else None
        if wish == "stop":
            self.outcome = "stopped"
        return wish != "stop"

    def _account(self, step: int) -> None:
        spent = self._lap()
        self._report.seconds += spent
        self._done = step + 1
        if self._control.speed:
            self._control.rest(1 / self._control.speed - spent)

    def _lap(self) -> float:
        """Return the seconds since the last lap; drawing and waiting between steps do not count."""
        now = time.perf_counter()
        spent, self._began = now - self._began, now
        return spent

    def _checked(self, metrics: dict[str, float]) -> dict[str, float]:
        """Return the metrics as floats; if one is not finite, end the run and return {}."""
        values = {name: float(value) for name, value in metrics.items()}
        broken = [name for name, value in values.items() if not np.isfinite(value)]
        if not broken:
            return values
        self.outcome, self._ended = "diverged", True
        self.message = (
            f"Diverged: {broken[0]} was no longer a finite number at step {self._done + 1}. "
            "Try a smaller learning rate."
        )
        return {}

    def _change(self, changes: dict[str, Any]) -> None:
        self._live.update(changes)
        self._report.changed(self._done, changes)
