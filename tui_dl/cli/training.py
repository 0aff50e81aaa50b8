"""One run of a lesson, displayed as a bar, as lines or as JSON."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from tui_dl import paths
from tui_dl.cli import options
from tui_dl.cli.background import in_background
from tui_dl.cli.display import Display, JsonLines, PlainLines, Silent
from tui_dl.cli.failure import FAILED, OF_STATUS, complain
from tui_dl.cli.options import TrainingRequest
from tui_dl.cli.output import Streams, is_dumb, is_terminal, private_stdout
from tui_dl.engine.control import Control
from tui_dl.events import Event, Finished, Snapshot, Started, State
from tui_dl.fork import Fork, compile_of
from tui_dl.lesson import Lesson
from tui_dl.measurements import fingerprint
from tui_dl.resumption import resumption
from tui_dl.runs.reader import Run
from tui_dl.runs.writer import RunWriter

GONE = (errno.EPIPE, errno.EIO)  # the pipe's reader is gone, the terminal is disconnected


def train_lesson(lesson: Lesson, request: TrainingRequest, *, json: bool, quiet: bool) -> int:
    """Train as requested, display and record the run, and return the exit code.

    Raise as `request.hyperparameters` does.
    """
    parameters = request.hyperparameters(lesson)
    options.check_compile(request.compile, [lesson])
    with _recording(partial(_new, lesson), json=json, quiet=quiet) as recorder:
        finished = _run(
            recorder, lesson, parameters, seed=request.seed, compile=request.compile,
            experiment=request.experiment, code=partial(fingerprint, lesson),
        )  # fmt: skip
    return _code(lesson, finished, recorder)


def resume_run(run: str, *, json: bool, quiet: bool) -> int:
    """Continue a run in its own record, display it, and return the exit code.

    Raise LessonError as `resumption` does.
    """
    found = resumption(run)
    with _recording(found.writer, json=json, quiet=quiet) as recorder:
        recorder.recall([found.started, *found.recorded.said])
        finished = _run(
            recorder, found.lesson, found.parameters, seed=found.started.seed,
            compile=found.compile, experiment=found.started.experiment,
            replay=found.replay(recorder.writer), origin=found.origin,
        )  # fmt: skip
    return _code(found.lesson, finished, recorder)


def fork_run(found: Fork, *, json: bool, quiet: bool) -> int:
    """Start a fork, display and record it, and return the exit code."""
    with _recording(partial(_new, found.lesson), json=json, quiet=quiet) as recorder:
        finished = _run(
            recorder, found.lesson, found.parameters, seed=found.started.seed,
            compile=compile_of(found.started), experiment=found.started.experiment,
            code=partial(fingerprint, found.lesson), origin=lambda: found.origin,
        )  # fmt: skip
    return _code(found.lesson, finished, recorder)


@contextmanager
def _recording(
    write: Callable[[Callable[[Event], None]], RunWriter], *, json: bool, quiet: bool
) -> Iterator[Recorder]:
    """Record and display a run; show its summary at the end."""
    live = is_terminal() and not (json or quiet or is_dumb())
    with private_stdout(quiet_stderr=live) as streams:
        recorder = Recorder(write, _display(streams, json, quiet, live), streams)
        with recorder.writer:
            yield recorder
        recorder.end()


def _new(lesson: Lesson, tell: Callable[[Event], None]) -> RunWriter:
    writer = RunWriter(lesson.id, tell=tell)
    writer.check()
    return writer


def _display(streams: Streams, json: bool, quiet: bool, live: bool) -> Display:
    if json:
        return JsonLines(streams.out, quiet)
    if not live:
        return PlainLines(streams.out, quiet)
    from tui_dl.cli.live import LiveBar

    return LiveBar(streams.out)


class Recorder:
    """A callback that records each event on disk, then displays it.

    A failure of the display stops the run. Called on the worker thread; `draw` on the main one.
    """

    def __init__(
        self,
        write: Callable[[Callable[[Event], None]], RunWriter],
        display: Display,
        streams: Streams,
    ) -> None:
        self.control = Control()
        self.error: OSError | None = None
        self.trouble = ""  # with saving the model
        self._display, self._streams = display, streams
        self._events: list[Event] = []
        self.writer = write(self._show)

    def __call__(self, event: Event) -> None:
        """Record and show one event."""
        self.writer(event)
        if isinstance(event, Started):
            self._streams.catch_in(self.writer.log_file)
        self._show(event)

    def recall(self, events: Sequence[Event]) -> None:
        """Show where a run goes on that is recorded up to here: its first and its last event."""
        self._streams.catch_in(self.writer.log_file)
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
        return in_background(work, recorder.control, recorder.draw, recorder.leave)
    except BaseException:
        recorder.leave()
        raise


def _code(lesson: Lesson, finished: Finished, recorder: Recorder) -> int:
    if recorder.error and recorder.error.errno not in GONE:
        raise recorder.error
    code = OF_STATUS[finished.status]
    if finished.status == "failed":
        return complain(f"{lesson.id} failed: {finished.message}{paths.log_hint()}", code)
    if finished.status == "diverged":
        return complain(finished.message or f"{lesson.id} diverged", code)
    if recorder.writer.lost:
        code = code or FAILED
    trouble = "; ".join(filter(None, (recorder.writer.trouble, recorder.trouble)))
    return complain(trouble, code) if trouble else code
