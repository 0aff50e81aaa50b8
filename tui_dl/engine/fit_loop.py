"""The loop that trains a Keras model: it runs chunks of ticks, reports them, obeys a Control."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np

from tui_dl.engine.checkpoint import Checkpoint
from tui_dl.engine.control import Wish
from tui_dl.engine.executor import GLANCE, UNCOMPILABLE, Executor
from tui_dl.engine.fused import Ticks
from tui_dl.engine.keras_model import learning_rate, variables_of
from tui_dl.engine.replay import Count
from tui_dl.engine.runner import Ending, RunContext
from tui_dl.engine.timeline import Timeline
from tui_dl.events import Metrics

CHUNK_SECONDS = 0.075
REST = "compiling the rest of an epoch"


class FitLoop:
    """One pass over a timeline, from `context.start` to the end or until `until` steps are done.

    `tick` is the number of ticks done.
    """

    def __init__(
        self,
        model: keras.Model,
        executor: Executor,
        timeline: Timeline,
        callbacks: keras.callbacks.CallbackList,
        context: RunContext,
        until: int | None = None,
    ) -> None:
        self._model, self._executor, self._timeline = model, executor, timeline
        self._callbacks, self._called = callbacks, bool(callbacks.callbacks)
        self._control, self._report = context.control, context.report
        self._snapshots, self._checkpoints = context.snapshots, context.checkpoints
        self._end = timeline.ticks if until is None else timeline.tick_after(until)
        self._size = 1
        self._logs: Metrics = {}
        self.tick = 0
        self.message = ""
        if context.start:
            self._restore(context.start)

    @property
    def step(self) -> int:
        """The number of training steps done."""
        return self._timeline.steps_before(self.tick)

    @property
    def within_epoch(self) -> bool:
        """True between the first and the last tick of an epoch."""
        return self.tick % self._timeline.ticks_per_epoch > 0

    def run(self) -> Ending:
        """Train to the end, or until stopped or diverged."""
        goal = 0
        while self.tick < self._end:
            if self._snapshots.due(self.step) and not self._validating():
                self._snapshots.draw(self._model, self.step)
            if not self._validating():
                self._snapshots.glimpse(self._model, self.step, self._control)
            wish = self._control.wish(self._change, self.step)
            if wish == "stop":
                self._keep()
                return "stopped"
            if not self._compiled():
                continue
            goal = self._goal(wish, goal)
            due = self._snapshots.due(self.step)  # once the current validation is over
            picture = self.step if due else self._snapshots.next_after(self.step)
            outcome = self._chunk(picture, goal)
            if outcome:
                return outcome
            if goal and self.tick >= goal:
                self._control.arrived()
                self._report.flush()
                goal = 0
        return "completed"

    def _keep(self) -> None:
        """Write a checkpoint, unless nothing was trained."""
        if self._checkpoints and self.step:
            self._checkpoints.keep(self.checkpoint(self._checkpoints.told.count()))

    def checkpoint(self, told: Count) -> Checkpoint:
        """Return the state of the run between two chunks; `told` counts its events so far."""
        arrays = [variable.numpy() for variable in variables_of(self._model)]
        own = {"tick": self.tick, "logs": self._logs}
        return Checkpoint(self.step, arrays, own, self._report.state(), told)

    def _restore(self, checkpoint: Checkpoint) -> None:
        for variable, value in zip(variables_of(self._model), checkpoint.arrays, strict=True):
            variable.assign(value)
        self.tick, self._logs = int(checkpoint.loop["tick"]), dict(checkpoint.loop["logs"])
        self._report.restore(checkpoint.report)

    def _compiled(self) -> bool:
        """True if the next ticks are compiled; if not, report it and wait for that or a request."""
        try:
            if self._executor.ready(self.tick):
                return True
            self._report.wait(self.step, self._control.state, f"{REST} ({self._executor.mode})")
            while not (self._executor.ready(self.tick) or self._control.rest(GLANCE)):
                continue
        except UNCOMPILABLE as error:
            self._executor.fall_back(error)
            self._executor.compile_again()
            text = "XLA cannot compile the end of an epoch: the graph is used instead."
            self._report.note(self.step, text)
        self._report.wait(self.step, self._control.state)
        return False

    def _validating(self) -> bool:
        """True if a validation comes before the next step: a chunk may end anywhere in it."""
        return self.tick != self._timeline.tick_after(self.step)

    def _goal(self, wish: Wish, goal: int) -> int:
        """Return the tick to pause at, or 0: after one step (and its validation), or an epoch."""
        if wish == "run":
            return 0
        if goal > self.tick:
            return goal
        if wish == "epoch":
            return self._timeline.epoch_end(self.tick)
        return self._timeline.tick_after(self.step + 1)

    def _chunk(self, picture: int, goal: int) -> Ending | None:
        n = self._length(picture, goal)
        began = time.perf_counter()
        if self._called and self.tick % self._timeline.ticks_per_epoch == 0:
            self._callbacks.on_epoch_begin(self._timeline.place(self.tick)[0])
        ticks = self._executor.run(self.tick, n)
        spent = time.perf_counter() - began
        self._report.seconds += spent
        self._adapt(len(ticks.losses), spent)
        outcome = self._tell(ticks)
        if self._checkpoints and self._checkpoints.due():
            self._keep()
        if self._control.speed:
            self._control.rest(len(ticks.losses) / self._control.speed - spent)
        return outcome

    def _length(self, picture: int, goal: int) -> int:
        """Return the ticks of the next chunk: by time, but not past a picture, goal or window."""
        limits = [self._size, self._executor.room(self.tick)]
        limits.append(min(self._timeline.tick_after(picture), self._end) - self.tick)
        if goal:
            limits.append(goal - self.tick)
        if self._control.planned is not None:
            limits.append(self._timeline.tick_after(self._control.planned) - self.tick)
        if self._called:
            limits.append(self._timeline.epoch_end(self.tick) - self.tick)
        if self._control.speed:
            limits.append(int(self._control.speed / 10))
        return max(1, min(limits))

    def _adapt(self, ticks: int, seconds: float) -> None:
        """Aim at CHUNK_SECONDS per chunk, growing at most eightfold at once."""
        fitting = ticks * CHUNK_SECONDS / max(seconds, 1e-6)
        self._size = int(max(1, min(fitting, 8 * max(ticks, self._size // 8, 1))))

    def _tell(self, ticks: Ticks) -> Ending | None:
        """Report the ticks, one stretch of training or validation at a time.

        Return an outcome if the run must end.
        """
        told, ended = 0, False
        finite = len(ticks.losses) - (not np.isfinite(ticks.losses[-1]))
        while told < finite:
            epoch, position = self._timeline.place(self.tick)
            n = min(finite - told, self._stretch_end(position) - position)
            if position < self._timeline.steps_per_epoch:
                self._tell_steps(ticks, told, n, epoch)
            told, self.tick = told + n, self.tick + n
            logs = self._logs_at(ticks, told - 1)
            ended |= self._epoch_logs(epoch, position + n, logs)
        if finite < len(ticks.losses):
            return self._diverged("loss", self._timeline.place(self.tick)[0])
        if ended and not self._finite():
            return self._diverged("a weight", self._timeline.place(self.tick - 1)[0])
        if self._called and getattr(self._model, "stop_training", False):
            self._report.note(self.step, "A callback ended the run early.")
            return "completed"
        return None

    def _stretch_end(self, position: int) -> int:
        """Return the end of the training or validation that `position` is in."""
        steps = self._timeline.steps_per_epoch
        return steps if position < steps else self._timeline.ticks_per_epoch

    def _tell_steps(self, ticks: Ticks, begin: int, n: int, epoch: int) -> None:
        first = self.step + 1
        places = [step - first for step in self._report.grid_steps(first, n)] + [n - 1]
        logs = [self._logs_at(ticks, begin + place) for place in places]
        self._report.steps(first, epoch + 1, ticks.losses[begin : begin + n], logs)

    def _logs_at(self, ticks: Ticks, index: int) -> Metrics:
        return dict(zip(self._executor.names, ticks.logs[index].tolist(), strict=True))

    def _epoch_logs(self, epoch: int, position: int, logs: Metrics) -> bool:
        """Keep the metrics when training or validation is over; return True at the epoch's end."""
        if position == self._timeline.steps_per_epoch:
            self._logs = logs
        if position != self._timeline.ticks_per_epoch:
            return False
        if self._timeline.validation_batches:
            self._logs = self._logs | {f"val_{name}": value for name, value in logs.items()}
        self._report.epoch(epoch + 1, self.step, self._logs)
        if self._called:
            self._callbacks.on_epoch_end(epoch, dict(self._logs))
        return True

    def _finite(self) -> bool:
        return all(bool(np.isfinite(w.numpy()).all()) for w in self._model.trainable_variables)

    def _diverged(self, what: str, epoch: int) -> Ending:
        rate = learning_rate(self._model)
        step = min(self.step + 1, self._timeline.steps)
        advice = f"Try a smaller learning rate (now {rate:g})" if rate else "Try a smaller rate"
        self.message = (
            f"Diverged: {what} was no longer a finite number at step {step} (epoch {epoch + 1}). "
            f"{advice}, or inputs of a smaller scale."
        )
        return "diverged"

    def set_planned(self) -> None:
        """Set the live values that are planned at the present step."""
        self._control.wish(self._change, self.step)

    def _change(self, changes: dict[str, Any]) -> None:
        if "learning_rate" in changes:
            self._model.optimizer.learning_rate = changes["learning_rate"]
        self._report.changed(self.step, changes)
