"""Displays of a run in progress: as JSON, as plain lines, or not at all."""

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

LINES = 30  # plain lines per run, however many epochs it has
PATIENCE = 10.0  # seconds without a line before progress within an epoch is printed


class Display(Protocol):
    """A display of a run; `show` is called on the worker thread, all else on the main thread."""

    def show(self, event: Event) -> None:
        """Show an event."""

    def draw(self) -> None:
        """Redraw; called ten times a second."""

    def leave(self) -> None:
        """Restore the terminal."""

    def end(self, run: Run) -> None:
        """Show the result of the run, which has ended."""


class Silent:
    """A display that shows nothing, used when nobody reads the output any more."""

    def show(self, event: Event) -> None:
        """Do nothing."""

    def draw(self) -> None:
        """Do nothing."""

    def leave(self) -> None:
        """Do nothing."""

    def end(self, run: Run) -> None:
        """Do nothing."""


class JsonLines(Silent):
    """One event per line, without states and snapshots; only the last event if `quiet`."""

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self._out, self._quiet = out, quiet

    def show(self, event: Event) -> None:
        """Print the event at once."""
        wanted = isinstance(event, Finished) or not self._quiet
        if wanted and not isinstance(event, State | Snapshot):
            print(json_line(to_json(event), self._out), file=self._out, flush=True)


class PlainLines(Silent):
    """Lines for a log file: about 30 per run, more if an epoch takes long."""

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self._out, self._quiet = out, quiet
        self._every, self._epochs, self._said = 1, 1, time.monotonic()

    def show(self, event: Event) -> None:
        """Print a line for the event, if one is due."""
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
    """Return the line that opens a run: lesson, sizes, seed, device and compiler."""
    data = event.data
    validation = f" + {data.validation} for validation" if data.validation else ""
    sizes = f"{data.name}, {data.train} samples{validation}"
    length = f"{event.epochs} epochs of {event.steps_per_epoch} steps"
    device = f"{event.device}, {event.compile}"
    parent = event.parent
    fork = f"; forked from {parent.run} at step {parent.step}" if parent else ""
    return f"{event.lesson}: {sizes}; {length}; seed {event.seed}; {device}{_estimate(event)}{fork}"


def _estimate(event: Started) -> str:
    """Return the estimated duration, if it was measured, and a smaller experiment to try."""
    if event.estimate is None:
        return ""
    lesson = catalog.find(event.lesson)
    hint = f" (smaller: --experiment {lesson.smaller})" if lesson and lesson.smaller else ""
    return f"; about {clock(event.estimate)}{hint}"


def final_line(run: Run) -> str:
    """Return one line that says how the run ended."""
    end = run.finished
    if end is None:
        return f"{run.started.lesson} {run.status}"
    parts = [f"{end.epochs} epochs, {end.steps} steps, {end.seconds:.3g} s", in_words(end.metrics)]
    return f"{run.started.lesson} {end.status}: " + "; ".join(filter(None, [*parts, run.name]))
