"""The runner of a Keras model: the engine fits it to the lesson's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import keras

from tui_dl.engine import device
from tui_dl.engine.batches import VALIDATION_BATCH, Windows, training_cut, validation_cut
from tui_dl.engine.checkpoint import Checkpoint
from tui_dl.engine.executor import Executor, Mode
from tui_dl.engine.fit_loop import FitLoop
from tui_dl.engine.kept import EpochEnds
from tui_dl.engine.keras_model import build, unchanged
from tui_dl.engine.layers import layer_table
from tui_dl.engine.replay import Count
from tui_dl.engine.report import Report
from tui_dl.engine.runner import Ending, Plan, RunContext
from tui_dl.engine.timeline import Timeline
from tui_dl.engine.workload import Workload
from tui_dl.events import Metrics
from tui_dl.lesson import Dataset


class SupervisedRunner:
    """One run of `model` on `data`; `prepare` compiles, `run` trains."""

    def __init__(
        self,
        model: keras.Model,
        data: Dataset,
        *,
        batch_size: int,
        epochs: int,
        seed: int = 0,
        mode: Mode = "xla",
        shuffle: bool = True,
        callbacks: list[keras.callbacks.Callback] | None = None,
    ) -> None:
        self.model, self._data = model, data
        self.training = training = training_cut(data, batch_size)
        validating = validation_cut(data, batch_size, _validation_batch(mode))
        batches = validating.count if validating else 0
        self.timeline = Timeline(training.count, batches, epochs)
        self._windows = Windows(data, training, epochs, seed, shuffle)
        workload = Workload(model, data, training, validating, self.timeline, self._windows)
        self._executor = Executor(workload, mode)
        self._ends = EpochEnds()
        self._callbacks = [self._ends, *callbacks] if callbacks else []
        self._loop: FitLoop | None = None
        self._estimate: float | None = None

    @property
    def mode(self) -> Mode:
        """The compiler in use."""
        return self._executor.mode

    @property
    def has_callbacks(self) -> bool:
        """True if the lesson has callbacks."""
        return bool(self._callbacks)

    @property
    def plan(self) -> Plan:
        """How the run will be carried out; with an estimate once `estimate` was called."""
        table, size = layer_table(self.model), (self.timeline.epochs, self.timeline.steps)
        return Plan(device.describe(), self.mode, *size, table, self._estimate)

    @property
    def step(self) -> int:
        """The number of training steps done."""
        return self._loop.step if self._loop else 0

    @property
    def message(self) -> str:
        """Why the run ended, if its status does not say it."""
        return self._loop.message if self._loop else ""

    def prepare(self, glance: Callable[[], None] = lambda: None) -> None:
        """Build and compile without side effects; fall back from XLA to the graph if necessary.

        `glance` is called repeatedly meanwhile; an error that it raises ends the wait.
        """
        build(self.model, self._data)
        self._executor.compile(glance)

    def estimate(self) -> float:
        """Estimate the seconds of the whole run from a few steps, which are then undone."""
        timeline = self.timeline
        with unchanged(self.model):
            few = min(4, self._executor.room(0), timeline.steps_per_epoch)
            step = self._executor.seconds(0, few)
            batches = timeline.validation_batches
            batch = self._executor.seconds(timeline.steps_per_epoch, 1) if batches else 0.0
        self._estimate = timeline.epochs * (timeline.steps_per_epoch * step + batches * batch)
        return self._estimate

    def run(self, context: RunContext) -> Ending:
        """Train to the end, or until stopped or diverged.

        Callbacks may keep anything anywhere, so with them there are no checkpoints.
        """
        context.control.enter("running")
        callbacks = self._callback_list()
        context = replace(context, checkpoints=None) if self._callbacks else context
        self._loop = self._begun(callbacks, context)
        outcome = self._loop.run()
        if not self._end_callbacks(callbacks, context.report) and outcome == "stopped":
            self._say_what_is_older(self._loop, context.report)
        if outcome == "completed":
            context.snapshots.draw(self.model, self.step)
        return outcome

    def advance(self, context: RunContext, until: int) -> Checkpoint | None:
        """Train until this many steps are done; return the state then, or None if that fails.

        Live values that are planned at that step are set.
        """
        self._loop = self._begun(self._callback_list(), context, until)
        if self._loop.run() != "completed" or self.step != until:
            return None
        self._loop.set_planned()
        return self._loop.checkpoint(Count())

    def _begun(
        self,
        callbacks: keras.callbacks.CallbackList,
        context: RunContext,
        until: int | None = None,
    ) -> FitLoop:
        loop = FitLoop(self.model, self._executor, self.timeline, callbacks, context, until)
        callbacks.on_train_begin()
        return loop

    def _end_callbacks(self, callbacks: keras.callbacks.CallbackList, report: Report) -> bool:
        """End the callbacks; if one sets other weights, report their metrics and return True."""
        if not self._callbacks:
            return False
        trained = self._ends.weights()
        callbacks.on_train_end()
        kept, moved = self._ends.of_weights(), self._ends.weights() != trained
        if kept and (moved or kept[0] != report.epochs):
            report.restored(self.step, *kept)
        elif moved and not kept:
            report.restored(self.step, 0, self._evaluated())
        return moved or bool(kept and kept[0] != report.epochs)

    def _say_what_is_older(self, loop: FitLoop, report: Report) -> None:
        """Note that within an epoch the latest validation is that of the epoch before."""
        if loop.within_epoch and self.timeline.validation_batches and report.epochs:
            begun = f"Stopped within epoch {report.epochs + 1}"
            report.note(self.step, f"{begun}: validation metrics are from epoch {report.epochs}.")

    def _evaluated(self) -> Metrics:
        """Return the metrics of the current weights, with which no epoch ended."""
        data, options = self._data, {"verbose": 0, "return_dict": True}
        metrics = dict(self.model.evaluate(data.x, data.y, **options))
        if data.validation:
            held_out = self.model.evaluate(data.validation.x, data.validation.y, **options)
            metrics |= {f"val_{name}": value for name, value in held_out.items()}
        return metrics

    def _callback_list(self) -> keras.callbacks.CallbackList:
        params = {"epochs": self.timeline.epochs, "steps": self.timeline.steps_per_epoch}
        self.model.stop_training = False
        return keras.callbacks.CallbackList(self._callbacks, model=self.model, **params)


def _validation_batch(mode: Mode) -> int:
    """Return a large size for XLA's fused loop; a smaller one for slow batches (convolutions)."""
    return VALIDATION_BATCH if mode == "xla" else 128
