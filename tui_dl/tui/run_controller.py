"""The runs of the open lesson: the live one, its last one, and those laid over the charts.

Knows the training thread, the run directories and their events. Knows no widget: what the screen
must show is told to a `Listener`.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

from tui_dl.engine.control import Control
from tui_dl.events import Event
from tui_dl.lesson import Lesson
from tui_dl.runs.index import Listing, Summary
from tui_dl.tui.overlays import MOST, Overlays
from tui_dl.tui.past_runs import PastRuns
from tui_dl.tui.run_view import RunView
from tui_dl.tui.runtime.guard import GuardedApp
from tui_dl.tui.training import RunRequest, Training

SPEEDS = (None, 1000.0, 200.0, 50.0, 10.0, 2.0)  # the most steps a second; None for all it can
Refusal = str  # one line, why something was not done; "" if it was


class Listener(Protocol):
    """Is told, in the app's own thread, what has changed."""

    def runs_listed(self, listing: Listing) -> None:
        """The run directories were read."""

    def device_known(self) -> None:
        """Keras is loaded."""

    def charts_changed(self) -> None:
        """Another run is to be shown, or others lie over it."""

    def refuse(self, why: Refusal) -> None:
        """Something that was asked for cannot be done."""


class RunController:
    """Starts, steers and follows runs for one screen."""

    def __init__(self, app: GuardedApp, lesson: Lesson, listener: Listener) -> None:
        self.training = Training(app)
        self.lesson = lesson
        self.view: RunView | None = None  # of the latest run, whichever lesson is open
        self.recalled: tuple[str, RunView] | None = None  # name and view of this lesson's last run
        self.listed: list[Summary] = []  # the lesson's, newest first
        self.overlays = Overlays()
        self.device = ""  # that trains, once Keras is loaded
        self._past, self._listener = PastRuns(app), listener
        self._to_recall = False
        self._speed = 0

    # What is there.

    @property
    def shown(self) -> RunView | None:
        """The lesson's live or latest run, or None."""
        if self.is_own:
            return self.view
        return self.recalled[1] if self.recalled else None

    @property
    def on_chart(self) -> str | None:
        """The name of the shown run's directory."""
        if self.is_own:
            return self.training.writer.name if self.training.writer else None
        return self.recalled[0] if self.recalled else None

    @property
    def is_own(self) -> bool:
        """True if the live run belongs to the open lesson."""
        request = self.training.request
        return request is not None and request.lesson.id == self.lesson.id

    @property
    def busy(self) -> bool:
        """True while a run of any lesson goes on."""
        return self.training.busy

    @property
    def paused(self) -> bool:
        """True while the live run is paused."""
        return self.busy and self.control.state == "paused"

    @property
    def elsewhere(self) -> Lesson | None:
        """The lesson of the live run, if another one is open."""
        request = self.training.request
        return request.lesson if request and self.busy and not self.is_own else None

    @property
    def control(self) -> Control:
        """The handle on the latest run."""
        return self.training.control

    @property
    def speed(self) -> float | None:
        """The most steps a second, or None."""
        return SPEEDS[self._speed]

    def load(self) -> None:
        """Load Keras, which takes seconds."""
        self.training.load(self._loaded)

    def _loaded(self, device: str) -> None:
        self.device = device
        self._listener.device_known()

    # What a person does.

    def open(self, lesson: Lesson) -> None:
        """Turn to another lesson: its runs are listed and its last one recalled."""
        self.lesson, self.recalled, self.listed = lesson, None, []
        self._to_recall = not lesson.explorer
        self.overlays.clear()
        self.refresh()

    def start(self, request: RunRequest, *, paused: bool) -> bool:
        """Begin a run; `paused` trains a single step first. False if one goes on already."""
        self.drain()  # what an earlier run still has to say is not this one's
        if not self.training.start(request, paused=paused):
            return False
        self.view, self.recalled, self._to_recall = RunView(), None, False
        self.control.speed = self.speed
        return True

    def pause(self) -> None:
        """Pause the run, or resume it."""
        (self.control.resume if self.control.state == "paused" else self.control.pause)()

    def advance(self, by: Literal["step", "epoch"]) -> None:
        """Train one step or to the end of the epoch, then pause."""
        (self.control.step if by == "step" else self.control.step_epoch)()

    def stop(self) -> None:
        """End the run; its record is kept. What loads or compiles cannot be interrupted."""
        self.control.stop()
        if self.view and self.control.state == "preparing":
            self.view.stopping = True

    def change_speed(self, by: int) -> None:
        """Slow the run by so many levels of SPEEDS; negative: let it go faster."""
        self._speed = min(max(self._speed + by, 0), len(SPEEDS) - 1)
        self.control.speed = self.speed

    def set_live(self, lesson: Lesson, name: str, value: Any) -> None:
        """Change a live hyperparameter, if that lesson is the one that trains."""
        request = self.training.request
        if self.busy and request and request.lesson is lesson:
            self.control.set(name, value)

    def toggle(self, name: str) -> None:
        """Lay a run over the charts, or take it off."""
        if name in self.overlays:
            self.overlays.remove(name)
            self._listener.charts_changed()
        elif name == self.on_chart:
            why = "That run is the one on the chart already: choose an older one."
            self._listener.refuse(why)
        elif not self._is_listed(name):
            why = "That run is of another lesson: choose one of this lesson's runs."
            self._listener.refuse(why)
        elif self.overlays.full:
            self._listener.refuse(f"At most {MOST} runs fit over a chart; take one off first.")
        else:
            self._past.load(name, lambda view, problem: self._lay_over(name, view, problem))

    def _lay_over(self, name: str, view: RunView | None, problem: str) -> None:
        """A run that was asked for is read: draw it, if it still fits."""
        if view is None:
            self._listener.refuse(f"{problem}. The list of runs was read again.")
            self.refresh()
        elif self._is_listed(name) and not self.overlays.full:
            self.overlays.add(name, view)
            self._listener.charts_changed()

    def _is_listed(self, name: str) -> bool:
        return any(run.name == name for run in self.listed)

    # What the runs say.

    def drain(self) -> list[Event]:
        """Take in what the live run has said since the last call; gives it."""
        events = self.training.drain() if self.view else []
        for event in events:
            assert self.view is not None
            self.view.add(event)
        return events

    def refresh(self) -> None:
        """Read the run directories again."""
        self._past.refresh(self._are_listed)

    def _are_listed(self, listing: Listing) -> None:
        self.listed = [run for run in listing.runs if run.lesson == self.lesson.id]
        self._listener.runs_listed(listing)
        self._recall()

    def _recall(self) -> None:
        """Read the lesson's last run, once it is opened and none of its own goes on."""
        if self._to_recall and self.listed and not self.is_own:
            newest = self.listed[0]
            self._past.load(newest.name, lambda view, _: self._recalled(newest, view))
        self._to_recall = False

    def _recalled(self, run: Summary, view: RunView | None) -> None:
        if view and run.lesson == self.lesson.id and not self.is_own:
            self.recalled = run.name, view
            self._listener.charts_changed()
