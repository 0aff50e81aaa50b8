"""Writes a run's events into a directory of its own."""

from __future__ import annotations

import errno
import os
import threading
import time
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from tui_dl import paths
from tui_dl.events import Epoch, Event, Finished, Note, Progress, Started, State, to_json
from tui_dl.runs import owner

EVENTS, LOG, MODEL = "events.jsonl", "run.log", "model.keras"
PART = "part.keras"  # a model that is being saved


class RunWriter:
    """A sink for events: `writer(event)`.

    The directory's name is fixed at once, so that `Session(save_to=writer.directory)` can be told,
    but nothing is written before the Started event: a run that cannot start leaves no trace.
    State events are kept out of the record; they go to `run.log`. Every event is one unbuffered
    write (about 10 µs), so a killed run keeps all that it had said.

    Raises OSError when the directory or a line cannot be written.
    """

    def __init__(self, lesson: str, root: Path | None = None) -> None:
        self.directory = _unused(root or paths.runs(), lesson)
        self.started = False
        self._events: FileIO | None = None
        self._log: FileIO | None = None
        self._waiting: list[str] = []  # log lines from before the directory exists
        self._so_far = Finished(status="stopped")
        self._writing = threading.RLock()

    @property
    def name(self) -> str:
        """The run's name: time (UTC), lesson and four digits that make it unique."""
        return self.directory.name

    @property
    def log_file(self) -> Path:
        """The run's own log, for people."""
        return self.directory / LOG

    def check(self) -> None:
        """Raise OSError where the directory could not be made, before anything is trained."""
        there = next(each for each in self.directory.absolute().parents if each.exists())
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))

    def __call__(self, event: Event) -> None:
        """Record one event."""
        with self._writing:
            self._record(event)

    def cut_short(self, message: str) -> None:
        """End the record of a run that goes on, with the figures so far; nothing follows them.

        For a process that cannot wait for the run's own end.
        """
        with self._writing:
            if self._events:
                self._record(self._so_far.model_copy(update={"message": message}))
            (self.directory / PART).unlink(missing_ok=True)

    def _record(self, event: Event) -> None:
        if isinstance(event, Started) and not self.started:
            self._create()
        if line := _in_words(event):
            self._say(line)
        if self._events and not isinstance(event, State):
            _write_line(self._events, to_json(event))
        if isinstance(event, Progress | Epoch):
            self._so_far = _after(self._so_far, event)
        if isinstance(event, Finished):
            self.close()

    def close(self) -> None:
        """End the writing; a run without a Finished event then counts as interrupted."""
        for file in (self._events, self._log):
            if file:
                file.close()
        if self._events:
            owner.release(self.directory)
        self._events = self._log = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def _create(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=False)
        owner.claim(self.directory)
        # Appending, so that two writers of one log (this one and a redirected descriptor) mix by
        # whole lines and never overwrite each other.
        self._events = FileIO(self.directory / EVENTS, "a")
        self._log = FileIO(self.directory / LOG, "a")
        self.started = True
        for line in self._waiting:
            _write_line(self._log, line)
        self._waiting.clear()

    def _say(self, text: str) -> None:
        line = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}"
        if self._log:
            _write_line(self._log, line)
        elif not self.started:
            self._waiting.append(line)


def _after(so_far: Finished, event: Progress | Epoch) -> Finished:
    """What a run that ends after this event has come to."""
    return Finished(
        status="stopped",
        metrics=so_far.metrics | event.metrics,
        steps=event.step,
        epochs=so_far.epochs + isinstance(event, Epoch),
        seconds=event.seconds,
    )


def _unused(root: Path, lesson: str) -> Path:
    """`20261121-031500-perceptron-1a2b`: the digits are 1/65536 s, so names sort by time."""
    now = time.time()
    stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{lesson}"
    tick = int(now % 1 * 65536)
    while (root / f"{stamp}-{tick:04x}").exists():
        tick = (tick + 1) % 65536
    return root / f"{stamp}-{tick:04x}"


def _write_line(file: FileIO, text: str) -> None:
    data = text.encode("utf-8", "replace") + b"\n"
    if file.write(data) != len(data):  # a short write means that the disk has just become full
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file.name))


def _in_words(event: Event) -> str:
    """The event as a line of the log, or nothing where the log would only grow."""
    match event:
        case State():
            return f"{event.state} {event.detail}".rstrip()
        case Started():
            settings = ", ".join(f"{k}={v}" for k, v in event.hyperparameters.items())
            return f"started {event.lesson} ({settings}; seed {event.seed}; {event.compile})"
        case Note():
            return f"step {event.step}: {event.text}"
        case Finished():
            return (
                f"{event.status} after {event.steps} steps, {event.seconds:.3f} s {event.message}"
            )
    return ""
