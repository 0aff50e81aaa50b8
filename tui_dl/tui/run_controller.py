"""The runs of the open lesson: the live run, the last run and the overlays.

Knows the worker thread, the run directories and their events, but no widget: it reports to a
`Listener` what the screen must show.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, Protocol

from tui_dl.attachment import Attachment
from tui_dl.engine.control import Control
from tui_dl.events import Event
from tui_dl.lesson import Lesson
from tui_dl.resumption import Resumption
from tui_dl.runs.index import Listing, Summary
from tui_dl.tui.overlays import MOST, Overlays
from tui_dl.tui.past_runs import PastRuns
from tui_dl.tui.run_view import RunView
from tui_dl.tui.runtime.guard import GuardedApp
from tui_dl.tui.training import RunRequest, Training

SPEEDS = (None, 1000.0, 200.0, 50.0, 10.0, 2.0)  # limits in steps per second; None for no limit
Refusal = str  # one line that says why something was not done; "" if it was


class Listener(Protocol):
    """Receives what has changed, in the app's thread."""

    def runs_listed(self, listing: Listing) -> None:
        """Called when the run directories were read."""

    def device_known(self) -> None:
        """Called when Keras is loaded."""

    def charts_changed(self) -> None:
        """Another run is to be shown, or others lie over it."""

    def refuse(self, why: Refusal) -> None:
        """Called when a request cannot be carried out."""


