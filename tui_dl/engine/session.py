"""One run from its settings to its last event: load, build, compile, train, measure, save."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui_dl.engine import device
from tui_dl.engine.control import Control
from tui_dl.engine.device import Compile
from tui_dl.engine.layers import layer_table
from tui_dl.errors import LessonError, in_one_line
from tui_dl.events import Data, Event, Finished, Layer, Started, State, Status
from tui_dl.lesson import Dataset, Lesson

if TYPE_CHECKING:
    from tui_dl.engine.prepared import Prepared

LOG = logging.getLogger(__name__)

LONG = 60.0
UNBEGUN = "Stopped before the first step."


@dataclass(frozen=True)
class Plan:
    """How a run will be carried out; `estimate` in seconds."""

    device: str
    compile: str
    epochs: int
    steps: int
    layers: list[Layer] = field(default_factory=list)
    estimate: float | None = None


class _StopRequested(Exception):
    """The end was asked for before the first step."""


class Session:
    """Runs a lesson once, in the thread that calls `run`, and tells `emit` what happens.

    With `asks`, a run that will take longer than LONG seconds begins paused, so that whoever
    watches can choose the lesson's smaller run instead. With `prepared`, it begins at once, and
    its numbers are the same.
    """

    def __init__(
        self,
        lesson: Lesson,
        parameters: Any,
        *,
        seed: int = 0,
        compile: Compile = "auto",
        emit: Callable[[Event], None],
        control: Control | None = None,
        experiment: str | None = None,
        views: bool = True,
        asks: bool = False,
        save_to: Callable[[], Path | None] | Path | None = None,
        prepared: Prepared | None = None,
    ) -> None:
        if not isinstance(parameters, lesson.parameters):
            raise LessonError(f"these settings are not those of {lesson.id}: choose them again")
        self.parameters: Any = parameters  # each lesson has a class of its own
        self.lesson, self.seed = lesson, seed
        self.control = control or Control()
        self._emit, self._compile, self._experiment = emit, compile, experiment
        self._views, self._asks = views, asks
        self._save_to = save_to if callable(save_to) else lambda: save_to
        self._prepared = prepared
        self.trouble = ""  # what kept the model from being saved where it belongs
        self._report: Any = None
        self._steps: Callable[[], int] = lambda: 0
        self.control.on_state = lambda state: self._emit(State(state=state, step=self._steps()))

    def run(self) -> Finished:
        """Train to the end. Raises LessonError for what the person can mend before a start."""
        try:
            finished = self._run()
        except LessonError:
            self.control.enter("failed")
            raise
        except _StopRequested:
            finished = self._finished("stopped", UNBEGUN)
        except Exception as error:
            LOG.exception("%s failed", self.lesson.id)
            finished = self._finished("failed", in_one_line(error))
        self.control.enter(finished.status)
        self._emit(finished)
        return finished

    def _run(self) -> Finished:
        if self.lesson.explorer:
            return self._explore()
        if self._prepared:
            self._prepared.restore_chance()
            return self._fit(self._prepared.trainer, self._prepared.data)
        data = self._loaded()
        return (
            self._train_own(data) if self.lesson.own_loop else self._fit(self._compiled(data), data)
        )

    def ahead(self, built: Callable[[list[Layer]], None]) -> Prepared | None:
        """Do now what comes before the first step.

        `built` is called with the model's layers once they are there. None for an algorithm of its
        own, and for long runs: their data is large, and their start the least of the wait.
        """
        if not self.lesson.builds_model:
            return None
        data = self._loaded()
        if self.lesson.own_loop or self.lesson.smaller:
            built(layer_table(self._model(data)))
            return None
        from tui_dl.engine.prepared import Prepared

        return Prepared(data, self._compiled(data, built))

    def _loaded(self) -> Dataset:
        """The lesson's data, from a state of Keras that no earlier run has touched."""
        self._prepare("loading TensorFlow")
        device.load()
        self._prepare("reading the data")
        import keras
        import numpy as np

        data = self.lesson.data  # loads the module, before anything is seeded
        keras.backend.clear_session()
        keras.utils.set_random_seed(self.seed)
        return data(self.parameters, np.random.default_rng(self.seed))

    def _compiled(
        self, data: Dataset, built: Callable[[list[Layer]], None] = lambda layers: None
    ) -> Any:
        """The trainer of the lesson's model, before its first step."""
        self._prepare("building the model")
        model = self._model(data)
        built(layer_table(model))
        trainer = self._trainer(model, data)
        self._prepare(f"compiling ({trainer.mode})")
        trainer.prepare(self._go_on)  # may take another mode, which the start then tells
        return trainer

    def _model(self, data: Dataset) -> Any:
        assert self.lesson.model is not None
        return self.lesson.model(self.parameters, data)

    def _prepare(self, detail: str) -> None:
        """Tell what the run waits for next."""
        self._go_on()
        self.control.enter("preparing")
        self._emit(State(state="preparing", detail=detail))

    def _go_on(self) -> None:
        """Raises _StopRequested where the end was asked for."""
        if self.control.stopping:
            raise _StopRequested

    # Nothing to train: pictures and figures alone, without TensorFlow unless they need it.

    def _explore(self) -> Finished:
        import numpy as np

        from tui_dl.engine.report import Report, SnapshotRecorder

        if self.lesson.needs_tensorflow:
            device.load()
        data = self.lesson.data(self.parameters, np.random.default_rng(self.seed))
        self._report = Report(self._emit, 1)
        pictures = SnapshotRecorder(self.lesson, self.parameters, data, self._report, self._views)
        self._start(data, Plan("none", "none", epochs=1, steps=1))
        self._steps = lambda: 1
        pictures.draw(None, 1)
        return self._end("completed", "", None, data)

    # A Keras model, fitted by the engine.

    def _fit(self, trainer: Any, data: Dataset) -> Finished:
        from tui_dl.engine.report import Report, SnapshotRecorder

        timeline = trainer.timeline
        self._report = Report(self._emit, timeline.steps)
        pictures = SnapshotRecorder(self.lesson, self.parameters, data, self._report, self._views)
        estimate = self._estimate(trainer)
        plan = (timeline.epochs, timeline.steps, layer_table(trainer.model), estimate)
        self._start(data, Plan(device.describe(), trainer.mode, *plan))
        self._steps = lambda: trainer.step
        self.control.enter("running")
        outcome = trainer.run(self.control, self._report, pictures)
        return self._end(outcome, trainer.message, trainer.model, data)

    def _estimate(self, trainer: Any) -> float | None:
        """Seconds the run will take, where a smaller one could be chosen; pauses a long one."""
        if not self.lesson.smaller or self._experiment == self.lesson.smaller:
            return None
        self._prepare("measuring a few steps")
        seconds = float(trainer.estimate())
        if self._asks and seconds > LONG:
            self.control.pause()
        return seconds

    def _trainer(self, model: Any, data: Dataset) -> Any:
        from tui_dl.engine.supervised import Supervised

        callbacks = self.lesson.callbacks(self.parameters) if self.lesson.callbacks else []
        return Supervised(
            model,
            data,
            batch_size=self.parameters.batch_size,
            epochs=self.parameters.epochs,
            seed=self.seed,
            mode=device.choose(model, self._compile),
            callbacks=callbacks,
        )

    # An algorithm with a loop of its own.

    def _train_own(self, data: Dataset) -> Finished:
        from tui_dl.engine.own_loop import OwnLoop
        from tui_dl.engine.programs import gradients_forgotten
        from tui_dl.engine.report import Report, SnapshotRecorder

        assert self.lesson.train is not None
        epochs, per_epoch = own_steps(self.parameters)
        self._report = Report(self._emit, epochs * per_epoch)
        pictures = SnapshotRecorder(self.lesson, self.parameters, data, self._report, self._views)
        loop = OwnLoop(self.control, self._report, pictures, self.parameters, self.seed)
        self._prepare("building the algorithm")
        self._start(data, Plan(device.describe(), "own loop", epochs, epochs * per_epoch))
        self._steps = lambda: loop.done
        with gradients_forgotten():
            self.lesson.train(self.parameters, data, loop)
        return self._end(loop.outcome, loop.message, loop.held_model, data)

    # The two ends of a run.

    def _start(self, data: Dataset, plan: Plan) -> None:
        validation = len(data.validation.x) if data.validation else 0
        used = Data(name=data.name, train=len(data.x), validation=validation, note=data.note)
        self._emit(
            Started(
                lesson=self.lesson.id,
                hyperparameters=self.parameters.model_dump(),
                experiment=self._experiment,
                seed=self.seed,
                device=plan.device,
                compile=plan.compile,
                data=used,
                epochs=plan.epochs,
                steps=plan.steps,
                steps_per_epoch=plan.steps // plan.epochs,
                layers=plan.layers,
                estimate=plan.estimate,
                time=time.time(),
            )
        )

    def _end(self, status: Status, message: str, model: Any, data: Dataset) -> Finished:
        """Say so at once; then measure and save, unless nothing was trained."""
        self.control.enter(status)
        if self._steps():
            self._report.wait(self._steps(), status, "measuring and saving")
            self._measure(status, model, data)
            self._save(model)
        return self._finished(status, message)

    def _measure(self, status: Status, model: Any, data: Dataset) -> None:
        there = model is not None or self.lesson.explorer
        if status != "diverged" and there and self.lesson.measure:
            measured = self.lesson.measure(model, data, self.parameters)
            self._report.metrics |= {name: float(value) for name, value in measured.items()}

    def _finished(self, status: Status, message: str = "") -> Finished:
        if self._report is None:
            return Finished(status=status, message=message)
        return Finished(
            status=status,
            metrics=self._report.metrics,
            steps=self._steps(),
            epochs=self._report.epochs,
            seconds=self._report.seconds,
            message=message,
        )

    def _save(self, model: Any) -> None:
        """Keep the model in the run's folder; a failure is noted, as is another place."""
        folder = self._save_to()
        if folder is None or not hasattr(model, "save"):
            return
        from tui_dl.engine.saving import save

        self.trouble = save(model, folder)
        if self.trouble:
            self._report.note(self._steps(), self.trouble)


def own_steps(parameters: Any) -> tuple[int, int]:
    """(epochs, steps an epoch) of an own loop, from its hyperparameters of those names."""
    return parameters.epochs, getattr(parameters, "steps_per_epoch", 1)
