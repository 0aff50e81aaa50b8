"""What the working screen shows: lessons, a page, a run; drawn from events alone."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.events import Resize
from textual.screen import Screen
from textual.worker import Worker

from tui_dl import catalog, paths
from tui_dl.engine.control import Control
from tui_dl.events import Event, Finished, Layer, Note, Snapshot, Started
from tui_dl.lesson import Lesson
from tui_dl.runs.index import Listing, Summary, list_runs
from tui_dl.tui.display.pacing import Paced
from tui_dl.tui.overlays import Overlays
from tui_dl.tui.past_runs import PastRuns
from tui_dl.tui.run_view import RunView
from tui_dl.tui.screens import long_run
from tui_dl.tui.screens.ahead import Ahead
from tui_dl.tui.training import Order, Training
from tui_dl.tui.widgets.bar import Bar
from tui_dl.tui.widgets.key_footer import KeyFooter
from tui_dl.tui.widgets.lesson_page import LessonPage
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.pages import ModelPage
from tui_dl.tui.widgets.panes import MEDIUM, WIDE, Panes
from tui_dl.tui.widgets.progress_line import EXPLORER, IDLE, ProgressLine
from tui_dl.tui.widgets.runs_table import RunsTable, run_labels
from tui_dl.tui.widgets.train_pane import TrainPane

SPEEDS = (None, 1000.0, 200.0, 50.0, 10.0, 2.0)
HERTZ = 15
TURNS = 3  # loss, second chart, pictures: each is live at five a second, none keeps a key waiting


class Bench(Paced, Screen[None]):
    """Holds the present lesson, the live run and the overlays. What keys do: see workbench.py."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-middling"), (44, "-tall")]

    def __init__(self, lesson: str | None) -> None:
        super().__init__()
        self._first = lesson
        self.lesson: Lesson = catalog.lessons()[0]
        self.training = Training(self.app)
        self.past = PastRuns(self.app)
        self.ahead = Ahead(self)
        self.run_view: RunView | None = None  # of the latest run, whichever lesson is open
        self.recalled: tuple[str, RunView] | None = None  # name and view of this lesson's last run
        self.overlays = Overlays()
        self._opening = asyncio.Lock()
        self._wanted = ""  # the lesson that was asked for last
        self._to_do: tuple[str, str] | None = None  # lesson, action: once it has opened
        self._to_recall = False
        self._runs: list[Summary] = []
        self._speed = 0
        self._keras = "loading TensorFlow …"
        self._drains = 0
        self._follow_up: tuple[str, str] | None = None  # lesson, experiment: to train next
        self._late: set[int] = set()  # turns that have something new to draw
        self._shown_state: tuple[bool, bool, bool] | None = None

    def compose(self) -> ComposeResult:
        """Bar, three panes, progress line, footer."""
        yield Bar()
        yield Panes(id="panes")
        yield ProgressLine(id="progress")
        yield KeyFooter()

    @property
    def panes(self) -> Panes:
        """Lessons, page and training, side by side."""
        return self.query_one(Panes)

    @property
    def page(self) -> LessonPage:
        """The lesson's page."""
        return self.query_one(LessonPage)

    @property
    def pane(self) -> TrainPane:
        """The charts and the form."""
        return self.query_one(TrainPane)

    def on_mount(self) -> None:
        """Open a lesson, then load Keras beside the reader."""
        runs = list_runs()
        self.page.set_class(not runs, "-first")
        known = {lesson.id for lesson in catalog.lessons()}
        last = next((run.lesson for run in runs if run.lesson in known), None)
        self.open_lesson(self._first or last or catalog.lessons()[0].id)
        self.set_interval(1 / HERTZ, self._drain)
        self.call_after_refresh(self._load_keras)

    def on_unmount(self) -> None:
        """Whatever ends the app ends the run: its thread would keep the process alive."""
        self.training.control.stop()

    def open_lesson(self, name: str) -> Worker[None]:
        """Show a lesson: its page, its form, its runs. Of several requests the last one counts.

        It opens in a task: whatever handles the request goes on answering keys.
        """
        self._wanted = name
        return self.run_worker(self._open_wanted(name), group="opening")

    async def _open_wanted(self, name: str) -> None:
        async with self._opening:
            lesson = catalog.lesson(name)
            if name == self._wanted and (problem := lesson.problem()):
                self.notify(problem, severity="error", markup=False)
                self._wanted = self.lesson.id
            elif name == self._wanted:
                await self._open(lesson)
                await self._do_what_was_asked()

    async def _open(self, lesson: Lesson) -> None:
        self.lesson, self.recalled, self._runs = lesson, None, []
        self._to_recall = not lesson.explorer
        self.overlays.clear()
        await self.page.load(lesson)
        await self.pane.load(lesson)
        self.query_one(LessonTree).choose(lesson.id)
        self.panes.close_drawer()
        self._refresh_runs()
        if self.shown and self.shown.started:
            self.show_layers(self.shown.started.layers)
        self._draw()
        self.ahead.explore()
        self.ahead.soon()
        self._bar()
        self.page.focus_content()

    async def _do_what_was_asked(self) -> None:
        """Train the lesson, or a step of it, where that was asked for while it opened."""
        asked, self._to_do = self._to_do, None
        if asked and asked[0] == self.lesson.id:
            await self.run_action(asked[1])
        elif asked:
            title = catalog.lesson(asked[0]).title
            self.notify(f"{title} is not trained: another lesson was opened.")

    @property
    def settled(self) -> bool:
        """Whether page and form are those of the present lesson; not while another one opens."""
        return self.pane.form.is_of(self.lesson) and self._wanted == self.lesson.id

    @property
    def shown(self) -> RunView | None:
        """The run on the charts: the lesson's live or latest one, or None."""
        if self._is_own():
            return self.run_view
        return self.recalled[1] if self.recalled else None

    # Keras, loaded while the person reads.

    def _load_keras(self) -> None:
        self.training.load(self._keras_loaded)

    def _keras_loaded(self, device: str) -> None:
        self._keras = device
        self._bar()
        self.ahead.soon()

    @property
    def loaded(self) -> bool:
        """Whether Keras is there."""
        return not self._keras.startswith("loading")

    @property
    def has_runs(self) -> bool:
        """Whether the lesson has a run in the list."""
        return bool(self._runs)

    def ready(self) -> bool:
        """Whether the form holds settings of the present lesson that may be used."""
        return self.settled and self.pane.form.valid

    def show_layers(self, layers: list[Layer]) -> None:
        """Fill the table of layers, if there are any."""
        if layers:
            self.query_one(ModelPage).show(layers)

    def show_explored(self, run: RunView) -> None:
        """Draw an explorer's pictures and figures."""
        if not self._runs:
            self._refresh_runs()
        self.pane.explore(run)
        self.page.draw(run)
        problem = run.notes[0].text if run.notes else run.finished and run.finished.message
        figures = "  ".join(f"{name} {value:.4g}" for name, value in run.metrics.items())
        self.pane.say(problem or figures)

    # Events of the run.

    def _drain(self) -> None:
        events = self.training.drain()
        self._drains += 1
        self._buttons()
        for event in events if self.run_view else ():
            self.run_view.add(event)  # type: ignore[union-attr]
            self._heed(event)
        if events:
            self._late |= {0, 1} | ({2} if any(isinstance(e, Snapshot) for e in events) else set())
            self.show_progress()
        self._take_turn(self._drains % TURNS)
        if self._follow_up and not (events or self.training.busy):
            lesson, experiment = self._follow_up
            self._follow_up = None
            self.train_experiment(lesson, experiment)

    def _take_turn(self, turn: int) -> None:
        """Draw one thing of those that have changed."""
        if turn in self._late:
            self.training.control.hold()
            self._late.remove(turn)
            if turn == 2 and self.shown:
                self.page.draw(self.shown)
            elif turn < 2:
                self._draw_charts(turn)

    def _heed(self, event: Event) -> None:
        match event:
            case Started():
                if self._is_own():
                    self.show_layers(event.layers)
                self._bar()
                long_run.ask(self.app, self.training, event, self._follow)
            case Note():
                if self._is_own():
                    self.pane.say(f"Step {event.step}: {event.text}")
            case Finished():
                self._ended(event)

    def _follow(self, lesson: str, experiment: str) -> None:
        self._follow_up = lesson, experiment

    def _ended(self, event: Finished) -> None:
        self._refresh_runs()
        self.ahead.soon()
        if event.status == "failed":
            text = f"{event.message}{paths.log_hint()}"
            self.notify(text, title="The lesson failed", severity="error", timeout=20, markup=False)
        elif event.status == "diverged":
            if self._is_own():
                self.pane.charts[0].log_scale = True  # a linear axis shows the blow-up alone
            self.notify(
                event.message, title="Diverged", severity="warning", timeout=12, markup=False
            )

    def _draw(self) -> None:
        """Bring charts, pictures, buttons and progress up to date."""
        self._draw_charts()
        if self.shown:
            self.page.draw(self.shown)
        self._buttons()
        self.show_progress()

    def _draw_charts(self, only: int | None = None) -> None:
        self.pane.draw(self.shown, self.overlays.labelled(run_labels(self._runs)), only)

    def show_progress(self) -> None:
        """Where the run stands, or what to do. A run of another lesson is named."""
        hint = EXPLORER if self.lesson.explorer else IDLE
        line, order = self.query_one(ProgressLine), self.training.order
        if self.training.busy and order and not self._is_own():
            line.show(self.run_view, hint, SPEEDS[self._speed], of=order.lesson.title)
        else:
            line.show(self.shown, hint, SPEEDS[self._speed])

    def _is_own(self) -> bool:
        """Whether the live run belongs to the lesson that shows."""
        order = self.training.order
        return order is not None and order.lesson.id == self.lesson.id

    def _buttons(self) -> None:
        busy = self.training.busy
        paused = busy and self.training.control.state == "paused"
        state = (busy, paused, self.pane.form.valid)
        if state != self._shown_state:  # buttons and footer are costly to lay out anew
            self._shown_state = state
            self.pane.show_state(*state)
            self.refresh_bindings()

    def _bar(self) -> None:
        parts = [self._keras]
        if self.shown and self.shown.started:
            parts = [self.shown.started.device, self.shown.started.data.name]
        if SPEEDS[self._speed]:
            parts.append(f"at most {SPEEDS[self._speed]:g} step/s")
        self.query_one(Bar).show(self.lesson, parts)

    def on_resize(self, event: Resize) -> None:
        """Fit what is aligned by hand."""
        if self.is_mounted and self.query(Bar):
            self.panes.fit(event.size.width)
            self._bar()

    def _refresh_runs(self) -> None:
        """Read the run directories again, for the table and the marks in the tree."""
        self.past.refresh(self._runs_read)

    def _runs_read(self, listing: Listing) -> None:
        self.query_one(RunsTable).complain(listing.complaint)
        self.query_one(LessonTree).show_runs(listing.runs)
        self._runs = [run for run in listing.runs if run.lesson == self.lesson.id]
        self._show_runs()
        self._recall()

    def _recall(self) -> None:
        """Show the lesson's last run again, once it is opened and none of its own goes on."""
        if self._to_recall and self._runs and not self._is_own():
            newest = self._runs[0]
            self.past.load(newest.name, lambda view, _: self._recalled(newest, view))
        self._to_recall = False

    def _recalled(self, run: Summary, view: RunView | None) -> None:
        if view and run.lesson == self.lesson.id and not self._is_own():
            self.recalled = run.name, view
            if view.started:
                self.show_layers(view.started.layers)
            self._draw()
            self._bar()

    def _show_runs(self) -> None:
        self.page.list_runs(self._runs, self.overlays.names)

    def run_on_chart(self) -> str | None:
        """The name of the run whose curves are the lesson's own, not laid over them."""
        if self._is_own():
            return self.training.writer.name if self.training.writer else None
        return self.recalled[0] if self.recalled else None

    def order(self) -> Order:
        """What the form asks for; raises ParameterError. Its lesson is the form's own."""
        form = self.pane.form
        return Order(form.lesson, form.values(), form.seed, form.experiment)

    def train_experiment(self, lesson: str, name: str) -> None:
        """Fill the form with an experiment and train it, if its lesson is still open."""
        raise NotImplementedError

    def running_control(self) -> Control | None:
        """The handle on the live run, or None."""
        return self.training.control if self.training.busy else None
