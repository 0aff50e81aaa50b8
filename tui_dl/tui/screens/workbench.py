"""The one working screen: lessons, the page of the chosen one, and its training."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer, Static, TabbedContent

from tui_dl import catalog, paths
from tui_dl.engine.control import Control
from tui_dl.events import Event, Finished, Layer, Note, Snapshot, Started
from tui_dl.lesson import Lesson
from tui_dl.parameters import ParameterError
from tui_dl.runs.index import Summary, list_runs
from tui_dl.runs.reader import read
from tui_dl.tui.run_view import RunView
from tui_dl.tui.screens.dialogs import Keys
from tui_dl.tui.training import Order, Training
from tui_dl.tui.widgets.experiments import Experiments
from tui_dl.tui.widgets.form import Field, ParameterForm
from tui_dl.tui.widgets.lesson_page import LessonPage
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.pages import ModelPage
from tui_dl.tui.widgets.progress_line import ProgressLine
from tui_dl.tui.widgets.runs_table import RunsTable, run_labels
from tui_dl.tui.widgets.train_pane import MARKERS, TrainPane

SPEEDS = (None, 1000.0, 200.0, 50.0, 10.0, 2.0)
HERTZ = 10


class WorkbenchScreen(Screen[None]):
    """Holds the present lesson, the live run and the overlays; draws from events alone."""

    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"), (100, "-medium"), (160, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [
        (0, "-low"), (28, "-middling"), (44, "-tall"),
    ]  # fmt: skip

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "train", "Train"),
        Binding("space", "pause", "Pause"),
        Binding("x", "stop", "Stop"),
        Binding("t", "go('lessons')", "Lessons"),
        Binding("g", "go('page')", "Page"),
        Binding("f", "go('train')", "Form"),
        Binding("e", "tab('experiments')", "Experiments"),
        Binding("question_mark", "keys", "Keys", key_display="?"),
        Binding("q,ctrl+q,ctrl+c", "app.leave", "Leave", key_display="q"),
        Binding("s", "step", "Step"),
        Binding("S", "step_epoch", "Step an epoch"),
        Binding("o", "overlay", "Overlay a run"),
        Binding("l", "log_scale", "Logarithmic loss"),
        Binding("m", "smooth", "Smooth the curves"),
        Binding("less_than_sign", "speed(1)", "Slower", show=False, key_display="<"),
        Binding("greater_than_sign", "speed(-1)", "Faster", show=False, key_display=">"),
        Binding("left_square_bracket", "turn(-1)", "Tab before", show=False, key_display="["),
        Binding("right_square_bracket", "turn(1)", "Next tab", show=False, key_display="]"),
        Binding("slash", "app.command_palette", "Find", show=False, key_display="/"),
        Binding("escape", "leave_field", "Leave a field", show=False),
        *[Binding(str(n), f"preset({n})", "", show=False) for n in range(10)],
    ]

    def __init__(self, lesson: str | None) -> None:
        super().__init__()
        self._first = lesson
        self.lesson: Lesson[Any] = catalog.lessons()[0]
        self.training = Training(self.app)
        self.run_view: RunView | None = None
        self.overlays: dict[str, RunView] = {}
        self._runs: list[Summary] = []
        self._speed = 0
        self._keras = "loading TensorFlow …"
        self._layers: list[Layer] = []

    def compose(self) -> ComposeResult:
        """Bar, three panes, progress line, footer."""
        yield Static(id="bar")
        with Horizontal(id="panes"):
            tree = LessonTree(catalog.lessons(), id="lessons")
            tree.border_title = "Lessons"
            yield tree
            yield LessonPage(id="page")
            yield TrainPane(id="train")
        yield ProgressLine(id="progress")
        yield Footer(compact=True, show_command_palette=False)

    @property
    def page(self) -> LessonPage:
        """The lesson's page."""
        return self.query_one(LessonPage)

    @property
    def pane(self) -> TrainPane:
        """The charts and the form."""
        return self.query_one(TrainPane)

    async def on_mount(self) -> None:
        """Open a lesson, then load Keras beside the reader."""
        self.add_class("-show-page")
        runs = list_runs()
        self.page.set_class(not runs, "-first")
        known = {lesson.id for lesson in catalog.lessons()}
        last = next((run.lesson for run in runs if run.lesson in known), None)
        await self.open_lesson(self._first or last or catalog.lessons()[0].id)
        self.set_interval(1 / HERTZ, self._drain)
        self.call_after_refresh(self._load_keras)

    async def open_lesson(self, name: str) -> None:
        """Show a lesson: its page, its form, its runs."""
        self.lesson = catalog.lesson(name)
        self.overlays.clear()
        if not self.training.busy:
            self.run_view = None
        self._layers = []
        await self.page.load(self.lesson)
        await self.pane.load(self.lesson)
        self.query_one(LessonTree).choose(name)
        self.remove_class("-drawer")
        self._refresh_runs()
        self._draw()
        self.page.focus_content()

    # Keras, loaded while the person reads.

    @work(thread=True, group="keras", exit_on_error=False)
    def _load_keras(self) -> None:
        from tui_dl.engine import device

        device.load()
        self.app.call_from_thread(self._keras_loaded, device.describe())

    def _keras_loaded(self, device: str) -> None:
        self._keras = device
        self._bar()
        self._preview()

    @on(TabbedContent.TabActivated)
    def _tab_shown(self) -> None:
        self._preview()

    def _preview(self) -> None:
        """Fill in the layer table where it is looked at and not yet known."""
        ready = not self._keras.startswith("loading") and self.page.tab == "model"
        if ready and not self._layers and not self.training.busy and self.pane.form.valid:
            self.training.preview(self._order(), self._show_layers)

    def _show_layers(self, layers: list[Layer]) -> None:
        self._layers = layers
        if layers:
            self.query_one(ModelPage).show(layers)

    # Events of the run.

    def _drain(self) -> None:
        events = self.training.drain()
        if not events or self.run_view is None:
            return
        for event in events:
            self.run_view.add(event)
            self._heed(event)
        self._draw(pictures=any(isinstance(event, Snapshot) for event in events))

    def _heed(self, event: Event) -> None:
        match event:
            case Started():
                self._show_layers(event.layers)
                self._bar()
            case Note():
                self.pane.say(f"Step {event.step}: {event.text}")
            case Finished():
                self._ended(event)

    def _ended(self, event: Finished) -> None:
        self._refresh_runs()
        if event.status == "failed":
            text = f"{event.message}\nThe log: {paths.log()}"
            self.notify(text, title="The lesson failed", severity="error", timeout=20, markup=False)
        elif event.status == "diverged":
            self.notify(event.message, title="Diverged", severity="warning", timeout=12)

    def _draw(self, pictures: bool = True) -> None:
        """Bring charts, pictures, buttons and progress up to date."""
        own = self.run_view if self._is_own() else None
        labels = run_labels(self._runs)
        self.pane.draw(own, {labels[name]: old for name, old in self.overlays.items()})
        if own and pictures:
            self.page.draw(own)
        self._buttons()
        self.query_one(ProgressLine).show(self.run_view)
        self._bar()

    def _is_own(self) -> bool:
        """Whether the live run belongs to the lesson that shows."""
        order = self.training.order
        return order is not None and order.lesson.id == self.lesson.id

    def _buttons(self) -> None:
        busy = self.training.busy
        paused = busy and self.training.control.state == "paused"
        self.pane.show_state(busy, paused, self.pane.form.valid)
        self.refresh_bindings()

    def _bar(self) -> None:
        parts = [self._keras]
        if self.run_view and self.run_view.started and self._is_own():
            parts = [self.run_view.started.device, self.run_view.started.data.name]
        if SPEEDS[self._speed]:
            parts.append(f"at most {SPEEDS[self._speed]:g} step/s")
        left = Text.assemble(
            ("dlworkbench", "bold"), f"  {self.lesson.track} › ", (self.lesson.title, "bold")
        )
        right = " · ".join(parts)
        gap = self.size.width - 2 - left.cell_len - len(right)
        left.append(" " * max(2, gap) + right, "dim")
        self.query_one("#bar", Static).update(left)

    def on_resize(self) -> None:
        """Fit what is aligned by hand."""
        if self.is_mounted and self.query("#bar"):
            self._bar()

    def _refresh_runs(self) -> None:
        """Read the run directory: the table, and the marks in the tree."""
        everything = list_runs()
        best: dict[str, str] = {}
        for run in everything:
            best[run.lesson] = "completed" if run.status == "completed" else best.get(
                run.lesson, run.status
            )  # fmt: skip
        self.query_one(LessonTree).show_status(best)
        self._runs = [run for run in everything if run.lesson == self.lesson.id]
        self._show_runs()

    def _show_runs(self) -> None:
        self.query_one(RunsTable).show(self.lesson, self._runs, set(self.overlays))

    # What a person does.

    def _order(self) -> Order:
        form = self.pane.form
        return Order(self.lesson, form.values(), form.seed, form.experiment)

    def _start(self, *, paused: bool = False) -> None:
        try:
            order = self._order()
        except ParameterError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self.run_view = RunView()
        self.page.remove_class("-first")
        self.training.start(order, paused=paused)
        self.training.control.speed = SPEEDS[self._speed]
        if self.has_class("-narrow"):
            self._show_pane("train")
        self.action_leave_field()
        self._draw()

    def action_train(self) -> None:
        """Start a run with the form's settings; resume a paused one."""
        if not self.training.busy:
            self._start()
        elif self.training.control.state == "paused":
            self.training.control.resume()

    def action_pause(self) -> None:
        """Pause, or go on."""
        control = self.training.control
        if control.state == "paused":
            control.resume()
        else:
            control.pause()

    def _single(self, advance: str) -> None:
        if self.training.busy:
            getattr(self.training.control, advance)()
        else:
            self._start(paused=True)
            getattr(self.training.control, advance)()

    def action_step(self) -> None:
        """Train one step, then pause."""
        self._single("step")

    def action_step_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._single("step_epoch")

    def action_stop(self) -> None:
        """End the run; its record is kept."""
        self.training.control.stop()

    def action_speed(self, by: int) -> None:
        """Train slower or faster, to watch each step."""
        self._speed = min(max(self._speed + by, 0), len(SPEEDS) - 1)
        self.training.control.speed = SPEEDS[self._speed]
        self._bar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        if action in ("pause", "stop"):
            return True if self.training.busy else None
        if action == "train":
            can = self.pane.form.valid if self.is_mounted and self.query(TrainPane) else False
            return True if can else None
        return True

    def action_go(self, pane: str) -> None:
        """Show a pane (in a narrow terminal) and put the focus there."""
        self._show_pane(pane)
        self.set_class(pane == "lessons" and not self.has_class("-drawer"), "-drawer")
        if pane == "lessons":
            self.query_one(LessonTree).focus()
        elif pane == "page":
            self.page.focus_content()
        else:
            self.pane.form.query("Input, Select").first().focus()

    def _show_pane(self, pane: str) -> None:
        self.remove_class("-show-lessons", "-show-page", "-show-train")
        self.add_class(f"-show-{pane}")

    def action_tab(self, name: str) -> None:
        """Show a tab of the page."""
        self.page.tab = name
        self.action_go("page")
        self.call_after_refresh(self.page.focus_content)

    def action_turn(self, by: int) -> None:
        """Show the next tab of the page."""
        self.page.turn(by)
        self.call_after_refresh(self.page.focus_content)

    def action_log_scale(self) -> None:
        """Switch the loss between linear and logarithmic."""
        self.pane.toggle_log()

    def action_smooth(self) -> None:
        """Smooth the curves more, or not at all."""
        self.pane.next_smoothing()

    def action_leave_field(self) -> None:
        """Give the keys back to the screen."""
        if self.has_class("-drawer"):
            self.remove_class("-drawer")
        self.set_focus(None)

    def action_keys(self) -> None:
        """Show every key."""
        shown = [b for b in self.BINDINGS if isinstance(b, Binding) and b.description]
        rows = [(self.app.get_key_display(b), b.description) for b in shown]
        rows += [("0 … 9", "Defaults, experiment n"), ("Enter", "Apply a live field")]
        rows += [("c", "Contents of the theory"), ("d", "Dark or light")]
        rows += [("ctrl+p", "Command palette")]
        self.app.push_screen(Keys(rows))

    def action_preset(self, number: int) -> None:
        """Fill the form with the n-th experiment; 0 gives the defaults."""
        experiments = self.lesson.experiments
        if number <= len(experiments):
            self._preset(experiments[number - 1].name if number else "")

    @on(Experiments.Chosen)
    def _experiment_chosen(self, event: Experiments.Chosen) -> None:
        self._preset(event.name)

    def _preset(self, name: str) -> None:
        settings = self.lesson.experiment(name).settings if name else {}
        self.pane.form.apply(settings, name or None)
        notice = self.lesson.experiment(name).notice if name else "Back to the defaults."
        self.pane.say(notice)

    def action_overlay(self) -> None:
        """Lay the chosen run over the chart; from another tab, show the runs first."""
        chosen = self.query_one(RunsTable).chosen()
        if self.page.tab != "runs":
            self.action_tab("runs")
        elif chosen:
            self._toggle(chosen)

    @on(RunsTable.Toggled)
    def _run_toggled(self, event: RunsTable.Toggled) -> None:
        self._toggle(event.run)

    def _toggle(self, name: str) -> None:
        if name in self.overlays:
            del self.overlays[name]
        elif len(self.overlays) == len(MARKERS):
            self.notify(f"At most {len(MARKERS)} runs fit over a chart; take one off first.")
        else:
            self.overlays[name] = RunView(read(name).events)
        self._show_runs()
        self._draw()

    # Messages of the widgets.

    @on(LessonTree.Chosen)
    async def _lesson_chosen(self, event: LessonTree.Chosen) -> None:
        self.action_go("page")
        if event.lesson != self.lesson.id:
            await self.open_lesson(event.lesson)

    @on(ParameterForm.Changed)
    def _form_changed(self) -> None:
        self._layers = []
        self._buttons()
        self._preview()

    @on(Field.Applied)
    def _live_applied(self, event: Field.Applied) -> None:
        if self.training.busy and self._is_own():
            self.training.control.set(event.parameter.name, event.value)

    @on(TrainPane.Pressed)
    async def _button_pressed(self, event: TrainPane.Pressed) -> None:
        names = {"epoch": "step_epoch"}
        await self.run_action(names.get(event.action, event.action))

    def running_control(self) -> Control | None:
        """The handle on the live run, or None."""
        return self.training.control if self.training.busy else None
