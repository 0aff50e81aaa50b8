"""The fused step: many training steps and validation batches inside one compiled call.

`chunk` walks over ticks (see timeline.py) in a loop that TensorFlow compiles once, with the number
of ticks as a tensor. Each tick calls the model's own `train_step` or `test_step`, so losses,
metrics, dropout seeds and learning-rate schedules stay exactly Keras's.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from tui_dl.engine.batches import Cut, Windows
from tui_dl.engine.timeline import Timeline
from tui_dl.lesson import Dataset

CHUNK_TICKS = 16_384


@dataclass(frozen=True)
class Ticks:
    """What a chunk gave: `losses` (n,) one a tick, `logs` (n, metrics) running over the epoch."""

    losses: np.ndarray
    logs: np.ndarray


class FusedSteps:
    """Runs ticks of a run in compiled chunks; `xla` chooses the compiler."""

    def __init__(
        self,
        model: Any,
        data: Dataset,
        timeline: Timeline,
        windows: Windows,
        cuts: tuple[Cut, Cut | None],
        *,
        xla: bool,
    ) -> None:
        self._model, self._timeline, self._windows, self._xla = model, timeline, windows, xla
        self._training, self._validating = cuts
        self._validation = self._held_out(data)
        self.names: tuple[str, ...] = ()
        self.longest = int(min(timeline.ticks, CHUNK_TICKS))
        self._chunk = tf.function(self._ticks, jit_compile=xla, autograph=False)

    def compile(self) -> None:
        """Trace and compile: a call of no ticks, which changes nothing."""
        self.run(0, 0)

    def room(self, tick: int) -> int:
        """The most ticks that one call from `tick` on can run."""
        step = self._timeline.steps_before(tick)
        end = self._timeline.tick_after(step + self._windows.room(step))
        return min(self.longest, end - tick, self._timeline.ticks - tick)

    def run(self, tick: int, n: int) -> Ticks:
        """Run `n` ticks from `tick` on; fewer where the loss stops being finite (the last one)."""
        step = min(self._timeline.steps_before(tick), self._timeline.steps - 1)
        batches, first = self._windows.at(step)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done, losses, logs = self._chunk(
                batches, self._validation, tf.constant(tick), tf.constant(n), tf.constant(first)
            )
        done = int(done)
        return Ticks(losses.numpy()[:done], logs.numpy()[:done])

    # Inside the compiled function.

    def _ticks(self, batches: Any, validation: Any, tick: Any, n: Any, first: Any) -> Any:
        with _kept_losses(self._model) as kept:
            self._kept = kept
            return self._loop(batches, validation, tick, n, first)

    def _loop(self, batches: Any, validation: Any, tick: Any, n: Any, first: Any) -> Any:
        size = self.longest if self._xla else n
        width = len(self._metric_names())
        losses = tf.TensorArray(tf.float32, size, element_shape=())
        logs = tf.TensorArray(tf.float32, size, element_shape=(width,))

        def body(k: Any, now: Any, finite: Any, losses: Any, logs: Any) -> Any:
            loss, row = self._tick(batches, validation, now, first)
            losses, logs = losses.write(k, loss), logs.write(k, row)
            return k + 1, now + 1, tf.math.is_finite(loss), losses, logs

        k, _, _, losses, logs = tf.while_loop(
            lambda k, now, finite, losses, logs: (k < n) & finite,
            body,
            (tf.constant(0), tick, tf.constant(True), losses, logs),
            parallel_iterations=1,
        )
        return k, losses.stack(), logs.stack()

    def _tick(self, batches: Any, validation: Any, tick: Any, first: Any) -> Any:
        steps, per_epoch = self._timeline.steps_per_epoch, self._timeline.ticks_per_epoch
        epoch, position = tick // per_epoch, tick % per_epoch
        self._start_afresh(position)
        # Taken here, not in the branches: what a branch captures, XLA may copy at every tick.
        batch = _row_of(batches, epoch * steps + position - first)
        train = partial(_whole_or_part, self._training, position == steps - 1, batch)
        if self._validating is None:
            return train(self._train_step)
        held_out = _row_of(validation, tf.maximum(position - steps, 0))
        test = partial(_whole_or_part, self._validating, position == per_epoch - 1, held_out)
        return tf.cond(
            position < steps, lambda: train(self._train_step), lambda: test(self._test_step)
        )

    def _start_afresh(self, position: Any) -> None:
        """Reset the metrics where training or validation of an epoch begins, as Keras does."""
        begins = (position == 0) | (position == self._timeline.steps_per_epoch)

        def reset() -> Any:
            self._model.reset_metrics()
            return tf.constant(0)

        tf.cond(begins, reset, lambda: tf.constant(0))

    def _train_step(self, batch: Any) -> Any:
        self._kept.clear()
        logs = self._model.train_step(batch)
        loss = self._kept[-1] if self._kept else logs["loss"]
        return tf.cast(loss, tf.float32), self._row(logs)

    def _test_step(self, batch: Any) -> Any:
        logs = self._model.test_step(batch)
        return tf.cast(logs["loss"], tf.float32), self._row(logs)

    def _row(self, logs: Any) -> Any:
        return tf.stack([tf.cast(logs[name], tf.float32) for name in self._metric_names()])

    def _metric_names(self) -> tuple[str, ...]:
        if not self.names:
            names = self._model.get_metrics_result()
            self.names = tuple(sorted(names, key=lambda name: (name != "loss", name)))
        return self.names

    def _held_out(self, data: Dataset) -> Any:
        """The validation data as (V, B, ...), the last batch filled up."""
        if self._validating is None:
            return ()
        indices = self._validating.indices(np.arange(self._validating.samples))
        return tf.nest.map_structure(lambda a: tf.constant(a[indices]), (data.x_val, data.y_val))


def _row_of(batches: Any, index: Any) -> Any:
    """One batch of (W, B, ...); an index outside, on a tick that needs none, takes the nearest."""

    def take(a: Any) -> Any:
        return a[tf.clip_by_value(index, 0, a.shape[0] - 1)]

    return tf.nest.map_structure(take, batches)


def _whole_or_part(cut: Cut, last: Any, batch: Any, step: Any) -> Any:
    """`step(batch)`, with the filling cut off where the batch is the shorter last one."""
    if cut.last == cut.size:
        return step(batch)
    part = tf.nest.map_structure(lambda a: a[: cut.last], batch)
    return tf.cond(last, lambda: step(part), lambda: step(batch))


@contextmanager
def _kept_losses(model: Any) -> Iterator[list[Any]]:
    """Collects what `model.compute_loss` returns: the batch's own loss, which the logs average."""
    kept: list[Any] = []
    original = model.compute_loss

    def compute_loss(*args: Any, **kwargs: Any) -> Any:
        kept.append(original(*args, **kwargs))
        return kept[-1]

    model.compute_loss = compute_loss
    try:
        yield kept
    finally:
        del model.compute_loss
