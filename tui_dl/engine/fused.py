"""The fused step: many training steps and validation batches inside one compiled call.

A chunk runs ticks (see timeline.py) in a loop that TensorFlow compiles once, with the number of
ticks as a tensor. Each tick calls the model's own `train_step` or `test_step`, so losses, metrics,
dropout seeds and learning-rate schedules are exactly those of Keras.

A large graph is compiled in two parts: the first batches of an epoch, with which the run starts,
and, during these, everything that follows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tui_dl.engine import placement
from tui_dl.engine.batches import Arrays, Cut, Tensors
from tui_dl.engine.programs import Program, forget_gradients, operations, traced
from tui_dl.engine.workload import Workload
from tui_dl.lesson import Dataset

CHUNK_TICKS = 16_384
LARGE = 700  # operations of a training step

Batch = Callable[[tf.Tensor, tf.Tensor], Tensors]  # of (window's row, position in the epoch)
Measured = tuple[tf.Tensor, tf.Tensor]  # the loss () and the logs (metrics,) of one tick
Step = Callable[[Tensors], Measured]
State = tuple[tf.Tensor, ...]  # see `_walk`


@dataclass(frozen=True)
class Ticks:
    """A chunk's result: `losses` (n,), one per tick; `logs` (n, metrics) over the epoch so far."""

    losses: np.ndarray
    logs: np.ndarray


@dataclass(frozen=True)
class Stretch:
    """Positions begin…end-1 of an epoch; `work(row, position)` returns loss and logs.

    Each tick advances by `rows` of the window; `afresh` resets the metrics first.
    """

    begin: int
    end: int
    rows: int
    work: Callable[[tf.Tensor, tf.Tensor], Measured]
    afresh: bool


@dataclass(frozen=True)
class Part:
    """The program for the positions of an epoch before `end` that no earlier part covers.

    One call runs at most `longest` ticks.
    """

    end: int
    longest: int
    program: Program
    compiled: Future[object]


