"""The one working screen: what a person does on it, by key, button, palette or mouse."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import BindingType

from tui_dl import catalog
from tui_dl.errors import ParameterError
from tui_dl.tui.run_view import RunView
from tui_dl.tui.screens import keys
from tui_dl.tui.screens.bench import SPEEDS, Bench
from tui_dl.tui.screens.dialogs import Keys
from tui_dl.tui.widgets.experiments import Experiments
from tui_dl.tui.widgets.form import ParameterForm
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.runs_table import RunsTable
from tui_dl.tui.widgets.train_pane import MARKERS, TrainPane


class WorkbenchScreen(Bench):
    """The actions behind the keys of keys.py, and the messages of the widgets."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.BINDINGS)

    def _start(self, *, paused: bool = False) -> None:
        if not self._may_start():
            return
        try:
            order = self.order()
        except ParameterError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._drain()  # what an earlier run still has to say is not this one's
        if not self.training.start(order, paused=paused):
            return
        self.run_view, self.recalled, self._to_recall = RunView(), None, False
        self.page.remove_class("-first")
        self.training.control.speed = SPEEDS[self._speed]
        if self.has_class("-narrow"):
            self.panes.show("train")
        self.action_leave_field()
        self._draw()

    def _may_start(self) -> bool:
        """Whether a run can begin now; says why not."""
        if not self.settled:
            self.notify(f"{catalog.lesson(self._wanted).title} is still opening: try again.")
        elif self.training.busy and not self._is_own():
            assert self.training.order is not None
            other = self.training.order.lesson.title
            self.notify(f"{other} is training: x stops it, then train this lesson.")
        else:
            return not self.training.busy
        return False

    def train_experiment(self, lesson: str, name: str) -> None:
        """Fill the form with an experiment and train it, if its lesson is still open."""
        if self.choose_experiment(lesson, name):
            self._start()

    def action_train(self) -> None:
        """Start a run with the form's settings; resume a paused one.

        A lesson that is still opening trains as soon as it is open.
        """
        if not self.settled:
            self._to_do = self._wanted, "train"
        elif self.training.busy and self._is_own():
            if self.training.control.state == "paused":
                self.training.control.resume()
        else:
            self._start()

    def action_pause(self) -> None:
        """Pause, or go on."""
        control = self.training.control
        if control.state == "paused":
            control.resume()
        else:
            control.pause()

    def _single(self, advance: str) -> None:
        """A step or an epoch; of a lesson that is still opening as soon as it is open."""
        if not self.settled:
            self._to_do = self._wanted, advance
            return
        if not (self.training.busy and self._is_own()):
            if not self._may_start():
                return
            self._start(paused=True)
        getattr(self.training.control, advance)()

    def action_step(self) -> None:
        """Train one step, then pause."""
        self._single("step")

    def action_step_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._single("step_epoch")

    def action_stop(self) -> None:
        """End the run; its record is kept. What loads or compiles cannot be interrupted."""
        self.training.control.stop()
        if self.run_view and self.training.control.state == "preparing":
            self.run_view.stopping = True
            self.show_progress()

    def action_speed(self, by: int) -> None:
        """Train slower or faster, to watch each step."""
        self._speed = min(max(self._speed + by, 0), len(SPEEDS) - 1)
        self.training.control.speed = SPEEDS[self._speed]
        self._bar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        if action in ("pause", "stop"):
            return True if self.training.busy else None
        if action == "answer":
            return bool(self.lesson.answer())
        if action == "leave_field":
            return self._field_in_hand() or self.panes.drawer
        if action == "train":
            there = self.is_mounted and self.query(TrainPane)
            return True if there and (self.pane.form.valid or not self.settled) else None
        return True

    def _field_in_hand(self) -> bool:
        return self.focused is not None and self.pane.form in self.focused.ancestors

    def action_go(self, pane: str) -> None:
        """Show a pane (in a narrow terminal) and put the focus there."""
        self.panes.show(pane, drawer=pane == "lessons" and not self.panes.drawer)
        if pane == "lessons":
            self.query_one(LessonTree).focus()
        elif pane == "page":
            self.page.focus_content()
        else:
            self.pane.form.focus_first()

    def action_tab(self, name: str) -> None:
        """Show a tab of the page."""
        self.page.tab = name
        self.action_go("page")
        self.call_after_refresh(self.page.focus_content)

    def action_turn(self, by: int) -> None:
        """Show the next tab of the page."""
        self.panes.show("page")
        self.page.turn(by)
        self.call_after_refresh(self.page.focus_content)

    def action_answer(self) -> None:
        """Show the worked answer of an exercise."""
        if self.settled:
            self.page.reveal()

    def action_log_scale(self) -> None:
        """Switch the loss between linear and logarithmic."""
        self.pane.toggle_log()

    def action_smooth(self) -> None:
        """Smooth the curves more, or not at all."""
        self.pane.next_smoothing()

    def action_leave_field(self) -> None:
        """Give the keys back to the screen."""
        self.panes.close_drawer()
        self.set_focus(None)

    def action_keys(self) -> None:
        """Show every key."""
        self.app.push_screen(Keys(keys.rows(self.app)))

    def action_preset(self, number: int) -> None:
        """Fill the form with the n-th experiment; 0 gives the defaults."""
        experiments = self.lesson.experiments
        if number <= len(experiments):
            name = experiments[number - 1].name if number else ""
            self.choose_experiment(self.lesson.id, name)

    @on(Experiments.Chosen)
    def _experiment_chosen(self, event: Experiments.Chosen) -> None:
        self.choose_experiment(event.lesson, event.name)

    def choose_experiment(self, lesson: str, name: str) -> bool:
        """Fill the form with a lesson's experiment; False where that lesson is not open now."""
        if not (self.settled and lesson == self.lesson.id):
            self.notify("Another lesson was opened meanwhile: choose the experiment again.")
            return False
        experiment = self.lesson.experiment(name) if name else None
        self.pane.form.apply(experiment.settings if experiment else {}, name or None)
        self.pane.say(experiment.notice if experiment else "Back to the defaults.")
        return True

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
            self.overlays.remove(name)
            self._show_runs()
            self._draw()
        elif name == self.run_on_chart():
            self.notify("That run is the one on the chart already: choose an older one.")
        elif name not in {run.name for run in self._runs}:
            self.notify("That run is of another lesson: choose one of this lesson's runs.")
        elif self.overlays.full:
            self.notify(f"At most {len(MARKERS)} runs fit over a chart; take one off first.")
        else:
            self.past.load(name, partial(self._lay_over, name))

    def _lay_over(self, name: str, view: RunView | None, problem: str) -> None:
        """A run that was asked for is read: draw it, if it still fits."""
        if view is None:
            self.notify(f"{problem}. The list of runs was read again.", markup=False)
            self._refresh_runs()
        elif name in {run.name for run in self._runs} and not self.overlays.full:
            self.overlays.add(name, view)
            self._show_runs()
            self._draw()

    # Messages of the widgets.

    @on(LessonTree.Chosen)
    def _lesson_chosen(self, event: LessonTree.Chosen) -> None:
        self.action_go("page")
        if event.lesson != self._wanted or not self.settled:
            self.open_lesson(event.lesson)

    @on(ParameterForm.Changed)
    def _form_changed(self) -> None:
        self._buttons()
        self.pane.say(self.pane.form.problem)
        self.ahead.explore()
        self.ahead.soon()

    @on(ParameterForm.Applied)
    def _live_applied(self, event: ParameterForm.Applied) -> None:
        order = self.training.order
        if self.training.busy and order and order.lesson is event.lesson:
            self.training.control.set(event.parameter.name, event.value)

    @on(TrainPane.Pressed)
    async def _button_pressed(self, event: TrainPane.Pressed) -> None:
        names = {"epoch": "step_epoch"}
        await self.run_action(names.get(event.action, event.action))
