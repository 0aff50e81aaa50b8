"""Runs the ticks of fused.py with one Keras call each: the reference, for `--compile keras`."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tui_dl.engine.batches import Tensors
from tui_dl.engine.fused import Ticks
from tui_dl.engine.workload import Workload

Logs = Any  # a dict of tensors by metric


class KerasSteps:
    """Runs ticks through Keras's own functions. Its losses are means over the epoch so far."""

    def __init__(self, workload: Workload) -> None:
        self._model, self._data = workload.model, workload.data
        self._training, self._validating = workload.training, workload.validating
        self._timeline, self._windows = workload.timeline, workload.windows
        self.names: tuple[str, ...] = ()

    def compile(self) -> None:
        """Create Keras's own compiled functions; they are traced at the first step."""
        self._model.make_train_function()
        self._model.make_test_function()
        names = self._model.get_metrics_result()
        self.names = tuple(sorted(names, key=lambda name: (name != "loss", name)))

    def ready(self, tick: int, patience: float = 0.0) -> bool:
        """Return True: Keras compiles at the first steps."""
        return True

    def room(self, tick: int) -> int:
        """Return the largest number of ticks that one call can run from `tick` on."""
        return min(64, self._timeline.ticks - tick)

    def run(self, tick: int, n: int) -> Ticks:
        """Run `n` ticks; fewer if the loss is no longer finite."""
        rows: list[list[float]] = []
        for each in range(tick, tick + n):
            logs = self._tick(*self._timeline.place(each))
            rows.append([float(logs[name]) for name in self.names])
            if not np.isfinite(rows[-1][0]):
                break
        logs_array = np.array(rows, np.float32).reshape(len(rows), len(self.names))
        return Ticks(logs_array[:, 0], logs_array)

    def _tick(self, epoch: int, position: int) -> Logs:
        steps = self._timeline.steps_per_epoch
        if position in (0, steps):
            self._model.reset_metrics()
        if position < steps:
            x, y = self._batch(epoch * steps + position, position)
            return self._model.train_function(iter([(x, y)]))
        x, y = self._held_out(position - steps)
        return self._model.test_function(iter([(x, y)]))

    def _batch(self, step: int, position: int) -> Tensors:
        batches, first = self._windows.at(step)
        size = self._training.last if position == self._training.count - 1 else self._training.size
        return tf.nest.map_structure(lambda a: a[step - first][:size], batches)

    def _held_out(self, index: int) -> Tensors:
        assert self._validating is not None
        begin = index * self._validating.size
        part = slice(begin, begin + self._validating.size)
        held_out = self._data.held_out
        return tf.nest.map_structure(lambda a: a[part], (held_out.x, held_out.y))
