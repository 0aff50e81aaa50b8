"""Builds what a session trains: a lesson's data, its model and the runner of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from tui_dl.engine import device
from tui_dl.engine.control import Control
from tui_dl.engine.device import Compile
from tui_dl.engine.layers import layer_table
from tui_dl.engine.placement import RunPlace
from tui_dl.engine.runner import Runner
from tui_dl.events import Event, Layer, State
from tui_dl.lesson import Dataset, Lesson
from tui_dl.parameters import Hyperparameters

if TYPE_CHECKING:
    import keras

    from tui_dl.engine.supervised import SupervisedRunner


class _Fitted(Protocol):
    """The hyperparameters of a fitted model that the engine reads."""

    batch_size: int
    epochs: int


class StopRequested(Exception):
    """A stop was requested before the first step."""


class Builder:
    """Builds for one lesson and seed; the same hyperparameters give the same numbers.

    It reports to `emit` what it does. Everything slow raises StopRequested if `control` asks for a
    stop.
    """

    def __init__(
        self,
        lesson: Lesson,
        seed: int,
        place: RunPlace,
        control: Control,
        emit: Callable[[Event], None],
    ) -> None:
        self.lesson, self.control, self.emit = lesson, control, emit
        self._seed, self._place = seed, place

    def prepare(self, detail: str) -> None:
        """Report what the run waits for next."""
        self.go_on()
        self.control.enter("preparing")
        self.emit(State(state="preparing", detail=detail))

    def compute(self, step: int) -> None:
        """Report that steps which were recorded elsewhere are computed again."""
        self.control.enter("running")
        self.emit(State(state="running", detail=f"computing again up to step {step}"))

    def go_on(self) -> None:
        """Raise StopRequested if a stop was requested."""
        if self.control.stopping:
            raise StopRequested

    def load(self) -> None:
        """Load TensorFlow and Keras."""
        self.prepare("loading TensorFlow")
        device.load()

    def data(self, parameters: Hyperparameters) -> Dataset:
        """Return the lesson's data, made after Keras's state was cleared and seeded."""
        self.load()
        self._place.begin()
        self.prepare("reading the data")
        import keras
        import numpy as np

        data = self.lesson.data  # loads the module, before anything is seeded
        keras.backend.clear_session()
        keras.utils.set_random_seed(self._seed)
        return data(parameters, np.random.default_rng(self._seed))

    def model(self, parameters: Hyperparameters, data: Dataset) -> keras.Model:
        """Return the lesson's model."""
        assert self.lesson.model is not None
        return self.lesson.model(parameters, data)

    def explorer(self, parameters: Hyperparameters) -> tuple[Runner, Dataset]:
        """Return a runner that trains nothing, and the data; load TensorFlow only if needed."""
        import numpy as np

        from tui_dl.engine.explorer import ExplorerRunner

        if self.lesson.needs_tensorflow:
            device.load()
        return ExplorerRunner(), self.lesson.data(parameters, np.random.default_rng(self._seed))

    def algorithm(self, parameters: Hyperparameters, data: Dataset) -> Runner:
        """Return the runner of a lesson with its own loop."""
        from tui_dl.engine.own_loop import OwnLoopRunner

        self.prepare("building the algorithm")
        return OwnLoopRunner(self.lesson, parameters, data, self._seed)

    def supervised(
        self,
        parameters: Hyperparameters,
        data: Dataset,
        compile: Compile,
        built: Callable[[list[Layer]], None] = lambda layers: None,
    ) -> SupervisedRunner:
        """Return the runner of the lesson's model, prepared up to its first step.

        `built` is called with the model's layers before it is compiled.
        """
        self.prepare("building the model")
        model = self.model(parameters, data)
        if self._place.takes_cpu(model):
            data = self.data(parameters)
            model = self.model(parameters, data)
        built(layer_table(model))
        runner = self._of_model(model, parameters, data, compile)
        self.prepare(f"compiling ({runner.mode})")
        runner.prepare(self.go_on)  # may change the mode, which the started event reports
        return runner

    def _of_model(
        self, model: keras.Model, parameters: Hyperparameters, data: Dataset, compile: Compile
    ) -> SupervisedRunner:
        from tui_dl.engine.batches import training_cut
        from tui_dl.engine.supervised import SupervisedRunner

        settings = cast(_Fitted, parameters)
        steps = training_cut(data, settings.batch_size).count * settings.epochs
        return SupervisedRunner(
            model,
            data,
            batch_size=settings.batch_size,
            epochs=settings.epochs,
            seed=self._seed,
            mode=device.choose(model, compile, steps),
            callbacks=self.lesson.callbacks(parameters) if self.lesson.callbacks else [],
        )
