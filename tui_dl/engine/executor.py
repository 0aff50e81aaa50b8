"""Runs the steps of a Keras model with XLA, with TensorFlow's graph, or with Keras itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal

import tensorflow as tf

from tui_dl.engine.fused import FusedSteps, Ticks
from tui_dl.engine.keras_steps import KerasSteps
from tui_dl.engine.workload import Workload

LOG = logging.getLogger(__name__)
Mode = Literal["xla", "graph", "keras"]
UNCOMPILABLE = tf.errors.OpError  # also raised if compiled code cannot be written: a full disk
GLANCE = 0.05  # seconds between two checks of a compilation


class Executor:
    """Runs ticks in the chosen mode; falls back to the graph if XLA cannot compile them."""

    def __init__(self, workload: Workload, mode: Mode) -> None:
        self._workload = workload
        self.mode: Mode = mode
        self._steps: FusedSteps | KerasSteps = self._of_mode()

    def _of_mode(self) -> FusedSteps | KerasSteps:
        if self.mode == "keras":
            return KerasSteps(self._workload)
        return FusedSteps(self._workload, xla=self.mode == "xla")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the metrics in a row of logs, the loss first."""
        return self._steps.names

    def compile(self, glance: Callable[[], None]) -> None:
        """Compile what the first ticks need; call `glance` meanwhile: its errors end the wait."""
        try:
            self._compile(glance)
        except UNCOMPILABLE as error:
            self.fall_back(error)
            self._compile(glance)

    def _compile(self, glance: Callable[[], None]) -> None:
        self._steps.compile()
        while not self._steps.ready(0, GLANCE):
            glance()

    def fall_back(self, error: Exception) -> None:
        """Use the graph from now on. Raise `error` if XLA was not in use."""
        if self.mode != "xla":
            raise error
        LOG.warning("XLA failed, so the graph is used: %s", error)
        self.mode = "graph"
        self._steps = self._of_mode()

    def compile_again(self) -> None:
        """Begin to compile after a fallback."""
        self._steps.compile()

    def ready(self, tick: int) -> bool:
        """True if the ticks from this one on are compiled. Raises UNCOMPILABLE errors."""
        return self._steps.ready(tick)

    def room(self, tick: int) -> int:
        """Return the largest number of ticks that one call can run from `tick` on."""
        return self._steps.room(tick)

    def run(self, tick: int, n: int) -> Ticks:
        """Run `n` ticks; fewer if the loss is no longer finite."""
        return self._steps.run(tick, n)

    def seconds(self, tick: int, n: int) -> float:
        """Measure the seconds per tick, over `n` ticks."""
        self.run(tick, 1)  # the first is slower than the rest
        began = time.perf_counter()
        self.run(tick, n)
        return (time.perf_counter() - began) / n
