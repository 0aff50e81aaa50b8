"""One run from its settings to its last event: load, build, compile, train, measure, save."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from tui_dl.engine import device, placement
from tui_dl.engine.control import Control
from tui_dl.engine.device import Compile
from tui_dl.engine.layers import layer_table
from tui_dl.engine.placement import RunPlace
from tui_dl.engine.replay import Counter, Replay
from tui_dl.engine.runner import Plan, Runner
from tui_dl.errors import LessonError, in_one_line
from tui_dl.events import Data, Event, Finished, Layer, Metrics, Note, Started, State, Status
from tui_dl.lesson import Dataset, Lesson
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras

    from tui_dl.engine.checkpoint import Checkpoint
    from tui_dl.engine.prepared import Prepared
    from tui_dl.engine.report import Report
    from tui_dl.engine.supervised import SupervisedRunner

LOG = logging.getLogger(__name__)

LONG = 60.0
UNBEGUN = "Stopped before the first step."


class _Fitted(Protocol):
    """The hyperparameters of a fitted model that the engine reads."""

    batch_size: int
    epochs: int


class _StopRequested(Exception):
    """A stop was requested before the first step."""


class Session:
    """Runs a lesson once, in the thread that calls `run`, and passes its events to `emit`.

    `code` returns a digest of what the numbers depend on, for the record. With `replay` the session
    continues a recorded run: what was told is not told again.

    With `asks`, a run that will take longer than LONG seconds starts paused, so that the user can
    choose the lesson's smaller run instead. With `prepared`, the run starts at once, and its
    numbers are the same.
    """

    def __init__(
        self,
        lesson: Lesson,
        parameters: Hyperparameters,
        *,
        seed: int = 0,
        compile: Compile = "auto",
        device: str = "auto",
        emit: Callable[[Event], None],
        control: Control | None = None,
        experiment: str | None = None,
        views: bool = True,
        asks: bool = False,
        save_to: Callable[[], Path | None] | Path | None = None,
        prepared: Prepared | None = None,
        code: Callable[[], str] = str,
        replay: Replay | None = None,
    ) -> None:
        if not isinstance(parameters, lesson.parameters):
            raise LessonError(f"these settings are not those of {lesson.id}: choose them again")
        self.lesson, self.parameters, self.seed = lesson, parameters, seed
        self.control = control or Control()
        self._send, self._compile, self._experiment = emit, compile, experiment
        self._views, self._asks = views, asks
        self._save_to = save_to if callable(save_to) else lambda: save_to
        self._prepared, self._code, self._replay = prepared, code, replay
        self._place = RunPlace(device, replay)
        self._told = Counter()
        self.trouble = ""  # a damaged checkpoint; why the model is not in the run directory
        self._runner: Runner | None = None  # once the run has started
        self._report: Report | None = None
        self.control.on_state = lambda state: self._emit(State(state=state, step=self._step))

    def _emit(self, event: Event) -> None:
        """Count an event and pass it on, unless it was recorded before the run was resumed."""
        if self._replay and (owed := self._replay.due(self._step)):
            self._emit(owed)
        self._told.add(event)
        behind = self._replay is not None and self._replay.behind
        if behind and self.control.stopping and isinstance(event, Note):
            return  # it is about a step that the record has left behind
        new = self._replay.new(event) if self._replay else event
        if new is not None:
            self._send(new)

    def run(self) -> Finished:
        """Train to the end. Raise LessonError for what the user can correct before the start."""
        try:
            with self._place:
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
        from tui_dl.engine.checkpoint import Checkpoints
        from tui_dl.engine.report import Report
        from tui_dl.engine.snapshots import SnapshotRecorder

        runner, data = self._ready()
        plan = runner.plan
        report = Report(self._emit, plan.steps)
        snapshots = SnapshotRecorder(self.lesson, self.parameters, data, report, self._views)
        self._start(data, plan)
        self._runner, self._report = runner, report
        checkpoints = Checkpoints(self._save_to, self._told)
        if self._replay:
            snapshots.is_drawn = self._replay.is_drawn
            checkpoints.start = self._resumed(self._replay)
            for note in self._place.moved(checkpoints.start):
                self._emit(note)
        status = runner.run(self.control, report, snapshots, checkpoints)
        checkpoints.settle()
        return self._end(status, runner, report, data)

    def _resumed(self, replay: Replay) -> Checkpoint | None:
        """Return the checkpoint to go on from, if any; set the live values as they were set."""
        from tui_dl.engine.checkpoint import latest

        run = self._save_to()
        found = latest(run, replay.begins_with, replay.owe) if run else None
        self.trouble = replay.owed
        if found:
            replay.skip(found.told)
            self._told.restore(found.told)
        self.control.plan(replay.changes)
        return found

    @property
    def _step(self) -> int:
        """The number of steps done."""
        return self._runner.step if self._runner else 0

    def _ready(self) -> tuple[Runner, Dataset]:
        """Return the lesson's runner, prepared up to its first step, and the data."""
        if self._prepared and self._place.allows(self._prepared.place):
            self._prepared.restore_chance()
            self._place.enter(self._prepared.place)
            return self._prepared.runner, self._prepared.data
        if self.lesson.explorer:
            return self._explorer()
        data = self._loaded()
        if self.lesson.own_loop:
            return self._algorithm(data), data
        return self._measured(self._compiled(data)), data

    def ahead(self, built: Callable[[list[Layer], list[Event]], None]) -> Prepared | None:
        """Do now what comes before the first step.

        `built` is called with the model's layers once they are there, and again with them and the
        snapshots of the untrained model. None for an algorithm of its own, and for long runs:
        their data is large, and their start the least of the wait.
        """
        if not self.lesson.builds_model:
            return None
        with self._place:
            return self._ahead(built)

    def _ahead(self, built: Callable[[list[Layer], list[Event]], None]) -> Prepared | None:
        data = self._loaded()
        if self.lesson.own_loop or self.lesson.smaller:
            built(layer_table(self._model(data)), [])
            return None
        from tui_dl.engine.prepared import Prepared
        from tui_dl.engine.snapshots import untrained

        runner = self._compiled(data, lambda layers: built(layers, []))
        drawn = untrained(self.lesson, self.parameters, runner.model, data)
        built(layer_table(runner.model), drawn)
        return Prepared(data, runner, placement.current())

    def _loaded(self) -> Dataset:
        """Return the lesson's data, made after Keras's state was cleared and seeded."""
        self._prepare("loading TensorFlow")
        device.load()
        self._place.begin()
        self._prepare("reading the data")
        import keras
        import numpy as np

        data = self.lesson.data  # loads the module, before anything is seeded
        keras.backend.clear_session()
        keras.utils.set_random_seed(self.seed)
        return data(self.parameters, np.random.default_rng(self.seed))

    def _explorer(self) -> tuple[Runner, Dataset]:
        """Return a runner that trains nothing, and the data; load TensorFlow only if needed."""
        import numpy as np

        from tui_dl.engine.explorer import ExplorerRunner

        if self.lesson.needs_tensorflow:
            device.load()
        return ExplorerRunner(), self.lesson.data(self.parameters, np.random.default_rng(self.seed))

    def _algorithm(self, data: Dataset) -> Runner:
        from tui_dl.engine.own_loop import OwnLoopRunner

        self._prepare("building the algorithm")
        return OwnLoopRunner(self.lesson, self.parameters, data, self.seed)

    def _compiled(
        self, data: Dataset, built: Callable[[list[Layer]], None] = lambda layers: None
    ) -> SupervisedRunner:
        """Return the runner of the lesson's model, prepared up to its first step."""
        self._prepare("building the model")
        model = self._model(data)
        if self._place.takes_cpu(model):
            data = self._loaded()
            model = self._model(data)
        built(layer_table(model))
        runner = self._supervised(model, data)
        self._prepare(f"compiling ({runner.mode})")
        runner.prepare(self._go_on)  # may change the mode, which the started event reports
        return runner

    def _measured(self, runner: SupervisedRunner) -> Runner:
        """If a smaller run could be chosen, estimate how long this one takes; pause a long one.

        The user then chooses.
        """
        if self.lesson.smaller and self._experiment != self.lesson.smaller and not self._replay:
            self._prepare("measuring a few steps")
            if runner.estimate() > LONG and self._asks:
                self.control.pause()
        return runner

    def _model(self, data: Dataset) -> keras.Model:
        assert self.lesson.model is not None
        return self.lesson.model(self.parameters, data)

    def _supervised(self, model: keras.Model, data: Dataset) -> SupervisedRunner:
        from tui_dl.engine.batches import training_cut
        from tui_dl.engine.supervised import SupervisedRunner

        settings = cast(_Fitted, self.parameters)
        steps = training_cut(data, settings.batch_size).count * settings.epochs
        return SupervisedRunner(
            model,
            data,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            seed=self.seed,
            mode=device.choose(model, self._compile, steps),
            callbacks=self.lesson.callbacks(self.parameters) if self.lesson.callbacks else [],
        )

    def _prepare(self, detail: str) -> None:
        """Report what the run waits for next."""
        self._go_on()
        self.control.enter("preparing")
        self._emit(State(state="preparing", detail=detail))

    def _go_on(self) -> None:
        """Raise _StopRequested if a stop was requested."""
        if self.control.stopping:
            raise _StopRequested

    # The start and the end of a run.

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
                code=self._code(),
                time=time.time(),
            )
        )
        for note in self._place.notes():
            self._emit(note)

    def _end(self, status: Status, runner: Runner, report: Report, data: Dataset) -> Finished:
        """Report the end at once; then measure and save, unless no step was done."""
        self.control.enter(status)
        if runner.step:
            report.wait(runner.step, status, "measuring and saving")
            if status != "diverged":
                report.metrics |= self._measurements(runner.model, data)
            self._save(runner.model, report)
        return self._finished(status, runner.message)

    def _measurements(self, model: keras.Model | None, data: Dataset) -> Metrics:
        """Return what the lesson's `measure` returns."""
        if self.lesson.measure is None or (model is None and not self.lesson.explorer):
            return {}
        measured = self.lesson.measure(model, data, self.parameters)
        return {name: float(value) for name, value in measured.items()}

    def _finished(self, status: Status, message: str = "") -> Finished:
        if self._report is None:
            return Finished(status=status, message=message)
        return Finished(
            status=status,
            metrics=self._report.metrics,
            steps=self._step,
            epochs=self._report.epochs,
            seconds=self._report.seconds,
            message=message,
        )

    def _save(self, model: keras.Model | None, report: Report) -> None:
        """Save the model in the run directory; note a failure or another place."""
        folder = self._save_to()
        if folder is None or not hasattr(model, "save"):
            return
        from tui_dl.engine.saving import save

        if trouble := save(model, folder):
            report.note(self._step, trouble)
            self.trouble = "; ".join(filter(None, (self.trouble, trouble)))