class FusedSteps:
    """Runs ticks of a run in compiled chunks; `xla` chooses the compiler."""

    def __init__(self, workload: Workload, *, xla: bool) -> None:
        self._model, self._xla = workload.model, xla
        self._training, self._validating = workload.training, workload.validating
        self._timeline, self._windows = workload.timeline, workload.windows
        data = workload.data
        self._validation = self._held_out(data)
        self.names: tuple[str, ...] = ()
        self._parts: list[Part] = []
        # One at a time: the first is sooner.
        self._compiler = ThreadPoolExecutor(1, "compile", placement.same_place())
        self._train = _of_any_length(self._train_step, (data.x, data.y))
        held_out = data.validation and (data.validation.x, data.validation.y)
        self._test = _of_any_length(self._test_step, held_out)

    def compile(self) -> None:
        """Trace everything, and start to compile it by calls with zero ticks."""
        with _kept_losses(self._model) as self._kept:
            while self._covered() < self._timeline.ticks_per_epoch:
                self._parts.append(self._part(self._covered()))

    def ready(self, tick: int, patience: float = 0.0) -> bool:
        """True if the ticks from this one on are compiled; wait for `patience` seconds at most.

        Raise the error that ended their compilation.
        """
        compiled = self._part_at(tick).compiled
        if not wait([compiled], patience).done:
            return False
        compiled.result()
        return True

    def room(self, tick: int) -> int:
        """Return the largest number of ticks that one call can run from `tick` on."""
        timeline, part = self._timeline, self._part_at(tick)
        step = timeline.steps_before(tick)
        end = timeline.tick_after(step + self._windows.room(step))
        if len(self._parts) > 1:
            end = min(end, tick - timeline.place(tick)[1] + part.end)
        return min(part.longest, end - tick, timeline.ticks - tick)

    def run(self, tick: int, n: int) -> Ticks:
        """Run `n` ticks from `tick` on; fewer if the loss is no longer finite (in the last one)."""
        part = self._part_at(tick)
        part.compiled.result()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done, losses, logs = part.program(*self._arguments(tick, n))
        done = int(done)
        return Ticks(losses.numpy()[:done], logs.numpy()[:done])

    def _arguments(self, tick: int, n: int) -> tuple[Tensors, ...]:
        """Return the arguments of a program for `n` ticks from `tick` on."""
        step = min(self._timeline.steps_before(tick), self._timeline.steps - 1)
        batches, first = self._windows.at(step)
        numbers = (tf.constant(each) for each in (tick, n, step - first))
        return batches, self._validation, *numbers

    def _part_at(self, tick: int) -> Part:
        position = self._timeline.place(tick)[1]
        return next(part for part in self._parts if position < part.end)

    def _covered(self) -> int:
        """Return the number of positions of an epoch for which there is a program."""
        return self._parts[-1].end if self._parts else 0

    def _part(self, begin: int) -> Part:
        """Return the part from position `begin` on: traced here, compiled in a thread."""
        chosen: list[Stretch] = []

        def ticks(batches: Tensors, validation: Tensors, *numbers: tf.Tensor) -> State:
            left = [each for each in self._stretches(batches, validation) if each.begin >= begin]
            chosen[:] = self._together(left)
            return self._loop(chosen, *numbers)

        function = tf.function(ticks, jit_compile=self._xla, autograph=False)
        chunk = function.get_concrete_function(*self._arguments(0, 0))
        forget_gradients(chunk, traced(self._train, self._test))
        program = Program(chunk)
        call = program.upon_stand_ins() if begin else program
        compiled = self._compiler.submit(call, *self._arguments(0, 0))
        return Part(chosen[-1].end, self._longest(chosen), program, compiled)

    def _together(self, stretches: list[Stretch]) -> list[Stretch]:
        """Return the stretches to compile together: all, or the first if that would take long."""
        large = stretches[0].begin == 0 and operations(self._train) >= LARGE
        return stretches[:1] if large else stretches

    def _longest(self, stretches: list[Stretch]) -> int:
        """Return the most ticks of a call: the stretches once, or many epochs if they are one."""
        ticks = self._timeline.ticks if self._is_whole(stretches) else _ticks(stretches)
        return min(ticks, CHUNK_TICKS)

    def _is_whole(self, stretches: list[Stretch]) -> bool:
        return _ticks(stretches) == self._timeline.ticks_per_epoch

    # Inside the compiled function.

    def _loop(
        self, stretches: list[Stretch], tick: tf.Tensor, n: tf.Tensor, row: tf.Tensor
    ) -> State:
        """Run epochs one after the other until `n` ticks are done or the loss is not finite.

        Loops that may run zero times replace branches: XLA copies what passes through a branch
        (every weight), but not what passes through a loop. `tick` and `row` (of the window) change
        in the loop: XLA compiles again for each value of an index that does not change.
        """
        size = self._longest(stretches) if self._xla else n
        losses = tf.TensorArray(tf.float32, size, element_shape=())
        logs = tf.TensorArray(tf.float32, size, element_shape=(len(self._metric_names()),))

        def epoch(*state: tf.Tensor) -> State:
            for stretch in stretches:
                state = self._walk(stretch, n, state)
            return state

        start = (tf.constant(0), tick, row, tf.constant(True), losses, logs)
        if self._xla or self._is_whole(stretches):
            end = _while(lambda k, now, row, finite, *_: (k < n) & finite, epoch, start)
        else:
            end = epoch(*start)
        return end[0], end[-2].stack(), end[-1].stack()

    def _stretches(self, batches: Tensors, validation: Tensors) -> list[Stretch]:
        """Return an epoch's stretches: whole batches, the shorter last one; validation likewise."""
        steps = self._timeline.steps_per_epoch

        def batch(row: tf.Tensor, position: tf.Tensor) -> Tensors:
            return tf.nest.map_structure(lambda a: a[row], batches)

        def held_out(row: tf.Tensor, position: tf.Tensor) -> Tensors:
            return tf.nest.map_structure(lambda a: a[position - steps], validation)

        train = self._pass_over(self._training, 0, 1, batch, self._train)
        if self._validating is None:
            return train
        return train + self._pass_over(self._validating, steps, 0, held_out, self._test)

    def _pass_over(
        self, cut: Cut, begin: int, rows: int, batch: Batch, step: Step
    ) -> list[Stretch]:
        """Return the stretches of a cut: XLA compiles each length separately, a graph takes any."""
        apart = self._xla or cut.last == cut.size
        return list((_in_two if apart else _in_one)(cut, begin, rows, batch, step))

    def _walk(self, stretch: Stretch, n: tf.Tensor, state: State) -> State:
        """Run the ticks of a stretch, starting from `state`."""
        per_epoch = self._timeline.ticks_per_epoch
        epoch_began = state[1] - state[1] % per_epoch  # else the next epoch looks like this one

        def inside(*state: tf.Tensor) -> tf.Tensor:
            k, now, _, finite, *_ = state
            position = now - epoch_began
            return (k < n) & finite & (position >= stretch.begin) & (position < stretch.end)

        def tick(*state: tf.Tensor) -> State:
            k, now, row, _, losses, logs = state
            loss, values = stretch.work(row, now - epoch_began)
            losses, logs = losses.write(k, loss), logs.write(k, values)
            return k + 1, now + 1, row + stretch.rows, tf.math.is_finite(loss), losses, logs

        if stretch.afresh:
            self._start_afresh(state[1] % per_epoch, stretch.begin)
        return _while(inside, tick, state)

    def _start_afresh(self, position: tf.Tensor, begin: int) -> None:
        """Reset the metrics when training or validation of an epoch begins, as Keras does."""

        def reset(_: tf.Tensor) -> State:
            self._model.reset_metrics()
            return (tf.constant(False),)

        _while(lambda wanted: wanted, reset, (tf.equal(position, begin),))

    def _train_step(self, batch: Tensors) -> Measured:
        self._kept.clear()
        logs = self._model.train_step(batch)
        loss = self._kept[-1] if self._kept else logs["loss"]
        return tf.cast(loss, tf.float32), self._values(logs)

    def _test_step(self, batch: Tensors) -> Measured:
        logs = self._model.test_step(batch)
        return tf.cast(logs["loss"], tf.float32), self._values(logs)

    def _values(self, logs: dict[str, tf.Tensor]) -> tf.Tensor:
        return tf.stack([tf.cast(logs[name], tf.float32) for name in self._metric_names()])

    def _metric_names(self) -> tuple[str, ...]:
        if not self.names:
            names = self._model.get_metrics_result()
            self.names = tuple(sorted(names, key=lambda name: (name != "loss", name)))
        return self.names

    def _held_out(self, data: Dataset) -> Tensors:
        """Return the validation data as (V, B, ...), with the last batch padded.

        A single batch is stored twice: XLA would know its index, move its whole pass out of the
        loop, as no weight changes in it, and run it in every chunk.
        """
        if self._validating is None or data.validation is None:
            return ()
        indices = self._validating.indices(np.arange(self._validating.samples))
        indices = np.repeat(indices, 2, axis=0) if len(indices) == 1 else indices
        held_out = data.validation.x, data.validation.y
        return tf.nest.map_structure(lambda a: tf.constant(a[indices]), held_out)


