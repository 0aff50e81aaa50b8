"""The page of a lesson: theory, code, model, pictures of the inside, experiments, past runs."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Static, TabbedContent, TabPane

from tui_dl.lesson import Lesson
from tui_dl.runs.index import Summary
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.experiments import Experiments
from tui_dl.tui.widgets.pages import CodePage, ModelPage
from tui_dl.tui.widgets.pictures import Pictures
from tui_dl.tui.widgets.runs_table import RunsTable
from tui_dl.tui.widgets.theory import Theory

TABS = ("theory", "code", "model", "inside", "experiments", "runs")
GREETING = """\
Welcome. Read, change a number in the form (f), look.
In most lessons r trains a real network before your eyes.
t opens the lessons, ? lists every key."""
NO_RUNS = (
    "This lesson has no runs yet. Press r to train one: it is listed here, and Enter draws its "
    "curves over those of a later run."
)


class Pages(TabbedContent):
    """Tabs that turn when asked to alone, not to wherever the focus went meanwhile."""

    @on(TabPane.Focused)
    def _stay(self, event: TabPane.Focused) -> None:
        event.prevent_default()
        event.stop()


class LessonPage(Vertical):
    """Tabs about the present lesson."""

    DEFAULT_CSS = """
    LessonPage #greeting { height: auto; padding: 0 2 1 2; color: $text-accent; display: none; }
    LessonPage.-first #greeting { display: block; }
    LessonPage Pages, LessonPage ContentSwitcher { height: 1fr; }
    LessonPage TabPane { height: 1fr; padding: 0; }
    LessonPage #no-runs { padding: 1 2; color: $foreground-muted; }
    LessonPage #reveal { display: none; height: 1; margin: 0 2; }
    LessonPage.-exercise #reveal { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lesson: Lesson | None = None

    def compose(self) -> ComposeResult:
        """The greeting of the first start, then the tabs."""
        with Pages(initial="theory"):
            with TabPane("Theory", id="theory"):
                yield Static(GREETING, id="greeting")
                yield Theory()
                yield Button("Show the answer (a)", id="reveal", compact=True)
            with TabPane("Code", id="code"):
                yield CodePage(can_focus=True)
            with TabPane("Model", id="model"):
                yield ModelPage(can_focus=True)
            with TabPane("Inside", id="inside"):
                yield Pictures()
            with TabPane("Experiments", id="experiments"):
                yield Experiments()
            with TabPane("Runs", id="runs"):
                yield Static(NO_RUNS, id="no-runs")
                yield RunsTable()

    @property
    def tab(self) -> str:
        """The tab that shows."""
        return self.query_one(Pages).active

    @tab.setter
    def tab(self, name: str) -> None:
        self.query_one(Pages).active = name

    def turn(self, by: int) -> None:
        """Show the next tab, or the one before."""
        self.tab = TABS[(TABS.index(self.tab) + by) % len(TABS)]

    def focus_content(self) -> None:
        """Put the focus on what the tab shows, so that the arrow keys scroll it."""
        kinds = {
            "theory": "TheoryPage", "code": "CodePage", "model": "ModelPage", "inside": "Pictures",
            "experiments": "Experiments", "runs": "RunsTable",
        }  # fmt: skip
        if self.tab in kinds:
            self.query_one(kinds[self.tab]).focus()

    async def load(self, lesson: Lesson) -> None:
        """Show a lesson, from its theory on."""
        self._lesson = lesson
        self.tab = "theory"
        self.set_class(bool(lesson.answer()), "-exercise")
        self.query_one(Theory).show(_theory(lesson))
        self.query_one(CodePage).load(lesson)
        own = "This lesson is an algorithm of its own: see its Code and Inside pages."
        wait = "The layer table appears here as soon as the model is built."
        self.query_one(ModelPage).wait(wait if lesson.builds_model else own)
        self.query_one(Experiments).load(lesson)
        await self.query_one(Pictures).load(lesson)

    @on(Button.Pressed, "#reveal")
    def reveal(self) -> None:
        """Add the worked answer to the exercise's page, and go to it."""
        if self._lesson is None or not self.has_class("-exercise"):
            return
        theory = self.query_one(Theory)
        self.remove_class("-exercise")
        before = len(theory.headings)
        theory.show(f"{_theory(self._lesson)}\n\n{self._lesson.answer()}")
        self.call_after_refresh(theory.go_to, before)

    def list_runs(self, runs: list[Summary], shown: set[str]) -> None:
        """List the lesson's runs; `shown` are those drawn over the charts."""
        self.query_one("#no-runs").display = not runs
        if self._lesson is not None:
            self.query_one(RunsTable).show(self._lesson, runs, shown)

    def draw(self, run: RunView) -> None:
        """Draw the pictures of a run's inside."""
        self.query_one(Pictures).show(run)


def _theory(lesson: Lesson) -> str:
    """The theory page, or a word on why it cannot be read."""
    try:
        return lesson.theory()
    except OSError as error:
        return f"# {lesson.title}\n\nThe theory page cannot be read: {error.strerror}."