class RunController:
    """Starts, controls and follows runs for one screen."""

    def __init__(self, app: GuardedApp, lesson: Lesson, listener: Listener) -> None:
        self.training = Training(app)
        self.lesson = lesson
        self.view: RunView | None = None  # of the latest run, whichever lesson is open
        self.recalled: tuple[str, RunView] | None = None  # name and view of this lesson's last run
        self.listed: list[Summary] = []  # the lesson's runs, newest first
        self.going_on: list[Summary] = []  # runs of other processes, newest first
        self.overlays = Overlays()
        self.device = ""  # the device that trains, once Keras is loaded
        self.devices: tuple[str, ...] = ()  # those to choose from
        self._past, self._listener = PastRuns(app), listener
        self._to_recall = False
        self._speed = 0

    # State.

    @property
    def shown(self) -> RunView | None:
        """The lesson's live or latest run, or None."""
        if self.is_own:
            return self.view
        return self.recalled[1] if self.recalled else None

    @property
    def on_chart(self) -> str | None:
        """The name of the shown run's directory, or None."""
        if self.is_own:
            return self.training.run
        return self.recalled[0] if self.recalled else None

    @property
    def is_own(self) -> bool:
        """True if the latest run belongs to the open lesson."""
        request = self.training.request
        return request is not None and request.lesson.id == self.lesson.id

    @property
    def busy(self) -> bool:
        """True while a run of any lesson is in progress."""
        return self.training.busy

    @property
    def paused(self) -> bool:
        """True while the live run is paused."""
        return self.busy and self.control.state == "paused"

    @property
    def elsewhere(self) -> Lesson | None:
        """The lesson of the live run if another lesson is open, or None."""
        request = self.training.request
        return request.lesson if request and self.busy and not self.is_own else None

    @property
    def control(self) -> Control:
        """The control of the latest run."""
        return self.training.control

    @property
    def speed(self) -> float | None:
        """The limit in steps per second, or None."""
        return SPEEDS[self._speed]

    def load(self) -> None:
        """Load Keras, which takes seconds."""
        self.training.load(self._loaded)

    def _loaded(self, device: str, devices: tuple[str, ...]) -> None:
        self.device, self.devices = device, devices
        self._listener.device_known()

    # Actions of the user.

    def open(self, lesson: Lesson) -> None:
        """Switch to another lesson: list its runs and recall the last one."""
        self.lesson, self.recalled, self.listed = lesson, None, []
        self._to_recall = not lesson.explorer
        self.overlays.clear()
        self.refresh()

    def start(self, request: RunRequest, *, paused: bool) -> bool:
        """Start a run, with `paused` for one step only. Return False if one is in progress."""
        self.drain()  # late events of an earlier run do not belong to this one
        if not self.training.start(request, paused=paused):
            return False
        self.view, self.recalled, self._to_recall = RunView(), None, False
        self.control.speed = self.speed
        return True

    def go_on(self, name: str, shown: Callable[[RunRequest], None]) -> None:
        """Resume a run, or attach to one that another process trains; then call `shown`."""
        self._past.unfinished(name, partial(self._go_on, shown))

    def _go_on(
        self,
        shown: Callable[[RunRequest], None],
        found: Resumption | Attachment | None,
        view: RunView,
        problem: str,
    ) -> None:
        """Go on with a run that was read, if nothing else is trained by now."""
        if found is None or self.busy:
            self._listener.refuse(problem or "A run is in progress: press x to stop it first.")
            return
        self.drain()
        settings = found.started.seed, found.started.experiment
        request = RunRequest(found.lesson, found.parameters, *settings)
        if isinstance(found, Attachment):
            self.training.attach(found, request, self._listener.refuse)
        else:
            self.training.start(request, resumes=found)
        self.view, self.recalled, self._to_recall = view, None, False
        if found.directory.name in self.overlays:
            self.overlays.remove(found.directory.name)
        self._lay_parent_over(view)
        shown(request)

    def pause(self) -> None:
        """Pause the run, or resume it."""
        (self.control.resume if self.control.state == "paused" else self.control.pause)()

    def advance(self, by: Literal["step", "epoch"]) -> None:
        """Train one step or to the end of the epoch, then pause."""
        (self.control.step if by == "step" else self.control.step_epoch)()

    def stop(self) -> None:
        """End the run and keep its record. Loading and compiling cannot be interrupted."""
        self.control.stop()
        if self.view and self.control.state == "preparing":
            self.view.stopping = True

    def change_speed(self, by: int) -> None:
        """Slow the run by this many levels of SPEEDS; a negative number speeds it up."""
        self._speed = min(max(self._speed + by, 0), len(SPEEDS) - 1)
        self.control.speed = self.speed

    def set_live(self, lesson: Lesson, name: str, value: Any) -> None:
        """Change a live hyperparameter, if that lesson is being trained."""
        request = self.training.request
        if self.busy and request and request.lesson is lesson:
            self.control.set(name, value)

    def toggle(self, name: str) -> None:
        """Add a run as an overlay, or remove it."""
        if name in self.overlays:
            self.overlays.remove(name)
            self._listener.charts_changed()
        elif name == self.on_chart:
            why = "That run is already on the chart: choose an older one."
            self._listener.refuse(why)
        elif not self._is_listed(name):
            why = "That run belongs to another lesson: choose one of this lesson's runs."
            self._listener.refuse(why)
        elif self.overlays.full:
            self._listener.refuse(f"A chart shows at most {MOST} earlier runs: remove one first.")
        else:
            self._past.load(name, lambda view, problem: self._lay_over(name, view, problem))

    def _lay_over(self, name: str, view: RunView | None, problem: str) -> None:
        """Overlay a run that was read, if it still fits."""
        if view is None:
            self._listener.refuse(f"{problem}. The list of runs was read again.")
            self.refresh()
        elif self._is_listed(name) and not self.overlays.full:
            self.overlays.add(name, view)
            self._listener.charts_changed()

    def _is_listed(self, name: str) -> bool:
        return any(run.name == name for run in self.listed)

    # Events of the runs.

    def drain(self) -> list[Event]:
        """Add the events since the last call to the view, and return them."""
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
        others = (run for run in listing.runs if run.name != self.training.run)
        self.going_on = [run for run in others if run.status == "running" and not run.where]
        self._listener.runs_listed(listing)
        self._recall()

    def _recall(self) -> None:
        """Read the last run of a lesson that was just opened, unless the latest run is its own."""
        if self._to_recall and self.listed and not self.is_own:
            newest = self.listed[0]
            self._past.load(newest.name, lambda view, _: self._recalled(newest, view))
        self._to_recall = False

    def _recalled(self, run: Summary, view: RunView | None) -> None:
        if view and run.lesson == self.lesson.id and not self.is_own:
            self.recalled = run.name, view
            self._lay_parent_over(view)
            self._listener.charts_changed()

    def _lay_parent_over(self, shown: RunView) -> None:
        """If the shown run is a fork, overlay its parent up to the fork."""
        if shown.started and shown.started.parent:
            show = partial(self._parent_read, shown)
            self._past.load_parent(shown.started, show)

    def _parent_read(self, fork: RunView, name: str, view: RunView) -> None:
        if fork is self.shown and name not in self.overlays and not self.overlays.full:
            self.overlays.add(name, view)
            self._listener.charts_changed()
