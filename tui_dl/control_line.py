"""Joins the control of a run to requests of other processes, on both sides of the socket."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from tui_dl.engine.control import Control, RunState, Wish
from tui_dl.errors import LessonError, ParameterError
from tui_dl.events import Event, Glimpse, State, from_json, to_json
from tui_dl.lesson import Lesson
from tui_dl.runs import owner, requests
from tui_dl.runs.listener import Listener
from tui_dl.runs.requests import Reply, Request

LOG = logging.getLogger(__name__)
WISHES: dict[str, Callable[[Control], None]] = {
    "pause": Control.pause, "resume": Control.resume, "step": Control.step,
    "epoch": Control.step_epoch, "stop": Control.stop,
}  # fmt: skip
FASTEST = 1e9  # steps per second
PATIENCE = 5.0  # seconds for an answer of the other process


class ControlLine:
    """A callback for the events of a run in this process: lets other processes control it.

    It listens within its context. Without a place for a socket the run goes on, and only the log
    says so.
    """

    def __init__(self, control: Control, lesson: Lesson, directory: Callable[[], Path]) -> None:
        self._control, self._lesson, self._directory = control, lesson, directory
        self._listener: Listener | None = None

    def __call__(self, event: Event) -> None:
        """Tell the other processes what the record does not hold."""
        if self._listener and isinstance(event, State | Glimpse):
            self._listener.tell(to_json(event).encode() + b"\n")

    def __enter__(self) -> Self:
        listener = Listener(self._heed, self._present, self._control.viewers.discard, self._beat)
        try:
            listener.open()
            self._listener = listener
        except OSError as error:
            LOG.warning("no other process can control this run: %s", error)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None

    def _present(self) -> Reply:
        return Reply(state=self._control.state, speed=self._control.speed)

    def _beat(self) -> None:
        owner.touch(self._directory())

    def _heed(self, viewer: int, request: Request) -> str:
        """Obey a request; return why not, or ""."""
        control, value = self._control, request.value
        if request.do in WISHES:
            WISHES[request.do](control)
        elif request.do == "watch":
            (control.viewers.add if value else control.viewers.discard)(viewer)
        elif request.do == "set":
            return self._set(request.name, value)
        elif isinstance(value, str | bool) or (value is not None and not 0 < value <= FASTEST):
            return f"speed: {value!r} is not a number from 0 to {FASTEST:g}"
        else:
            control.speed = value
        return ""

    def _set(self, name: str, value: Any) -> str:
        parameters = self._lesson.parameters
        try:
            checked = getattr(parameters.of({name: value}), name)
        except ParameterError as error:
            return str(error)
        if not parameters.field(name).live:
            return f"{name} cannot be changed during a run"
        self._control.set(name, checked)
        return ""


class RemoteControl(Control):
    """The control of a run in another process: its requests go through the socket.

    `tell` gets the states and pictures that the process sends, and `refused` what it refuses; both
    in the thread that reads.
    """

    _link: socket.socket | None = None
    _looks = False

    def __init__(self, tell: Callable[[Event], None], refused: Callable[[str], None]) -> None:
        super().__init__()
        self._tell, self._refused = tell, refused

    def connect(self, directory: Path) -> None:
        """Reach the process that writes the run. Raise LessonError if it does not answer."""
        writer = owner.noted(directory)
        if writer is None:
            raise LessonError(f"{directory.name} is not running")
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(PATIENCE)
        try:
            link.connect(str(requests.socket_of(writer.pid)))
            lines = link.makefile("rb")
            self._take(lines.readline(requests.LINE))
        except (OSError, ValueError) as error:
            link.close()
            why = f"the process that trains {directory.name} does not answer ({error})"
            raise LessonError(f"{why}; `dlworkbench watch` follows it") from None
        link.settimeout(None)
        self._link = link
        threading.Thread(target=self._read, args=(lines,), name="replies", daemon=True).start()

    def disconnect(self) -> None:
        """Leave the run as it is."""
        if self._link:
            with contextlib.suppress(OSError):
                self._link.shutdown(socket.SHUT_RDWR)
            self._link.close()
            self._link = None

    @property
    def connected(self) -> bool:
        """True until `disconnect`."""
        return self._link is not None

    def _read(self, lines: Any) -> None:
        with contextlib.suppress(OSError, ValueError), lines:
            while line := lines.readline():
                self._take(line)

    def _take(self, line: bytes) -> None:
        """Heed a line of the other process. Raise ValueError for one that is damaged."""
        if line.startswith(b'{"kind":"reply"'):
            reply = Reply.model_validate_json(line)
            if reply.state:
                self.enter(cast(RunState, reply.state))
                self._speed = reply.speed
                self._tell(State(state=reply.state))
            if reply.refused:
                self._refused(reply.refused)
            return
        event = from_json(line)
        if isinstance(event, State):
            self.enter(cast(RunState, event.state))
        self._tell(event)

    def _send(self, do: requests.Do, name: str = "", value: Any = None) -> None:
        if self._link:
            with contextlib.suppress(OSError):  # the process has ended, as its record will show
                self._link.sendall(requests.written(Request(do=do, name=name, value=value)))

    # Requests of the user.

    def _ask(self, wish: Wish) -> None:
        super()._ask(wish)
        self._send("resume" if wish == "run" else wish)

    def set(self, name: str, value: Any) -> None:
        """Change a live hyperparameter at the next opportunity."""
        self._send("set", name, value)

    @property
    def watched(self) -> bool:
        """True while this process shows the pictures."""
        return self._looks

    @watched.setter
    def watched(self, value: bool) -> None:
        if value != self._looks:
            self._looks = value
            self._send("watch", value=value)

    @property
    def speed(self) -> float | None:
        """The limit in steps per second, or None for full speed."""
        return self._speed

    @speed.setter
    def speed(self, value: float | None) -> None:
        self._speed = value
        self._send("speed", value=value)
