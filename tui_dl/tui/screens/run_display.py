"""Draws the runs of the open lesson on the screen's widgets, one part at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui_dl import paths
from tui_dl.events import Event, Finished, Layer, Note, Snapshot, Started, State
from tui_dl.tui.background import behind, hand_over
from tui_dl.tui.run_controller import RunController
from tui_dl.tui.run_view import RunView
from tui_dl.tui.runtime.terminal_app import TerminalApp
from tui_dl.tui.saved_pictures import Drawing, save
from tui_dl.tui.widgets.bar import LOADING, Bar
from tui_dl.tui.widgets.lesson_page import LessonPage
from tui_dl.tui.widgets.progress_line import ProgressLine, hint_of
from tui_dl.tui.widgets.runs_table import run_labels
from tui_dl.tui.widgets.train_pane import TrainPane

if TYPE_CHECKING:
    from tui_dl.drawing.image_file import Format

Said = tuple[str, str, SeverityLevel, float]  # text, title, severity, seconds
OFFER = "“Attach” in the palette (ctrl+p) shows and controls it."
LOSS, SECOND, PICTURES, PROGRESS = range(4)
TURNS = 3  # of all but the progress: five times a second each, so no key waits long


class RunDisplay:
    """Charts, pictures, layer table, list of runs, buttons, progress line and bar of one screen."""

    def __init__(self, app: TerminalApp, screen: Screen[None], runs: RunController) -> None:
        self._app, self._screen, self._runs = app, screen, runs
        self._page, self._pane = screen.query_one(LessonPage), screen.query_one(TrainPane)
        self._turns = 0
        self._listing = False  # the list of runs shows
        self._offered = False
        self._late: set[int] = set()  # parts that have something new to draw
        self._slow = False  # the bar says that the line is slow
        self._inside = self._asked = False  # pictures show; they were opened and not drawn yet
        self._state: tuple[bool, bool, bool] | None = None  # of the buttons, as shown

    def draw(self) -> None:
        """Update charts, pictures, buttons and progress."""
        self._charts()
        self._pictures()
        self.buttons()
        self.progress()

    def everything(self) -> None:
        """Draw another run: its layers, its data and its place in the list too."""
        self.layers()
        self.runs()
        self.draw()
        self.bar()

    def follow(self, events: list[Event]) -> None:
        """Draw what events change: the progress now, the rest a part with each call.

        On a slow line, both wait until what was drawn before has arrived.
        """
        self.buttons()
        self._list_again(events)
        for event in events:
            self._heed(event)
        if events:
            self._late |= {LOSS, SECOND, PROGRESS}
            self._late |= {PICTURES} if any(isinstance(e, Snapshot) for e in events) else set()
        if self._affords():
            self._draw_a_part()

    def _affords(self) -> bool:
        """True unless a slow line has to be spared; say so in the bar once it is slow."""
        affords, line = self._app.affords_drawing(), self._app.line
        if line.slow != self._slow:
            self._slow = line.slow
            self.bar()
        inside = self._page.tab == "inside"
        self._asked |= inside and not self._inside
        self._inside = inside
        return affords

    def _draw_a_part(self) -> None:
        if PROGRESS in self._late:
            self._late.remove(PROGRESS)
            self.progress()
        self._turns += 1
        turn = self._turns % TURNS
        if turn in self._late and (turn != PICTURES or self._wants_pictures()):
            self._runs.control.hold()
            self._late.remove(turn)
            if turn == PICTURES:
                self._asked = False
                self._pictures()
            else:
                self._charts(turn)

    def _wants_pictures(self) -> bool:
        """True unless the line is slow; then, once when they are opened, and at a pause or end."""
        return not self._slow or self._asked or self._runs.paused or not self._runs.busy

    def _list_again(self, events: list[Event]) -> None:
        """Read the list of runs when it is opened, and when a run goes on while it shows."""
        opened = self._page.tab == "runs" and not self._listing
        goes_on = any(isinstance(event, State) and event.state == "running" for event in events)
        self._listing = self._page.tab == "runs"
        if opened or (self._listing and goes_on):
            self._runs.refresh()

    def _heed(self, event: Event) -> None:
        match event:
            case Started():
                if self._runs.is_own:
                    self.layers(event.layers)
                self.bar()
            case Note() if self._runs.is_own:
                self._pane.say(f"Step {event.step}: {event.text}")
            case Finished(status="failed"):
                text = f"{event.message}{paths.log_hint()}"
                self._toast(text, "The lesson failed", "error", 20)
            case Finished(status="diverged"):
                if self._runs.is_own:  # a linear axis shows only the divergence
                    self._pane.charts[0].log_scale = True
                self._toast(event.message, "Diverged", "warning", 12)

    def _toast(self, text: str, title: str, severity: SeverityLevel, seconds: float) -> None:
        self._screen.notify(text, title=title, severity=severity, timeout=seconds, markup=False)

    def _charts(self, only: int | None = None) -> None:
        overlays = self._runs.overlays.labeled(run_labels(self._runs.listed))
        self._pane.draw(self._runs.shown, overlays, only)

    def _pictures(self) -> None:
        if shown := self._runs.shown:
            self._page.draw(shown)

    def untrained(self, view: RunView) -> None:
        """Draw the pictures of the untrained network, where no run is shown."""
        if view.pictures and self._runs.shown is None:
            self._page.draw(view)

    def save(self, kind: Format) -> None:
        """Write the pictures, or the charts where no pictures show, as files of that kind."""
        run = self._runs.on_chart or self._runs.lesson.id
        inside = self._page.tab == "inside" and self._page.display
        shown = self._page.drawings() if inside else self._pane.drawings()
        drawings = [(f"{run}-{name}", drawing, width) for name, drawing, width in shown]
        behind(self._save, drawings, kind, self._screen.app.current_theme.dark)

    def _save(self, drawings: list[Drawing], kind: Format, dark: bool) -> None:
        try:
            written = save(drawings, kind, dark=dark)
        except OSError as error:
            said = f"{error.filename or paths.home()}: {error.strerror}"
            told: Said = (said, "The picture is not saved", "error", 12)
        else:
            names = ", ".join(path.name for path in written) or "nothing is drawn yet"
            told = (f"{names} in {paths.pictures()}", "Saved", "information", 8)
        hand_over(self._app, self._toast, *told)

    def explored(self, run: RunView) -> None:
        """Draw an explorer's pictures and figures."""
        self._pane.explore(run)
        self._page.draw(run)
        problem = run.notes[0].text if run.notes else run.finished and run.finished.message
        figures = "  ".join(f"{name} {value:.4g}" for name, value in run.metrics.items())
        self._pane.say(problem or figures)

    def layers(self, layers: list[Layer] | None = None) -> None:
        """Fill the table with these layers, or with those of the run on the charts."""
        shown = self._runs.shown
        if layers is None and shown and shown.started:
            layers = shown.started.layers
        if layers:
            self._page.show_layers(layers)

    def runs(self) -> None:
        """List the lesson's runs, and mark the overlays; offer a run that goes on elsewhere."""
        if self._runs.going_on and not (self._offered or self._runs.busy):
            self._offered = True
            self._toast(OFFER, "A run goes on in another process", "information", 15)
        self._page.list_runs(self._runs.listed, self._runs.overlays.names)

    def progress(self) -> None:
        """Show the run's progress, or a hint; name the lesson of another lesson's run."""
        runs = self._runs
        line, hint = self._screen.query_one(ProgressLine), hint_of(runs.lesson)
        if other := runs.elsewhere:
            line.show(runs.view, hint, runs.speed, of=other.title)
        else:
            line.show(runs.shown, hint, runs.speed)

    def buttons(self) -> None:
        """Enable the buttons and keys that apply now."""
        state = (self._runs.busy, self._runs.paused, self._pane.form.valid)
        if state != self._state:  # buttons and footer are costly to lay out again
            self._state = state
            self._pane.show_state(*state)
            self._screen.refresh_bindings()

    def bar(self) -> None:
        """Show the lesson, the device, the data and the speed limit."""
        shown = self._runs.shown
        facts = [self._runs.device or LOADING]
        if shown and shown.started:
            facts = [shown.started.device, shown.started.data.name]
        if self._slow:
            facts.append("slow line")
        if self._runs.speed:
            facts.append(f"at most {self._runs.speed:g} step/s")
        self._screen.query_one(Bar).show(self._runs.lesson, facts)
