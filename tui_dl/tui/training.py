"""Runs sessions in a worker thread and hands their events to the app's own thread."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.app import App

from tui_dl.engine.control import Control
from tui_dl.engine.session import Session, layer_table
from tui_dl.events import Event, Finished, Layer
from tui_dl.lesson import Lesson, LessonError
from tui_dl.runs.index import list_runs
from tui_dl.runs.writer import RunWriter
from tui_dl.tui.background import step_back
from tui_dl.tui.run_view import RunView

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What to train."""

    lesson: Lesson[Any]
    parameters: Any
    seed: int = 0
    experiment: str | None = None


class Training:
    """One session at a time. The worker appends events; the app drains them on a timer."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._events: deque[Event] = deque()
        self._keras = threading.Lock()  # building a preview beside a run would share its seeds
        self._drawing = threading.Lock()
        self._wanted: Order | None = None
        self.control = Control()
        self.busy = False
        self.order: Order | None = None
        self.writer: RunWriter | None = None

    def start(self, order: Order, *, paused: bool = False) -> None:
        """Begin a run; `paused` trains a single step first."""
        assert not self.busy
        self.control, self.order = Control(), order
        if paused:
            self.control.step()
        self.busy = True
        self._in_worker(self._train, order, self.control)

    def drain(self) -> list[Event]:
        """The events since the last call."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def preview(self, order: Order, show: Callable[[list[Layer]], None]) -> None:
        """Build the model of these settings and call `show` with its layer table."""
        if not self.busy:
            self._in_worker(self._preview, order, show, group="preview")

    def explore(self, order: Order, show: Callable[[RunView], None], keep: bool) -> None:
        """Draw the pictures of an explorer's settings and call `show` with them.

        With `keep` they are recorded as a run, where the lesson has none yet.
        """
        self._wanted = order
        self._in_worker(self._explore, order, show, keep, group="explore")

    def _in_worker(self, work: Callable[..., None], *args: Any, group: str = "training") -> None:
        def behind() -> None:
            step_back()
            work(*args)

        self._app.run_worker(behind, thread=True, exclusive=True, exit_on_error=False, group=group)

    def _train(self, order: Order, control: Control) -> None:
        try:
            with self._keras, RunWriter(order.lesson.id) as self.writer:
                self._session(order, control, self.writer).run()
        except LessonError as error:
            self._events.append(Finished(status="failed", message=str(error)))
        except Exception as error:
            LOG.exception("the run broke off")
            self._events.append(Finished(status="failed", message=f"{error}"))
        finally:
            self.busy = False

    def _session(self, order: Order, control: Control, writer: RunWriter) -> Session:
        def emit(event: Event) -> None:
            writer(event)
            self._events.append(event)

        return Session(
            order.lesson,
            order.parameters,
            seed=order.seed,
            emit=emit,
            control=control,
            experiment=order.experiment,
            asks=True,
            save_to=writer.directory,
        )

    def _explore(self, order: Order, show: Callable[[RunView], None], keep: bool) -> None:
        with self._drawing:
            if order is self._wanted:  # else a later change has overtaken this one
                self._app.call_from_thread(show, RunView(_explored(order, keep)))

    def _preview(self, order: Order, show: Callable[[list[Layer]], None]) -> None:
        import numpy as np

        from tui_dl.engine import device

        if not order.lesson.model:
            return
        try:
            with self._keras:
                device.load()
                data = order.lesson.data(order.parameters, np.random.default_rng(order.seed))
                layers = layer_table(order.lesson.model(order.parameters, data))
        except Exception:
            LOG.exception("no layer table for %s", order.lesson.id)
            return
        self._app.call_from_thread(show, layers)


def _explored(order: Order, keep: bool) -> list[Event]:
    events: list[Event] = []
    keep = keep and not list_runs(order.lesson.id)

    def emit(event: Event) -> None:
        events.append(event)
        if keep:
            writer(event)

    try:
        with RunWriter(order.lesson.id) as writer:
            Session(order.lesson, order.parameters, seed=order.seed, emit=emit).run()
    except (LessonError, OSError) as error:
        events.append(Finished(status="failed", message=str(error)))
    return events
