"""Fits a Keras model: the lesson's data and model, through fused steps, under a Control."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from tui_dl.engine.batches import (
    VALIDATION_BATCH,
    Windows,
    training_cut,
    validation_cut,
)
from tui_dl.engine.control import Control, Wish
from tui_dl.engine.fused import FusedSteps, Ticks
from tui_dl.engine.kept import EpochEnds
from tui_dl.engine.keras_model import build, learning_rate, unchanged
from tui_dl.engine.keras_steps import KerasSteps
from tui_dl.engine.report import Report, SnapshotRecorder
from tui_dl.engine.timeline import Timeline
from tui_dl.lesson import Dataset

LOG = logging.getLogger(__name__)
CHUNK_SECONDS = 0.075
Ending = Literal["completed", "stopped", "diverged"]
Mode = Literal["xla", "graph", "keras"]
UNCOMPILABLE = tf.errors.OpError  # also where what was compiled cannot be kept: a full disk
REST = "compiling the rest of an epoch"
GLANCE = 0.05  # seconds between two looks whether a compilation is over


class Supervised:
    """One run of `model` on `data`; `prepare` compiles, `run` trains."""

    def __init__(
        self,
        model: Any,
        data: Dataset,
        *,
        batch_size: int,
        epochs: int,
        seed: int = 0,
        mode: Mode = "xla",
        shuffle: bool = True,
        callbacks: list[Any] | None = None,
    ) -> None:
        self.model, self._data, self._callbacks = model, data, callbacks or []
        self._ends = EpochEnds()
        training = training_cut(data, batch_size)
        validating = validation_cut(data, batch_size, _validation_batch(mode))
        batches = validating.count if validating else 0
        self.timeline = Timeline(training.count, batches, epochs)
        self._windows = Windows(data, training, epochs, seed, shuffle)
        self._arguments = (model, data, self.timeline, self._windows, (training, validating))
        self._steps: FusedSteps | KerasSteps = self._executor(mode)
        self.mode: Mode = mode
        self.tick = 0
        self.message = ""
        self._size = 1

    def prepare(self, glance: Callable[[], None] = lambda: None) -> None:
        """Build and compile without side effects; XLA falls back to the graph where it must.

        `glance` is called again and again meanwhile; what it raises ends the wait.
        """
        build(self.model, self._data)
        try:
            self._compile(glance)
        except UNCOMPILABLE as error:
            self._fall_back(error)
            self._compile(glance)

    def _compile(self, glance: Callable[[], None]) -> None:
        """Until the first ticks can run."""
        self._steps.compile()
        while not self._steps.ready(0, GLANCE):
            glance()

    def _fall_back(self, error: Exception) -> None:
        """Take the graph for what XLA cannot compile. Raises the error where it was not XLA's."""
        if self.mode != "xla":
            raise error
        LOG.warning("the graph goes on, as XLA fails: %s", error)
        self.mode = "graph"
        self._steps = self._executor("graph")

    def estimate(self) -> float:
        """Seconds the whole run will take, measured on a few steps that are then undone."""
        timeline = self.timeline
        with unchanged(self.model):
            step = self._seconds(0, min(4, self._steps.room(0), timeline.steps_per_epoch))
            batches = timeline.validation_batches
            batch = self._seconds(timeline.steps_per_epoch, 1) if batches else 0.0
        return timeline.epochs * (timeline.steps_per_epoch * step + batches * batch)

    def _seconds(self, tick: int, n: int) -> float:
        """Seconds a tick, over `n` of them."""
        self._steps.run(tick, 1)  # the first is slower than the rest
        began = time.perf_counter()
        self._steps.run(tick, n)
        return (time.perf_counter() - began) / n

    def _executor(self, mode: Mode) -> FusedSteps | KerasSteps:
        if mode == "keras":
            return KerasSteps(*self._arguments)
        return FusedSteps(*self._arguments, xla=mode == "xla")

    @property
    def step(self) -> int:
        """Training steps done."""
        return self.timeline.steps_before(self.tick)

    def run(self, control: Control, report: Report, pictures: SnapshotRecorder) -> Ending:
        """Train to the end, or until stopped or diverged."""
        callbacks = self._callback_list()
        callbacks.on_train_begin()
        outcome = self._train(control, report, pictures, callbacks)
        if not self._end_callbacks(callbacks, report) and outcome == "stopped":
            self._say_what_is_older(report)
        if outcome == "completed":
            pictures.draw(self.model, self.step)
        return outcome

    def _end_callbacks(self, callbacks: Any, report: Report) -> bool:
        """Where one puts other weights in place, the run's metrics become theirs; True then."""
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

    def _say_what_is_older(self, report: Report) -> None:
        """Within an epoch the latest validation is that of the epoch before."""
        within = self.tick % self.timeline.ticks_per_epoch
        if within and self.timeline.validation_batches and report.epochs:
            begun = f"Stopped within epoch {report.epochs + 1}"
            report.note(self.step, f"{begun}: the validation metrics are of epoch {report.epochs}.")

    def _evaluated(self) -> dict[str, float]:
        """The metrics of the weights as they are, where no epoch ended with them."""
        data, options = self._data, {"verbose": 0, "return_dict": True}
        metrics = dict(self.model.evaluate(data.x, data.y, **options))
        if data.validation:
            held_out = self.model.evaluate(data.validation.x, data.validation.y, **options)
            metrics |= {f"val_{name}": value for name, value in held_out.items()}
        return metrics

    def _train(
        self, control: Control, report: Report, pictures: SnapshotRecorder, callbacks: Any
    ) -> Ending:
        goal = 0
        while self.tick < self.timeline.ticks:
            if pictures.due(self.step) and not self._validating():
                pictures.draw(self.model, self.step)
            wish = control.wish(lambda changes: self._change(changes, report))
            if wish == "stop":
                return "stopped"
            if not self._compiled(control, report):
                continue
            goal = self._goal(wish, goal)
            due = pictures.due(self.step)  # once the validation that goes on is over
            picture = self.step if due else pictures.next_after(self.step)
            outcome = self._chunk(control, report, picture, goal, callbacks)
            if outcome:
                return outcome
            if goal and self.tick >= goal:
                control.arrived()
                report.flush()
                goal = 0
        return "completed"

    def _compiled(self, control: Control, report: Report) -> bool:
        """Whether the next ticks are; else waits, and says so, until something is asked for."""
        try:
            if self._steps.ready(self.tick):
                return True
            report.wait(self.step, control.state, f"{REST} ({self.mode})")
            while not (self._steps.ready(self.tick) or control.rest(GLANCE)):
                continue
        except UNCOMPILABLE as error:
            self._fall_back(error)
            self._steps.compile()
            report.note(self.step, "XLA cannot compile the end of an epoch: the graph goes on.")
        report.wait(self.step, control.state)
        return False

    def _validating(self) -> bool:
        """Whether a validation stands before the next step: chunks may end anywhere in it."""
        return self.tick != self.timeline.tick_after(self.step)

    def _goal(self, wish: Wish, goal: int) -> int:
        """The tick to pause at: after one step (and a validation it completes), or the epoch."""
        if wish == "run":
            return 0
        if goal > self.tick:
            return goal
        if wish == "epoch":
            return self.timeline.epoch_end(self.tick)
        return self.timeline.tick_after(self.step + 1)

    def _chunk(
        self, control: Control, report: Report, picture: int, goal: int, callbacks: Any
    ) -> Ending | None:
        n = self._length(control, picture, goal)
        began = time.perf_counter()
        if self._callbacks and self.tick % self.timeline.ticks_per_epoch == 0:
            callbacks.on_epoch_begin(self.timeline.place(self.tick)[0])
        ticks = self._steps.run(self.tick, n)
        spent = time.perf_counter() - began
        report.seconds += spent
        self._adapt(len(ticks.losses), spent)
        outcome = self._tell(ticks, report, callbacks)
        if control.speed:
            control.rest(len(ticks.losses) / control.speed - spent)
        return outcome

    def _length(self, control: Control, picture: int, goal: int) -> int:
        """Ticks of the next chunk: by the clock, but never past a picture, a goal, a window."""
        limits = [self._size, self._steps.room(self.tick)]
        limits.append(self.timeline.tick_after(picture) - self.tick)
        if goal:
            limits.append(goal - self.tick)
        if self._callbacks:
            limits.append(self.timeline.epoch_end(self.tick) - self.tick)
        if control.speed:
            limits.append(int(control.speed / 10))
        return max(1, min(limits))

    def _adapt(self, ticks: int, seconds: float) -> None:
        """Aim at CHUNK_SECONDS a chunk, growing at most eightfold at once."""
        fitting = ticks * CHUNK_SECONDS / max(seconds, 1e-6)
        self._size = int(max(1, min(fitting, 8 * max(ticks, self._size // 8, 1))))

    def _tell(self, ticks: Ticks, report: Report, callbacks: Any) -> Ending | None:
        """Report the ticks, a stretch of training or validation at a time.

        Gives an outcome where the run must end.
        """
        told, ended = 0, False
        finite = len(ticks.losses) - (not np.isfinite(ticks.losses[-1]))
        while told < finite:
            epoch, position = self.timeline.place(self.tick)
            n = min(finite - told, self._stretch_end(position) - position)
            if position < self.timeline.steps_per_epoch:
                self._tell_steps(ticks, told, n, epoch, report)
            told, self.tick = told + n, self.tick + n
            logs = self._logs_at(ticks, told - 1)
            ended |= self._epoch_logs(epoch, position + n, logs, report, callbacks)
        if finite < len(ticks.losses):
            return self._diverged("loss", self.timeline.place(self.tick)[0])
        if ended and not self._finite():
            return self._diverged("a weight", self.timeline.place(self.tick - 1)[0])
        if self._callbacks and getattr(self.model, "stop_training", False):
            report.note(self.step, "A callback ended the run early.")
            return "completed"
        return None

    def _stretch_end(self, position: int) -> int:
        """Where the training or the validation that `position` lies in is over."""
        steps = self.timeline.steps_per_epoch
        return steps if position < steps else self.timeline.ticks_per_epoch

    def _tell_steps(self, ticks: Ticks, begin: int, n: int, epoch: int, report: Report) -> None:
        first = self.step + 1
        places = [step - first for step in report.grid_steps(first, n)] + [n - 1]
        logs = [self._logs_at(ticks, begin + place) for place in places]
        report.steps(first, epoch + 1, ticks.losses[begin : begin + n], logs)

    def _logs_at(self, ticks: Ticks, index: int) -> dict[str, float]:
        return dict(zip(self._steps.names, ticks.logs[index].tolist(), strict=True))

    def _epoch_logs(
        self, epoch: int, position: int, logs: dict[str, float], report: Report, callbacks: Any
    ) -> bool:
        """Keep the metrics where training or validation of the epoch is over; True at its end."""
        if position == self.timeline.steps_per_epoch:
            self._logs = logs
        if position != self.timeline.ticks_per_epoch:
            return False
        if self.timeline.validation_batches:
            self._logs = self._logs | {f"val_{name}": value for name, value in logs.items()}
        report.epoch(epoch + 1, self.step, self._logs)
        if self._callbacks:
            callbacks.on_epoch_end(epoch, dict(self._logs))
        return True

    def _finite(self) -> bool:
        return all(bool(np.isfinite(w.numpy()).all()) for w in self.model.trainable_variables)

    def _diverged(self, what: str, epoch: int) -> Ending:
        rate = learning_rate(self.model)
        step = min(self.step + 1, self.timeline.steps)
        advice = f"Try a smaller learning rate (now {rate:g})" if rate else "Try a smaller rate"
        self.message = (
            f"Diverged: {what} was no longer a finite number at step {step} (epoch {epoch + 1}). "
            f"{advice}, or inputs of a smaller scale."
        )
        return "diverged"

    def _change(self, changes: dict[str, Any], report: Report) -> None:
        for name, value in changes.items():
            if name == "learning_rate":
                self.model.optimizer.learning_rate = value
            report.note(self.step, f"{name.replace('_', ' ')} set to {value:g}")

    def _callback_list(self) -> Any:
        params = {"epochs": self.timeline.epochs, "steps": self.timeline.steps_per_epoch}
        every = [self._ends, *self._callbacks] if self._callbacks else []
        chosen = keras.callbacks.CallbackList(every, model=self.model, **params)
        self.model.stop_training = False
        return chosen


def _validation_batch(mode: Mode) -> int:
    """Large where the fused loop is XLA's; smaller where a batch may take long (convolutions)."""
    return VALIDATION_BATCH if mode == "xla" else 128