def _in_two(cut: Cut, begin: int, rows: int, batch: Batch, step: Step) -> Iterator[Stretch]:
    """Yield the whole batches of a cut, then the shorter last one if there is one."""

    def all_of_it(row: tf.Tensor, position: tf.Tensor) -> Measured:
        return step(batch(row, position))

    def part(row: tf.Tensor, position: tf.Tensor) -> Measured:
        return step(_shortened(batch(row, position), cut.last))

    whole = cut.count if cut.last == cut.size else cut.count - 1
    yield Stretch(begin, begin + whole, rows, all_of_it, afresh=True)
    if whole < cut.count:
        yield Stretch(begin + whole, begin + cut.count, rows, part, afresh=False)


def _in_one(cut: Cut, begin: int, rows: int, batch: Batch, step: Step) -> Iterator[Stretch]:
    """Yield the batches of a cut, each of its own length: half the graph to prepare."""
    end = begin + cut.count

    def of_its_length(row: tf.Tensor, position: tf.Tensor) -> Measured:
        length = tf.where(tf.equal(position, end - 1), cut.last, cut.size)
        return step(_shortened(batch(row, position), length))

    yield Stretch(begin, end, rows, of_its_length, afresh=True)


def _shortened(batch: Tensors, length: int | tf.Tensor) -> Tensors:
    """Return a batch without its padding."""
    return tf.nest.map_structure(lambda a: a[:length], batch)


def _while(condition: Callable[..., tf.Tensor], body: Callable[..., State], state: State) -> State:
    return tuple(tf.while_loop(condition, body, state, parallel_iterations=1))


def _of_any_length(step: Step, arrays: Arrays) -> Step:
    """Return `step`, traced once for whole batches and the shorter last one: tracing is slow."""
    if any(a is None for a in tf.nest.flatten(arrays)):
        return step
    spec = tf.nest.map_structure(lambda a: tf.TensorSpec((None, *a.shape[1:]), a.dtype), arrays)
    traced_once: Step = tf.function(step, input_signature=[spec], autograph=False)
    return traced_once


def _ticks(stretches: list[Stretch]) -> int:
    return stretches[-1].end - stretches[0].begin


@contextmanager
def _kept_losses(model: keras.Model) -> Iterator[list[tf.Tensor]]:
    """Collect what `model.compute_loss` returns: the batch's own loss, which the logs average."""
    kept: list[tf.Tensor] = []
    original = model.compute_loss

    def compute_loss(*args: Any, **kwargs: Any) -> tf.Tensor:
        kept.append(original(*args, **kwargs))
        return kept[-1]

    model.compute_loss = compute_loss
    try:
        yield kept
    finally:
        del model.compute_loss
