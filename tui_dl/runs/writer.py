"""Writes the events of a run into its run directory."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tui_dl import paths
from tui_dl.events import Epoch, Event, Finished, Glimpse, Note, Progress, Started, State, to_json
from tui_dl.runs.names import unused
from tui_dl.runs.record import LOG, PART, Record


def _nobody(event: Event) -> None:
    """Ignore the event: the default `tell` of a writer."""


class RunWriter:
    """A callback that records events: `writer(event)`.

    Nothing is written before the Started event: a run that cannot start leaves no trace. State
    events are not recorded; they go to `run.log`. Every event is one unbuffered write (about
    10 µs), so a killed run keeps all its events. The file is synced once a second, so a power
    failure costs the last second.

    If its directory cannot be written, because the disk is full or somebody deleted it, the run
    moves with all its events to the next place in `paths.spare`: `directory` changes, and `tell`
    gets a Note that says so. If there is no place at all, the run continues, and the Note says
    that it is not kept. `trouble` is the text of the last such Note.
    """

    def __init__(
        self, lesson: str, root: Path | None = None, tell: Callable[[Event], None] = _nobody
    ) -> None:
        self.trouble = ""
        try:
            self.directory = unused(root or paths.runs(), lesson)
        except paths.NoHome as error:
            name = unused(Path(), lesson).name
            self.directory = next(iter(paths.spare(name)), Path(name))
            self.trouble = f"{error}; the run is kept in {self.directory}"
        self._chosen = self.directory
        self.lost = False  # no place was left: nothing more is kept
        self._tell = tell
        self._record: Record | None = None
        self._started = b""
        self._waiting: list[str] = []  # log lines from before the directory exists
        self._so_far = Finished(status="stopped")
        self._left = False  # the end is not recorded
        self._writing = threading.RLock()

    @classmethod
    def again(
        cls, directory: Path, so_far: Finished, tell: Callable[[Event], None] = _nobody
    ) -> Self:
        """Return the writer of a run that is resumed; `so_far` is how it would end now.

        Raise OSError if its directory cannot be written.
        """
        writer = cls("", directory.parent, tell)
        writer.directory = writer._chosen = directory
        writer._record = Record(directory)
        writer._started = writer._record.said().partition(b"\n")[0] + b"\n"
        writer._so_far = so_far
        return writer

    def cut(self, size: int) -> None:
        """Drop the recorded events after the first `size` bytes."""
        with self._writing:
            if self._record:
                self._record.cut(size)

    @property
    def name(self) -> str:
        """The run's name: time (UTC), lesson and four digits that make it unique."""
        return self.directory.name

    @property
    def begun(self) -> bool:
        """True once the run has a record that is still written."""
        return self._record is not None

    @property
    def log_file(self) -> Path:
        """The path of the run's log file, for people."""
        return self.directory / LOG

    def check(self) -> None:
        """Raise OSError if a file is in the way of the directory; call this before training."""
        parents = self.directory.absolute().parents
        there = next(each for each in parents if os.path.exists(each))  # noqa: PTH110  never raises
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))

    def __call__(self, event: Event) -> None:
        """Record one event."""
        with self._writing:
            self._keep(event)

    def cut_short(self, message: str) -> None:
        """Record the run as stopped, with its metrics so far, while it still trains.

        For a process that cannot wait for the run to end. Later events are not recorded.
        """
        with self._writing:
            if self._record:
                self._keep(self._so_far.model_copy(update={"message": message}))
            with contextlib.suppress(OSError):
                (self.directory / PART).unlink()

    def leave_open(self) -> None:
        """Record no end and no more notes: the run counts as interrupted and can go on."""
        with self._writing:
            self._left = True

    def _keep(self, event: Event) -> None:
        if self._left and isinstance(event, Note | Finished):
            if isinstance(event, Finished):
                self.close()
            return
        if line := _in_words(event):
            self._say(line)
        if isinstance(event, Started) and not self._started:
            self._begin(event)
        elif self._record:
            self._append(event)
        if isinstance(event, Progress | Epoch):
            self._so_far = _after(self._so_far, event)
        if isinstance(event, Finished):
            self.close()

    def close(self) -> None:
        """Close the record; a run without a Finished event then counts as interrupted."""
        if self._record:
            self._record.close()
            self._check_disk(self._record)
        self._record = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, started: Started) -> None:
        """Create the run directory, or one in another place."""
        if self.trouble:
            self._complain(self.trouble)
        self._started = _line(to_json(started))
        try:
            self._record = self._created(started.lesson)
        except OSError as error:
            self._record = self._elsewhere(error, self._started)
        for line in self._waiting if self._record else ():
            self._log(line)
        self._waiting.clear()

    def _created(self, lesson: str) -> Record:
        """Create the record, under the next name if another run has just taken this one."""
        while True:
            try:
                return Record.new(self.directory, self._started)
            except OSError:
                if not os.path.lexists(self.directory):
                    raise
            self.directory = self._chosen = unused(self.directory.parent, lesson)

    def _append(self, event: Event) -> None:
        assert self._record
        line = b"" if isinstance(event, State | Glimpse) else _line(to_json(event))
        if self.lost and not isinstance(event, Finished):
            return
        try:
            self._record.write(line)
        except OSError as error:
            if not self.lost:
                self._move(self._record, error, line, getattr(event, "step", 0))
        self._check_disk(self._record)

    def _move(self, full: Record, error: OSError, line: bytes, step: int) -> None:
        """Move the record, with the event that did not fit, to another place."""
        try:
            said = full.said()
        except OSError:
            said = self._started
        record = self._elsewhere(error, said + line, step)
        with contextlib.suppress(OSError):  # so that the old directory says where the rest is
            full.make_room()
            full.write(_line(to_json(Note(step=step, text=self.trouble))))
        if record:
            full.close()
            self._record = record

    def _elsewhere(self, error: OSError, said: bytes, step: int = 0) -> Record | None:
        """Create the record in the first place that works, and report it; None if none does."""
        for directory in (self._chosen, *paths.spare(self._chosen.name)):
            trouble = f"{_described(error)}; the run is kept in {directory}"
            note = _line(to_json(Note(step=step, text=trouble)))
            try:
                record = Record.new(directory, said + note)
            except OSError:
                continue
            self.directory = directory
            self._complain(trouble, step)
            return record
        self.lost = True
        self._complain(f"{_described(error)}; the rest of this run is not kept", step)
        return None

    def _complain(self, trouble: str, step: int = 0) -> None:
        self.trouble = trouble
        self._tell(Note(step=step, text=trouble))

    def _check_disk(self, record: Record) -> None:
        """Report once that the disk fails, although what is written can still be read."""
        if record.unsynced and not self.trouble:
            trouble = _described(record.unsynced)
            self._complain(f"{trouble}; check the disk, which may not keep this run")

    def _say(self, text: str) -> None:
        line = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}"
        if self._record:
            self._log(line)
        else:
            self._waiting.append(line)

    def _log(self, line: str) -> None:
        """Write to the log file; if that fails, do not move, as the events contain everything."""
        assert self._record
        try:
            self._record.log(_line(line))
        except OSError as error:
            if not self.trouble:
                self._complain(_described(error))


def _after(so_far: Finished, event: Progress | Epoch) -> Finished:
    """Return the Finished event of a run that is stopped after this event."""
    return Finished(
        status="stopped",
        metrics=so_far.metrics | event.metrics,
        steps=event.step,
        epochs=so_far.epochs + isinstance(event, Epoch),
        seconds=event.seconds,
    )


def _line(text: str) -> bytes:
    return text.encode("utf-8", "replace") + b"\n"


def _described(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _in_words(event: Event) -> str:
    """Return the event as a line of the log file, or "" for metrics and snapshots."""
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
