"""One run from its settings to its last event: load, build, compile, train, measure, save."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui_dl.engine import placement
from tui_dl.engine.builder import Builder, StopRequested
from tui_dl.engine.control import Control
from tui_dl.engine.device import Compile
from tui_dl.engine.layers import layer_table
from tui_dl.engine.origin import Base, Begin, Lineage, base_of, told_from
from tui_dl.engine.placement import RunPlace
from tui_dl.engine.replay import Counter, Replay
from tui_dl.engine.runner import Plan, RunContext, Runner
from tui_dl.errors import LessonError, in_one_line
from tui_dl.events import (
    Data,
    Event,
    Finished,
    Layer,
    Metrics,
    Note,
    Parent,
    Started,
    State,
    Status,
)
from tui_dl.lesson import Dataset, Lesson
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras

    from tui_dl.engine.checkpoint import Checkpoint, Checkpoints
    from tui_dl.engine.parent import ParentState
    from tui_dl.engine.prepared import Prepared
    from tui_dl.engine.report import Report
    from tui_dl.engine.snapshots import SnapshotRecorder
    from tui_dl.engine.supervised import SupervisedRunner

LOG = logging.getLogger(__name__)

LONG = 60.0
UNBEGUN = "Stopped before the first step."


class Session:
    """Runs a lesson once, in the thread that calls `run`, and passes its events to `emit`.

    `code` returns a digest of what the numbers depend on, for the record. With `replay` the session
    continues a recorded run: what was told is not told again. It is a fork if `origin`
    returns its parent.

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
        origin: Lineage = lambda: None,
    ) -> None:
        if not isinstance(parameters, lesson.parameters):
            raise LessonError(f"these settings are not those of {lesson.id}: choose them again")
        self.lesson, self.parameters, self.seed = lesson, parameters, seed
        self.control = control or Control()
        self._send, self._compile, self._experiment = emit, compile, experiment
        self._views, self._asks = views, asks
        self._save_to = save_to if callable(save_to) else lambda: save_to
        self._prepared, self._code, self._replay = prepared, code, replay
        self._place = RunPlace(device, replay, self._parents_device)
        self._origin, self._told = origin, Counter()
        self.trouble = ""  # a damaged checkpoint; what could not be written
        self._runner: Runner | None = None  # once the run has started
        self._report: Report | None = None
        self._build = Builder(lesson, seed, self._place, self.control, self._emit)
        self.control.on_state = lambda state: self._emit(State(state=state, step=self._step))

    def _emit(self, event: Event) -> None:
        """Count an event and pass it on, unless it was recorded before the run was resumed."""
        if self._replay and (owed := self._replay.due(self._step)):
            self._emit(owed)
        self._told.add(event)
        late = self.control.stopping and isinstance(event, Note)
        if late and self._replay and self._replay.behind:
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
        except StopRequested:
            finished = self._finished("stopped", UNBEGUN)
        except Exception as error:
            LOG.exception("%s failed", self.lesson.id)
            finished = self._finished("failed", in_one_line(error))
        self.control.enter(finished.status)
        self._emit(finished)
        return finished

    def _run(self) -> Finished:
        from tui_dl.engine.checkpoint import Checkpoints

        saved = self._saved()
        base = Base(self.parameters) if saved else self._base()
        parent = self._parent(base)
        runner, data = self._ready(base)
        begin = parent.taken_over(base, runner) if parent else Begin(saved)
        plan, checkpoints = runner.plan, Checkpoints(self._save_to, self._told)
        report, snapshots = self._reports(base, plan, data)
        self._start(data, plan)
        self._runner, self._report = runner, report
        self._tell_begin(base, begin, checkpoints)
        self.control.plan([*base.changes, *(self._replay.changes if self._replay else ())])
        status = runner.run(RunContext(self.control, report, snapshots, checkpoints, begin.state))
        checkpoints.settle()
        self._complain(report, checkpoints.trouble)
        return self._end(status, runner, report, data)

    def _saved(self) -> Checkpoint | None:
        """Return the latest checkpoint of the run that is resumed, if any."""
        run = self._save_to()
        if not (self._replay and run):
            return None
        from tui_dl.engine.checkpoint import latest

        found = latest(run, self._replay.begins_with, self._replay.owe)
        self.trouble = self._replay.owed
        if found:
            self._replay.skip(found.told)
            self._told.restore(found.told)
        return found

    def _base(self) -> Base:
        """Return what the runner is made of if it does not begin from a checkpoint of its own."""
        if origin := self._origin():
            self._build.load()  # to know the callbacks
        return base_of(self.lesson, self.parameters, origin)

    def _parent(self, base: Base) -> ParentState | None:
        """Return the parent whose state the run takes over, computed up to the step of the fork."""
        if not base.origin:
            return None
        from tui_dl.engine.parent import computed

        return computed(base, self._build)

    def _reports(self, base: Base, plan: Plan, data: Dataset) -> tuple[Report, SnapshotRecorder]:
        """Return what the runner reports to: metrics and pictures, but not those of its parent."""
        from tui_dl.engine.report import Report
        from tui_dl.engine.snapshots import SnapshotRecorder

        replay = self._replay
        report = Report(told_from(base, self._emit), plan.steps)
        snapshots = SnapshotRecorder(
            self.lesson, self.parameters, data, report, self._views, begins=base.step,
            is_drawn=replay.is_drawn if replay else lambda view, step: False,
        )  # fmt: skip
        return report, snapshots

    def _tell_begin(self, base: Base, begin: Begin, checkpoints: Checkpoints) -> None:
        """Note how a fork begins, and keep the state that it took over as its first checkpoint."""
        for note in self._place.moved(begin.state):
            self._emit(note)
        if base.step:
            self._build.compute(base.step)
            return
        for text in begin.notes:
            self._emit(Note(step=begin.step, text=text))
        if base.origin and begin.state:
            checkpoints.keep(replace(begin.state, told=self._told.count()))

    @property
    def _step(self) -> int:
        """The number of steps done."""
        return self._runner.step if self._runner else 0

    def _ready(self, base: Base) -> tuple[Runner, Dataset]:
        """Return the lesson's runner, prepared up to its first step, and the data."""
        fresh = base == Base(self.parameters)
        if self._prepared and fresh and self._place.allows(self._prepared.place):
            self._prepared.restore_chance()
            self._place.enter(self._prepared.place)
            return self._prepared.runner, self._prepared.data
        if self.lesson.explorer:
            return self._build.explorer(base.parameters)
        data = self._build.data(base.parameters)
        if self.lesson.own_loop:
            return self._build.algorithm(base.parameters, data), data
        return self._measured(self._build.supervised(base.parameters, data, self._compile)), data

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
        build, p = self._build, self.parameters
        data = build.data(p)
        if self.lesson.own_loop or self.lesson.smaller:
            built(layer_table(build.model(p, data)), [])
            return None
        from tui_dl.engine.prepared import Prepared
        from tui_dl.engine.snapshots import untrained

        runner = build.supervised(p, data, self._compile, lambda layers: built(layers, []))
        drawn = untrained(self.lesson, p, runner.model, data)
        built(layer_table(runner.model), drawn)
        return Prepared(data, runner, placement.current())

    def _measured(self, runner: SupervisedRunner) -> Runner:
        """If a smaller run could be chosen, estimate how long this one takes; pause a long one.

        The user then chooses.
        """
        again = self._replay or self._origin()
        if self.lesson.smaller and self._experiment != self.lesson.smaller and not again:
            self._build.prepare("measuring a few steps")
            if runner.estimate() > LONG and self._asks:
                self.control.pause()
        return runner

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
                parent=self._forked_from(),
                time=time.time(),
            )
        )
        for note in self._place.notes():
            self._emit(note)

    def _parents_device(self) -> str:
        origin = self._origin()
        return origin.device if origin else ""

    def _forked_from(self) -> Parent | None:
        if self._replay:
            return self._replay.started.parent
        origin = self._origin()
        return origin.parent if origin else None

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

        self._complain(report, save(model, folder))

    def _complain(self, report: Report, trouble: str) -> None:
        """Note what could not be written, if anything."""
        if trouble:
            report.note(self._step, trouble)
            self.trouble = "; ".join(filter(None, (self.trouble, trouble)))
