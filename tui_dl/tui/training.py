"""Runs sessions in a worker thread and hands their events to the app's thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tui_dl.attachment import Attachment
from tui_dl.control_line import ControlLine, RemoteControl
from tui_dl.engine import heap
from tui_dl.engine.control import Control
from tui_dl.engine.session import UNBEGUN, Session
from tui_dl.errors import LessonError
from tui_dl.events import Event, Finished, Layer, State
from tui_dl.lesson import Lesson
from tui_dl.measurements import fingerprint
from tui_dl.parameters import Hyperparameters
from tui_dl.resumption import Resumption, in_another_process
from tui_dl.runs.index import list_runs
from tui_dl.runs.writer import RunWriter
from tui_dl.tui.background import behind, hand_over, stepped_back
from tui_dl.tui.run_view import RunView
from tui_dl.tui.runtime.guard import GuardedApp

if TYPE_CHECKING:
    from tui_dl.engine.prepared import Prepared

LOG = logging.getLogger(__name__)
WAITING = "waiting for the model that is being prepared"


@dataclass(frozen=True)
class RunRequest:
    """A request to train: the lesson and its settings."""

    lesson: Lesson
    parameters: Hyperparameters
    seed: int = 0
    experiment: str | None = None
    device: str = "auto"

    def same_numbers(self, other: RunRequest | None) -> bool:
        """True if both give the same run; the experiment's name makes no difference."""
        return other is not None and self._settings() == other._settings()

    def _settings(self) -> tuple[str, Hyperparameters, int, str]:
        return self.lesson.id, self.parameters, self.seed, self.device


ShowBuilt = Callable[[RunRequest, list[Layer], RunView], None]
ShowDevices = Callable[[str, tuple[str, ...]], None]
ShowRun = Callable[[RunRequest, RunView], None]


class _AheadStopped(Exception):
    """A stop was requested before the run could start."""


