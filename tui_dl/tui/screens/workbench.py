"""The one working screen: what a person does on it, by key, button, palette or mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType

from tui_dl.parameters import ParameterError
from tui_dl.tui.run_view import RunView
from tui_dl.tui.screens import keys
from tui_dl.tui.screens.bench import SPEEDS, Bench
from tui_dl.tui.screens.dialogs import Keys
from tui_dl.tui.widgets.experiments import Experiments
from tui_dl.tui.widgets.form import Field, ParameterForm
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.runs_table import RunsTable
from tui_dl.tui.widgets.train_pane import MARKERS, TrainPane


class WorkbenchScreen(Bench):
    """The actions behind the keys of keys.py, and the messages of the widgets."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.BINDINGS)

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

    def train_experiment(self, name: str) -> None:
        """Fill the form with an experiment and train it."""
        self._follow_up = ""
        self._preset(name)
        self._start()

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
        """End the run; its record is kept. What loads or compiles ends first: nothing breaks it."""
        self.training.control.stop()
        if self.run_view and self.training.control.state == "preparing":
            self.run_view.detail += " … then it stops"
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
            return self._field_in_hand() or self.has_class("-drawer")
        if action == "train":
            can = self.pane.form.valid if self.is_mounted and self.query(TrainPane) else False
            return True if can else None
        return True

    def _field_in_hand(self) -> bool:
        return self.focused is not None and self.pane.form in self.focused.ancestors

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
        self._show_pane("page")
        self.page.turn(by)
        self.call_after_refresh(self.page.focus_content)

    async def action_answer(self) -> None:
        """Show the worked answer of an exercise."""
        await self.page.reveal()

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
        self.app.push_screen(Keys(keys.rows(self.app)))

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
        if self._is_own() and self.training.writer and name == self.training.writer.name:
            self.notify("That run is the one on the chart already: choose an older one.")
            return
        if self.overlays.full and name not in self.overlays:
            self.notify(f"At most {len(MARKERS)} runs fit over a chart; take one off first.")
            return
        self.overlays.toggle(name)
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
        self._buttons()
        self.pane.say(self.pane.form.problem)
        self._explore()
        self._soon()

    @on(Field.Applied)
    def _live_applied(self, event: Field.Applied) -> None:
        if self.training.busy and self._is_own():
            self.training.control.set(event.parameter.name, event.value)

    @on(TrainPane.Pressed)
    async def _button_pressed(self, event: TrainPane.Pressed) -> None:
        names = {"epoch": "step_epoch"}
        await self.run_action(names.get(event.action, event.action))
