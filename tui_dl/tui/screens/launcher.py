"""Starts runs with the settings of the form, and fills the form with experiments."""

from __future__ import annotations

from typing import Literal, Protocol

from tui_dl.errors import ParameterError
from tui_dl.tui.run_controller import RunController
from tui_dl.tui.screens.opening import Opening
from tui_dl.tui.training import RunRequest
from tui_dl.tui.widgets.train_pane import TrainPane


class RunHost(Protocol):
    """The screen that shows the run."""

    def run_started(self) -> None:
        """Called when a run has started."""

    def experiment_chosen(self, title: str) -> None:
        """The form holds an experiment, "" for the defaults."""

    def open_lesson(self, name: str) -> object:
        """Open a lesson."""

    def refuse(self, why: str) -> None:
        """Show why a request cannot be carried out."""


class Launcher:
    """Checks each request against the lesson that is open when the request is handled."""

    def __init__(
        self, host: RunHost, opening: Opening, runs: RunController, pane: TrainPane
    ) -> None:
        self._host, self._opening, self._runs, self._pane = host, opening, runs, pane
        self._next: tuple[str, str] | None = None  # lesson and experiment to train after the run

    def ready(self) -> bool:
        """True if the form holds valid settings of the open lesson."""
        return self._opening.settled and self._pane.form.valid

    def request(self) -> RunRequest:
        """Return the form's request, for the form's lesson; raise ParameterError if invalid."""
        form = self._pane.form
        return RunRequest(
            form.lesson, form.values(), form.seed, form.experiment, device=form.device
        )

    def train(self) -> None:
        """Start a run, or resume a paused one; wait for a lesson that is being opened."""
        if not self._opening.settled:
            self._opening.then("train")
        elif not self._goes_on():
            self._start(paused=False)
        elif self._runs.paused:
            self._runs.pause()

    def advance(self, by: Literal["step", "epoch"]) -> None:
        """Train one step or one epoch, then pause; start a run if none is in progress."""
        if not self._opening.settled:
            self._opening.then("step" if by == "step" else "step_epoch")
        elif self._goes_on() or self._start(paused=True):
            self._runs.advance(by)

    def _goes_on(self) -> bool:
        return self._runs.busy and self._runs.is_own

    def _start(self, *, paused: bool) -> bool:
        if other := self._runs.elsewhere:
            self._host.refuse(f"{other.title} is training: press x to stop it first.")
            return False
        try:
            request = self.request()
        except ParameterError as error:
            self._host.refuse(str(error))
            return False
        if not self._runs.start(request, paused=paused):
            return False
        self._host.run_started()
        return True

    def go_on(self, run: str) -> None:
        """Resume a run, or attach to one of another process; show its settings in the form."""
        if self._runs.busy:
            self._host.refuse("A run is in progress: press x to stop it first.")
        else:
            self._runs.go_on(run, self._shown)

    def _shown(self, request: RunRequest) -> None:
        if request.lesson.id != self._opening.wanted:
            self._host.open_lesson(request.lesson.id)
        elif self._opening.settled and request.lesson is self._pane.form.lesson:
            settings = request.parameters.model_dump()
            self._pane.form.apply(settings, request.experiment)
        self._host.run_started()

    # Experiments.

    def choose(self, lesson: str, name: str) -> bool:
        """Fill the form with a lesson's experiment, "" for the defaults.

        Return False if that lesson is not open now.
        """
        if not (self._opening.settled and lesson == self._opening.lesson.id):
            why = "Another lesson was opened meanwhile: choose the experiment again."
            self._host.refuse(why)
            return False
        experiment = self._opening.lesson.experiment(name) if name else None
        self._pane.form.apply(experiment.settings if experiment else {}, name or None)
        self._pane.say(experiment.notice if experiment else "Back to the defaults.")
        self._host.experiment_chosen(experiment.title if experiment else "")
        return True

    def preset(self, number: int) -> None:
        """Fill the form with the n-th experiment of the open lesson; 0 gives the defaults."""
        lesson = self._opening.lesson
        names = ["", *(each.name for each in lesson.experiments)]
        if number < len(names):
            self.choose(lesson.id, names[number])

    def train_next(self, lesson: str, experiment: str) -> None:
        """Train an experiment once the current run is over, if its lesson is still open then."""
        self._next = lesson, experiment

    def follow_up(self) -> None:
        """Start what `train_next` was given, once no run is in progress."""
        if self._next and not self._runs.busy:
            (lesson, experiment), self._next = self._next, None
            if self.choose(lesson, experiment):
                self._start(paused=False)