class Training:
    """Runs one session at a time. Its thread appends events; the app drains them on a timer."""

    def __init__(self, app: GuardedApp) -> None:
        self._app = app
        self._events: deque[Event] = deque()  # only of the latest run
        self._keras = threading.Lock()  # a model built during a run would share its seeds
        self._drawing = threading.Lock()
        self._wanted: RunRequest | None = None
        self._ahead: RunRequest | None = None  # is prepared, or will be once Keras is free
        self._prepared: Prepared | None = None  # for that request
        self.preparer: threading.Thread | None = None
        self.control = Control()
        self.busy = False
        self.request: RunRequest | None = None
        self.writer: RunWriter | None = None  # of a run in this process
        self.attached: Attachment | None = None  # a run in another process
        self.stays = False  # the run goes on after the screen has gone

    @property
    def run(self) -> str | None:
        """The name of the latest run, once it has one."""
        if self.attached:
            return self.attached.directory.name
        return self.writer.name if self.writer else None

    @property
    def trains(self) -> bool:
        """True while a run is trained in this process."""
        return self.busy and self.attached is None

    def start(
        self, request: RunRequest, *, paused: bool = False, resumes: Resumption | None = None
    ) -> bool:
        """Start a run, with `paused` for one step only, or go on with one that was interrupted.

        Return False if one is in progress.
        """
        if self.busy:
            return False
        self._begin(Control(), request, deque())
        if paused:
            self.control.step()
        self._in_worker(self._train, request, self.control, self._events, resumes)
        return True

    def _begin(
        self,
        control: Control,
        request: RunRequest,
        events: deque[Event],
        attached: Attachment | None = None,
    ) -> None:
        """Replace the latest run; its late events are not taken for the new one's."""
        self.control, self.request, self.attached = control, request, attached
        self._events, self.writer, self.busy = events, None, True

    def attach(
        self, found: Attachment, request: RunRequest, refused: Callable[[str], None]
    ) -> bool:
        """Follow and control a run of another process; return False if a run is in progress.

        `refused` gets the reason if that process refuses a request.
        """
        if self.busy:
            return False
        events: deque[Event] = deque()
        control = RemoteControl(events.append, partial(hand_over, self._app, refused))
        self._begin(control, request, events, found)
        self._in_worker(self._follow, found, control, events)
        return True

    def let_go(self) -> None:
        """Stop a run of this process, unless it stays; leave that of another process as it is."""
        if isinstance(self.control, RemoteControl):
            self.control.disconnect()
        elif not self.stays:
            self.control.stop()

    def give_away(self) -> str | None:
        """Let another process go on with the run once this one has left it; return its name.

        Return None if it has not started, or is not kept where it would be found.
        """
        writer = self.writer
        if not (self.trains and writer and writer.begun) or writer.trouble:
            return None
        writer.leave_open()
        in_another_process(writer.name)
        return writer.name

    def wait(self) -> None:
        """Wait for the end of the run."""
        while self.busy:
            time.sleep(0.1)

    def drain(self) -> list[Event]:
        """Return the events since the last call."""
        return [self._events.popleft() for _ in range(len(self._events))]

    def load(self, loaded: ShowDevices) -> None:
        """Load Keras; call `loaded` with the device's name and the devices to choose from."""
        behind(self._load, loaded)

    def prepare(self, request: RunRequest, show: ShowBuilt) -> None:
        """Do what comes before the first step, unless that is under way, or a run goes on.

        `show` is called with the layer table as soon as the model is built, and again with the
        pictures of the untrained model.
        """
        if not (self.busy or request.same_numbers(self._ahead)):
            self._ahead = request
            self.preparer = behind(self._prepare, request, show)

    def explore(self, request: RunRequest, show: ShowRun, keep: bool) -> None:
        """Draw the pictures of an explorer's settings; call `show` with the request and the run.

        With `keep`, record them as a run if the lesson has none yet.
        """
        self._wanted = request
        self._in_worker(self._explore, request, show, keep, group="explore")

    def _in_worker(self, work: Callable[..., None], *args: Any, group: str = "training") -> None:
        self._app.run_worker(
            stepped_back(work, *args), group=group, thread=True, exclusive=True, exit_on_error=False
        )

    def _load(self, loaded: ShowDevices) -> None:
        from tui_dl.engine import device, placement

        device.load()
        hand_over(self._app, loaded, device.describe(), placement.choices())

    def _prepare(self, request: RunRequest, show: ShowBuilt) -> None:
        with self._keras:
            if request is not self._ahead:  # a later request or a run has replaced this one
                return
            self._prepared = None
            try:
                session = Session(
                    request.lesson, request.parameters, seed=request.seed, device=request.device,
                    emit=_nobody,
                )  # fmt: skip
                self._prepared = session.ahead(
                    lambda layers, drawn: hand_over(
                        self._app, show, request, layers, RunView(drawn)
                    )
                )
            except LessonError as error:  # such as missing data: the run will report it
                LOG.info("%s is not prepared: %s", request.lesson.id, error)
            except Exception:
                LOG.exception("%s could not be prepared", request.lesson.id)
            heap.trim()

    def _take(self, request: RunRequest) -> Prepared | None:
        """Return what was prepared for this request, once; drop anything else."""
        found = self._prepared if request.same_numbers(self._ahead) else None
        self._ahead = self._prepared = None
        return found

    @contextmanager
    def _keras_free(self, control: Control, events: deque[Event]) -> Iterator[None]:
        """Wait until the preparation under way is done; a request to stop ends the wait."""
        if not self._keras.acquire(blocking=False):
            events.append(State(state="preparing", detail=WAITING))
            while not self._keras.acquire(timeout=0.05):
                if control.stopping:
                    raise _AheadStopped
        try:
            yield
        finally:
            heap.trim()
            self._keras.release()

    def _train(
        self,
        request: RunRequest,
        control: Control,
        events: deque[Event],
        resumes: Resumption | None,
    ) -> None:
        try:
            tell = events.append
            writer = resumes.writer(tell) if resumes else RunWriter(request.lesson.id, tell=tell)
            line = ControlLine(control, request.lesson, lambda: writer.directory)
            with self._keras_free(control, events), writer, line:
                self.writer = writer
                prepared = self._take(request)
                told = (writer, line, partial(self._show, events))
                self._session(request, control, writer, prepared, resumes, told).run()
        except _AheadStopped:
            events.append(Finished(status="stopped", message=UNBEGUN))
        except LessonError as error:
            events.append(Finished(status="failed", message=str(error)))
        except Exception as error:
            LOG.exception("the run of %s failed", request.lesson.id)
            events.append(Finished(status="failed", message=f"{error}"))
        finally:
            self.busy = False

    def _show(self, events: deque[Event], event: Event) -> None:
        """Keep an event for the screen, while there is one."""
        if not self.stays:
            events.append(event)

    def _follow(self, found: Attachment, control: RemoteControl, events: deque[Event]) -> None:
        try:
            control.connect(found.directory)
            found.follow(control, events.append)
        except LessonError as error:
            events.append(Finished(status="failed", message=str(error)))
        finally:
            control.disconnect()
            self.busy = False

    @staticmethod
    def _session(
        request: RunRequest,
        control: Control,
        writer: RunWriter,
        prepared: Prepared | None,
        resumes: Resumption | None,
        told: Iterable[Callable[[Event], None]],
    ) -> Session:
        def emit(event: Event) -> None:
            for tell in told:
                tell(event)

        return Session(
            request.lesson,
            request.parameters,
            seed=request.seed,
            emit=emit,
            control=control,
            experiment=request.experiment,
            asks=True,
            save_to=lambda: writer.directory,
            prepared=None if resumes else prepared,  # it may use another compiler
            compile=resumes.compile if resumes else "auto",
            device=request.device,
            code=partial(fingerprint, request.lesson),
            replay=resumes.replay(writer) if resumes else None,
            origin=resumes.origin if resumes else lambda: None,
        )

    def _explore(self, request: RunRequest, show: ShowRun, keep: bool) -> None:
        with self._drawing:
            if request is self._wanted:  # else a later change has replaced this one
                hand_over(self._app, show, request, RunView(_explored(request, keep)))


def _nobody(event: Event) -> None:
    """Ignore an event of a session that only prepares."""


def _explored(request: RunRequest, keep: bool) -> list[Event]:
    events: list[Event] = []
    keep = keep and not list_runs(request.lesson.id)

    def emit(event: Event) -> None:
        events.append(event)
        if keep:
            writer(event)

    try:
        with RunWriter(request.lesson.id) as writer:
            Session(request.lesson, request.parameters, seed=request.seed, emit=emit).run()
    except (LessonError, OSError) as error:
        events.append(Finished(status="failed", message=str(error)))
    return events
