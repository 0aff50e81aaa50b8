"""The main screen: lessons, a page and a run, and what keys and the mouse do on it.

The first paint shows the lessons and the beginning of the page. The form, the charts and the other
tabs follow it: their modules take longer to import than everything before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker

from tui_dl import catalog
from tui_dl.lesson import Lesson
from tui_dl.runs.names import last_lesson
from tui_dl.tui.runtime.pacing import Paced
from tui_dl.tui.screens import keys
from tui_dl.tui.screens.dialogs import Keys
from tui_dl.tui.screens.opening import Opening
from tui_dl.tui.widgets.bar import LOADING, Bar
from tui_dl.tui.widgets.key_footer import KeyFooter
from tui_dl.tui.widgets.lesson_page import LessonPage
from tui_dl.tui.widgets.lesson_tree import LessonTree
from tui_dl.tui.widgets.panes import HUGE, MEDIUM, WIDE, Panes
from tui_dl.tui.widgets.progress_line import ProgressLine, hint_of
from tui_dl.tui.widgets.theory_page import TheoryPage

if TYPE_CHECKING:
    from tui_dl.runs.index import Listing
    from tui_dl.tui.run_controller import RunController
    from tui_dl.tui.screens.ahead import Ahead
    from tui_dl.tui.screens.launcher import Launcher
    from tui_dl.tui.screens.run_display import RunDisplay
    from tui_dl.tui.widgets.experiments import Experiments
    from tui_dl.tui.widgets.form import ParameterForm
    from tui_dl.tui.widgets.runs_table import RunsTable
    from tui_dl.tui.widgets.train_pane import TrainPane

HERTZ = 15
LATEST = 0.3  # seconds until the rest comes, whether the page was painted or not


class WorkbenchScreen(Paced, Screen[None]):
    """Connects keys, widgets, the opening of lessons and the run controller."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide"), (HUGE, "-huge")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-middling"), (44, "-tall")]
    BINDINGS: ClassVar[list[BindingType]] = list(keys.BINDINGS)

    pane: TrainPane  # this and the next four exist once the screen is complete
    runs: RunController
    shows: RunDisplay
    launcher: Launcher
    ahead: Ahead

    def __init__(self, lesson: str | None) -> None:
        super().__init__()
        self._last = last_lesson()
        first = lesson or self._last
        wanted = catalog.find(first) if first else None
        self.opening = Opening(wanted or catalog.lessons()[0], self)
        self.complete = False  # True once every widget is there
        self._completing = False

    def compose(self) -> ComposeResult:
        """Yield bar, three panes, progress line, footer."""
        yield Bar()
        yield Panes(greets=not self._last, id="panes")
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

    # From the first paint to the complete screen.

    def on_mount(self) -> None:
        """Show the lessons and the page."""
        self.page.show_theory(self.lesson)
        self.query_one(LessonTree).choose(self.lesson.id)
        self.query_one(Bar).show(self.lesson, [LOADING])
        self.query_one(ProgressLine).show(None, hint_of(self.lesson))
        self.page.focus_content()
        self.set_timer(LATEST, self.on_theory_page_drawn)

    def on_theory_page_drawn(self) -> None:
        """Add the missing widgets, once, after the page's first paint."""
        if not self._completing:
            self._completing = True
            self.run_worker(self._add_the_rest(), group="opening")

    async def _add_the_rest(self) -> None:
        from tui_dl.tui.run_controller import RunController
        from tui_dl.tui.screens.ahead import Ahead
        from tui_dl.tui.screens.launcher import Launcher
        from tui_dl.tui.screens.reading import Reading
        from tui_dl.tui.screens.run_display import RunDisplay

        self.pane = await self.panes.complete()
        await self.page.complete()
        self.runs = RunController(self.app, self.lesson, self)
        self.shows = RunDisplay(self.app, self, self.runs)
        self.launcher = Launcher(self, self.opening, self.runs, self.pane)
        self.reading = Reading(self)
        self.ahead = Ahead(self.runs, self.shows, self.launcher, self.set_timer)
        self.complete = True
        self.set_interval(1 / HERTZ, self._drain)
        self.post_message(self.Completed())
        self.runs.load()
        try:
            await self.opening.open(self.opening.wanted)
        finally:
            self.post_message(self.Usable())

    class Completed(Message):
        """Every widget exists."""

    class Usable(Message):
        """The first lesson is open: from now on keys and clicks take effect."""

    def on_unmount(self) -> None:
        """End the run with the app: its worker thread would keep the process alive."""
        if self.complete:
            self.runs.training.let_go()

    def on_resize(self, event: Resize) -> None:
        """Fit the panes and the bar to the width."""
        if self.complete:
            self.panes.fit(event.size.width)
            self.shows.bar()

    # Opening a lesson.

    @property
    def lesson(self) -> Lesson:
        """The open lesson."""
        return self.opening.lesson

    def open_lesson(self, name: str) -> Worker[None]:
        """Open a lesson in a task, so that the caller can go on handling keys."""
        self.opening.wanted = name
        return self.run_worker(self.opening.open(name), group="opening")

    async def show_lesson(self, lesson: Lesson) -> None:
        """Show a lesson's page, form and runs."""
        self.runs.open(lesson)
        await self.page.load(lesson)
        await self.pane.load(lesson)
        self.query_one(LessonTree).choose(lesson.id)
        self.panes.close_drawer()
        self.shows.everything()

    async def lesson_opened(self, action: str) -> None:
        """Draw or prepare its run, and do what was requested meanwhile."""
        self.ahead.explore()
        self.ahead.soon()
        self.page.focus_content()
        if action:
            await self.run_action(action)

    def on_lesson_tree_chosen(self, event: LessonTree.Chosen) -> None:
        """Open the lesson, unless it is open."""
        self.action_go("page")
        if event.lesson != self.opening.wanted or not self.opening.settled:
            self.open_lesson(event.lesson)

    def refuse(self, why: str) -> None:
        """Show in a toast why something was not done."""
        self.notify(why, severity="warning", markup=False)

    # Events of the runs.

    def _drain(self) -> None:
        self.runs.control.watched = self.page.tab == "inside" and self.panes.page_shows
        events = self.runs.drain()
        self.shows.follow(events)
        for event in events:
            if event.kind == "started":
                from tui_dl.tui.screens import long_run

                long_run.ask(self.app, self.runs.training, event, self.launcher.train_next)
            elif event.kind == "finished":
                self.page.run_ended()
                self.runs.refresh()
                self.ahead.soon()
        if not events:
            self.launcher.follow_up()

    def device_known(self) -> None:
        """Show the device, offer the others and prepare the run."""
        self.shows.bar()
        self.run_worker(self.pane.form.offer(self.runs.devices), group="opening")
        self.ahead.soon()

    def runs_listed(self, listing: Listing) -> None:
        """Show the runs in the table, and mark the lessons in the tree."""
        self.page.complain(listing.complaint)
        self.query_one(LessonTree).show_runs(listing.runs)
        self.shows.runs()

    def charts_changed(self) -> None:
        """Draw the run on the charts, and those that lie over it."""
        self.shows.everything()

    def run_started(self) -> None:
        """Make room for the run."""
        self.page.run_started()
        if self.has_class("-narrow") and self.page.tab != "inside":
            self.panes.show("train")
        self.action_leave_field()
        self.shows.draw()

    # Actions on a run.

    def action_train(self) -> None:
        """Start a run with the form's settings; resume a paused one."""
        self.launcher.train()

    def action_step(self) -> None:
        """Train one step, then pause."""
        self.launcher.advance("step")

    def action_step_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self.launcher.advance("epoch")

    def action_pause(self) -> None:
        """Pause the run, or resume it."""
        self.runs.pause()

    def action_stop(self) -> None:
        """End the run and keep its record."""
        self.runs.stop()
        self.shows.progress()

    def action_speed(self, by: int) -> None:
        """Train slower or faster, to watch each step."""
        self.runs.change_speed(by)
        self.shows.bar()

    def on_parameter_form_changed(self) -> None:
        """Check the settings, and prepare or explore them."""
        self.shows.buttons()
        self.pane.say(self.pane.form.problem)
        self.ahead.explore()
        self.ahead.soon()

    def on_parameter_form_applied(self, event: ParameterForm.Applied) -> None:
        """Change a live value of the run."""
        self.runs.set_live(event.lesson, event.parameter.name, event.value)

    def action_preset(self, number: int) -> None:
        """Fill the form with the n-th experiment; 0 gives the defaults."""
        self.launcher.preset(number)

    def on_experiments_chosen(self, event: Experiments.Chosen) -> None:
        """Fill the form with an experiment."""
        self.launcher.choose(event.lesson, event.name)

    def experiment_chosen(self, title: str) -> None:
        """Say so where the form is not displayed."""
        if not self.panes.form_shows:
            what = f"“{title}” fills the form" if title else "The form holds the defaults"
            self.notify(f"{what}: r trains it, f shows it.", markup=False)

    def action_overlay(self) -> None:
        """Overlay the chosen run, or remove it; from another tab, show the runs first."""
        if self.page.tab != "runs":
            self.action_tab("runs")
        elif chosen := self.page.chosen_run():
            self.runs.toggle(chosen)

    def on_runs_table_chosen(self, event: RunsTable.Chosen) -> None:
        """Go on with a run, or else add it as an overlay or remove it."""
        (self.launcher.go_on if event.resume else self.runs.toggle)(event.run)

    # Actions on the view.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Gray out or hide the actions that are not possible now."""
        if not self.complete:
            return None if action in ("pause", "stop") else action != "leave_field"
        if action in ("pause", "stop"):
            return True if self.runs.busy else None
        if action == "leave_field":
            in_field = self.focused is not None and self.pane.form in self.focused.ancestors
            return in_field or self.panes.drawer or self.panes.full or self.pane.examined
        if action == "train":
            return True if self.pane.form.valid or not self.opening.settled else None
        return True

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

    def action_inside(self) -> None:
        """Show the pictures; if they show, let them fill the screen or take their pane again."""
        if self.page.tab == "inside" and self.panes.page_shows:
            self.panes.full = not self.panes.full
        else:
            self.action_tab("inside")

    def action_turn(self, by: int) -> None:
        """Show the next or the previous tab of the page."""
        self.panes.show("page")
        self.page.turn(by)
        self.call_after_refresh(self.page.focus_content)

    def on_theory_page_followed(self, event: TheoryPage.Followed) -> None:
        """Follow a link of the page."""
        self.reading.follow(event.address)

    def action_do(self, part: str, what: str, *arguments: int | str) -> None:
        """Call a method of a part of the screen: scale, cursor, zoom, saving, searching."""
        getattr(getattr(self, part), what)(*arguments)

    def action_leave_field(self) -> None:
        """Give the keys back to the screen."""
        self.pane.reset_view()
        self.panes.full = False
        self.panes.close_drawer()
        self.set_focus(None)

    def action_keys(self) -> None:
        """Show every key."""
        self.app.push_screen(Keys(keys.columns()))
