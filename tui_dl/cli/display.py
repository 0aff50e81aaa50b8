"""How a run is told while it goes on: as JSON, as plain lines, or not at all."""

from __future__ import annotations

import time
from typing import Protocol, TextIO

from tui_dl import catalog
from tui_dl.cli.output import in_words, json_line
from tui_dl.durations import clock
from tui_dl.events import (
    Epoch,
    Event,
    Finished,
    Note,
    Progress,
    Snapshot,
    Started,
    State,
    to_json,
)
from tui_dl.runs.reader import Run

LINES = 30  # plain lines for a run, however many epochs it has
PATIENCE = 10.0  # seconds without a line, after which progress within an epoch is told


class Display(Protocol):
    """Shows a run. `show` is called on the training thread, everything else on the main one."""

    def show(self, event: Event) -> None:
        """An event has come."""

    def draw(self) -> None:
        """Ten times a second."""

    def leave(self) -> None:
        """Give the terminal back as it was."""

    def end(self, run: Run) -> None:
        """The run is over."""


class Silent:
    """Shows nothing: the reader is gone."""

    def show(self, event: Event) -> None:
        """Nothing."""

    def draw(self) -> None:
        """Nothing."""

    def leave(self) -> None:
        """Nothing."""

    def end(self, run: Run) -> None:
        """Nothing."""


class JsonLines(Silent):
    """One event a line, without states and pictures; the last alone where `quiet`."""

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self._out, self._quiet = out, quiet

    def show(self, event: Event) -> None:
        """Print the event at once."""
        wanted = isinstance(event, Finished) or not self._quiet
        if wanted and not isinstance(event, State | Snapshot):
            print(json_line(to_json(event), self._out), file=self._out, flush=True)


class PlainLines(Silent):
    """Lines for a log file: about thirty a run, more where an epoch takes long."""

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self._out, self._quiet = out, quiet
        self._every, self._epochs, self._said = 1, 1, time.monotonic()

    def show(self, event: Event) -> None:
        """Print the event where it deserves a line."""
        line = None if self._quiet else self._line(event)
        if line:
            self._said = time.monotonic()
            print(line, file=self._out, flush=True)

    def end(self, run: Run) -> None:
        """Print the final line."""
        print(final_line(run), file=self._out, flush=True)

    def _line(self, event: Event) -> str | None:
        match event:
            case Started():
                self._epochs = event.epochs
                self._every = max(1, -(-event.epochs // LINES))
                return opening(event)
            case Epoch() if event.epoch % self._every == 0 or event.epoch == self._epochs:
                return f"epoch {event.epoch}/{self._epochs}  {in_words(event.metrics)}"
            case Progress() if time.monotonic() - self._said > PATIENCE:
                return f"epoch {event.epoch} step {event.step}  {in_words(event.metrics)}"
            case Note():
                return f"step {event.step}: {event.text}"
        return None


def opening(event: Started) -> str:
    """What starts: lesson, sizes, device and compiler."""
    data = event.data
    validation = f" + {data.validation} for validation" if data.validation else ""
    sizes = f"{data.name}, {data.train} samples{validation}"
    length = f"{event.epochs} epochs of {event.steps_per_epoch} steps"
    device = f"{event.device}, {event.compile}"
    return f"{event.lesson}: {sizes}; {length}; seed {event.seed}; {device}{_estimate(event)}"


def _estimate(event: Started) -> str:
    """How long it will take, where that was measured, and what takes less."""
    if event.estimate is None:
        return ""
    lesson = catalog.find(event.lesson)
    hint = f" (smaller: --experiment {lesson.smaller})" if lesson and lesson.smaller else ""
    return f"; about {clock(event.estimate)}{hint}"


def final_line(run: Run) -> str:
    """How the run ended, in one line."""
    end = run.finished
    if end is None:
        return f"{run.started.lesson} {run.status}"
    parts = [f"{end.epochs} epochs, {end.steps} steps, {end.seconds:.3g} s", in_words(end.metrics)]
    return f"{run.started.lesson} {end.status}: " + "; ".join(filter(None, [*parts, run.name]))
