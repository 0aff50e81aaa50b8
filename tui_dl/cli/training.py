"""One run of a lesson, displayed as a bar, as lines or as JSON."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tui_dl import paths, settings
from tui_dl.cli import detached, options
from tui_dl.cli.background import Interrupts, in_background
from tui_dl.cli.chosen_display import display_on
from tui_dl.cli.detached import Announce
from tui_dl.cli.display import Display, Silent
from tui_dl.cli.failure import FAILED, OF_STATUS, complain
from tui_dl.cli.options import TrainingRequest
from tui_dl.cli.output import Streams, is_dumb, is_terminal, private_stdout
from tui_dl.control_line import ControlLine
from tui_dl.engine.control import Control
from tui_dl.errors import LessonError
from tui_dl.events import Event, Finished, Snapshot, Started, State
from tui_dl.fork import Fork, compile_of
from tui_dl.lesson import Lesson
from tui_dl.measurements import fingerprint
from tui_dl.resumption import resumption
from tui_dl.runs import owner
from tui_dl.runs.index import find
from tui_dl.runs.reader import Run
from tui_dl.runs.writer import RunWriter

GONE = (errno.EPIPE, errno.EIO)  # the pipe's reader is gone, the terminal is disconnected


def _wait_for(directory: Path, seconds: float) -> None:
    """Wait until no process writes the run."""
    end = time.monotonic() + seconds
    while owner.lives(directory) and time.monotonic() < end:
        time.sleep(0.05)


@dataclass(frozen=True)
class Output:
    """How a run is displayed: as JSON, by its final line, or by its name alone.

    `announce` gets the name once the run has started; nothing else is then displayed.
    """

    json: bool = False
    quiet: bool = False
    announce: Announce | None = None


def displayed(train: Callable[[Output], int], output: Output, *, detach: bool) -> int:
    """Train and display the run, or `detach` it: print its name and leave it to another process.

    Raise LessonError if a detached run is to be displayed.
    """
    if not detach:
        return train(output)
    if output.json or output.quiet:
        option = "--json" if output.json else "--quiet"
        raise LessonError(
            f"{option} has no effect with --detach: leave it out, and follow the run with"
            f" `dlworkbench watch {option}`"
        )
    return detached.start(lambda announce: train(Output(announce=announce)))


def train_lesson(lesson: Lesson, request: TrainingRequest, output: Output) -> int:
    """Train as requested, display and record the run, and return the exit code.

    Raise as `request.hyperparameters` does.
    """
    parameters = request.hyperparameters(lesson)
    options.check_compile(request.compile, [lesson])
    options.check_device(request.device, lesson)
    with _recording(lesson, partial(_new, lesson), output) as recorder:
        finished = _run(
            recorder, lesson, parameters, seed=request.seed, compile=request.compile,
            device=request.device, experiment=request.experiment,
            code=partial(fingerprint, lesson),
        )  # fmt: skip
    return _code(lesson, finished, recorder)


def resume_run(run: str, output: Output, wait: float = 0) -> int:
    """Continue a run in its own record, display it, and return the exit code.

    First wait up to `wait` seconds until no other process trains it. Raise LessonError as
    `resumption` does.
    """
    _wait_for(find(run), wait)
    found = resumption(run)
    with _recording(found.lesson, found.writer, output) as recorder:
        recorder.recall([found.started, *found.recorded.said])
        finished = _run(
            recorder, found.lesson, found.parameters, seed=found.started.seed,
            compile=found.compile, experiment=found.started.experiment,
            replay=found.replay(recorder.writer), origin=found.origin,
        )  # fmt: skip
    return _code(found.lesson, finished, recorder)


def fork_run(found: Fork, output: Output) -> int:
    """Start a fork, display and record it, and return the exit code."""
    with _recording(found.lesson, partial(_new, found.lesson), output) as recorder:
        finished = _run(
            recorder, found.lesson, found.parameters, seed=found.started.seed,
            compile=compile_of(found.started), experiment=found.started.experiment,
            code=partial(fingerprint, found.lesson), origin=lambda: found.origin,
        )  # fmt: skip
    return _code(found.lesson, finished, recorder)


@contextlib.contextmanager
def _recording(
    lesson: Lesson,
    write: Callable[[Callable[[Event], None]], RunWriter],
    output: Output,
) -> Iterator[Recorder]:
    """Record and display a run; show its summary at the end."""
    json, quiet, announce = output.json, output.quiet, output.announce
    live = is_terminal() and not (json or quiet or announce or is_dumb())
    with private_stdout(quiet_stderr=live or announce is not None) as streams:
        shown = display_on(streams.out, json=json, quiet=quiet, live=live)
        recorder = Recorder(lesson, write, Silent() if announce else shown, streams, announce)
        with recorder.writer, recorder.line:
            yield recorder
        recorder.end()


def _new(lesson: Lesson, tell: Callable[[Event], None]) -> RunWriter:
    writer = RunWriter(lesson.id, tell=tell)
    writer.check()
    return writer


class Recorder:
    """A callback that records each event on disk, then displays it.

    A failure of the display stops the run. Called on the worker thread; `draw` on the main one.
    """

    def __init__(
        self,
        lesson: Lesson,
        write: Callable[[Callable[[Event], None]], RunWriter],
        display: Display,
        streams: Streams,
        announce: Announce | None = None,
    ) -> None:
        self.control = Control()
        goes_on = settings.read().on_hangup == "go-on"
        self.interrupts = Interrupts(self.control, self.leave, self.hang_up if goes_on else None)
        self.error: OSError | None = None
        self.trouble = ""  # with saving the model
        self._display, self._streams, self._announce = display, streams, announce
        self._events: list[Event] = []
        self.writer = write(self._show)
        self.line = ControlLine(self.control, lesson, lambda: self.writer.directory)

    def __call__(self, event: Event) -> None:
        """Record and show one event."""
        self.writer(event)
        self.line(event)
        if isinstance(event, Started):
            self._begun()
        self._show(event)

    def _begun(self) -> None:
        self._streams.catch_in(self.writer.log_file)
        if self._announce:
            self._announce(self.writer.name)

    def recall(self, events: Sequence[Event]) -> None:
        """Show where a run goes on that is recorded up to here: its first and its last event."""
        self._begun()
        self._show(events[0])
        self._events[1:] = events[1:-1]
        for event in events[1:][-1:]:
            self._show(event)

    def _show(self, event: Event) -> None:
        if not isinstance(event, State | Snapshot):
            self._events.append(event)
        self._try(lambda: self._display.show(event))

    def draw(self) -> None:
        """Update the display."""
        self._try(self._display.draw)

    def leave(self) -> None:
        """Restore the terminal before the process ends at once."""
        self._try(self._display.leave)

    def hang_up(self) -> None:
        """Go on without a display: the terminal is gone."""
        display, self._display = self._display, Silent()
        with contextlib.suppress(OSError):
            display.leave()
        self._streams.drop()

    def end(self) -> None:
        """Show the summary of the whole run."""
        directory = self.writer.directory
        run = Run(directory.name, directory, tuple(self._events))
        if any(isinstance(event, Started) for event in self._events):
            self._try(lambda: self._display.end(run))

    def _try(self, show: Callable[[], None]) -> None:
        try:
            show()
        except OSError as error:  # the reader is gone or the disk is full: stop training
            if error.errno == errno.EIO and self.interrupts.hang_up:
                self.hang_up()  # the signal that says so is on its way
                return
            self.error, self._display = error, Silent()
            self.control.stop()


def _run(recorder: Recorder, lesson: Lesson, parameters: Any, **options: Any) -> Finished:
    """Run a session in a worker thread while this one draws; `options` are the session's."""

    def work() -> Finished:
        from tui_dl.engine import compiled_code
        from tui_dl.engine.session import Session

        compiled_code.keep()
        session = Session(
            lesson,
            parameters,
            emit=recorder,
            control=recorder.control,
            save_to=lambda: recorder.writer.directory,
            **options,
        )
        try:
            finished = session.run()
        finally:
            compiled_code.settle()
        recorder.trouble = session.trouble
        return finished

    try:
        return in_background(work, recorder.draw, recorder.interrupts)
    except BaseException:
        recorder.leave()
        raise


def _code(lesson: Lesson, finished: Finished, recorder: Recorder) -> int:
    if recorder.error and recorder.error.errno not in GONE:
        raise recorder.error
    code = OF_STATUS[finished.status]
    if finished.status == "stopped":
        code = recorder.interrupts.code
    if finished.status == "failed":
        return complain(f"{lesson.id} failed: {finished.message}{paths.log_hint()}", code)
    if finished.status == "diverged":
        return complain(finished.message or f"{lesson.id} diverged", code)
    if recorder.writer.lost:
        code = code or FAILED
    trouble = "; ".join(filter(None, (recorder.writer.trouble, recorder.trouble)))
    return complain(trouble, code) if trouble else code
