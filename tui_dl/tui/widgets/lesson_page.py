"""The page of a lesson: theory, code, model, pictures of the inside, experiments, past runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Button, Static, TabbedContent, TabPane

from tui_dl.lesson import Lesson
from tui_dl.tui.widgets.theory import Theory

if TYPE_CHECKING:
    from tui_dl.events import Layer
    from tui_dl.runs.index import Summary
    from tui_dl.tui.run_view import RunView
    from tui_dl.tui.saved_pictures import Drawing
    from tui_dl.tui.widgets.experiments import Experiments
    from tui_dl.tui.widgets.pages import CodePage, ModelPage
    from tui_dl.tui.widgets.pictures import Pictures
    from tui_dl.tui.widgets.runs_table import RunsTable

TABS = ("theory", "code", "model", "inside", "experiments", "runs")
GREETING = """\
Welcome. Read this page, then press r: a real network trains beside it.
i looks inside while it learns; 1 chooses the first experiment, e lists all.
t opens the lessons, ? lists every key."""
EXPLORING = """\
Welcome. Read this page, then press f and change a number: the pictures follow.
1 chooses the first experiment, e lists all of them.
t opens the lessons, ? lists every key."""
NEXT = """\
Your first run is done. Press i to look inside, or go through its curves with , and .
Next, press 1 for the experiment “{title}”, and r to train it."""
NO_RUNS = (
    "This lesson has no runs yet. Press r to train one: it is listed here, and Enter draws its "
    "curves over those of a later run."
)


class Pages(TabbedContent):
    """Tabs that change only on request, not when the focus moves to another tab."""

    @on(TabPane.Focused)
    def _stay(self, event: TabPane.Focused) -> None:
        event.prevent_default()
        event.stop()


class LessonPage(Vertical):
    """The tabs of the open lesson."""

    DEFAULT_CSS = """
    LessonPage #greeting { height: auto; padding: 0 2 1 2; color: $text-accent; }
    LessonPage Pages, LessonPage ContentSwitcher { height: 1fr; }
    LessonPage TabPane { height: 1fr; padding: 0; }
    LessonPage #no-runs { padding: 1 2; color: $foreground-muted; }
    LessonPage #reveal { height: 1; margin: 0 2; }
    """

    # These exist only once the page is complete.
    _code: CodePage
    _model: ModelPage
    _inside: Pictures
    _experiments: Experiments
    _runs: RunsTable

    def __init__(self, *, greets: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._greets = greets  # until a first run begins
        self._greeted = greets  # until it has ended
        self._lesson: Lesson | None = None
        self._revealed = 0  # the number of answers that show

    def compose(self) -> ComposeResult:
        """Yield the theory and the names of the other tabs, which `complete` fills."""
        with Pages(initial="theory"):
            with TabPane("Theory", id="theory"):
                if self._greeted:
                    yield Static(id="greeting")
                yield Theory()
            for name in TABS[1:]:
                yield TabPane(name.capitalize(), id=name)

    async def complete(self) -> None:
        """Fill the tabs that the first paint does not show."""
        from tui_dl.tui.widgets.experiments import Experiments
        from tui_dl.tui.widgets.pages import CodePage, ModelPage
        from tui_dl.tui.widgets.pictures import Pictures
        from tui_dl.tui.widgets.runs_table import RunsTable

        self._code, self._model, self._inside = CodePage(), ModelPage(), Pictures()
        self._experiments, self._runs = Experiments(), RunsTable()
        await self._fill("theory", Button("Next answer (a)", id="reveal", compact=True))
        await self._fill("code", self._code)
        await self._fill("model", self._model)
        await self._fill("inside", self._inside)
        await self._fill("experiments", self._experiments)
        await self._fill("runs", Static(NO_RUNS, id="no-runs"), self._runs)

    async def _fill(self, tab: str, *widgets: Widget) -> None:
        await self.query_one(f"#{tab}", TabPane).mount(*widgets)

    @property
    def tab(self) -> str:
        """The name of the visible tab."""
        return self.query_one(Pages).active

    @tab.setter
    def tab(self, name: str) -> None:
        self.query_one(Pages).active = name

    def turn(self, by: int) -> None:
        """Show the next tab (1) or the previous one (-1)."""
        self.tab = TABS[(TABS.index(self.tab) + by) % len(TABS)]

    def focus_content(self) -> None:
        """Put the focus on what the tab shows, so that the arrow keys scroll it."""
        kinds = {
            "theory": "TheoryPage", "code": "CodePage", "model": "ModelPage", "inside": "Pictures",
            "experiments": "Experiments", "runs": "RunsTable",
        }  # fmt: skip
        if self.tab in kinds:
            self.query_one(kinds[self.tab]).focus()

    def show_theory(self, lesson: Lesson) -> None:
        """Show a lesson's theory from its beginning."""
        self._lesson = lesson
        self.tab = "theory"
        self._revealed = 0
        self.query_one(Theory).show(lesson.readable_theory())
        greeting = EXPLORING if lesson.explorer else GREETING
        self._suggest(greeting if self._greets else "")

    async def load(self, lesson: Lesson) -> None:
        """Show a lesson, starting with its theory."""
        self.show_theory(lesson)
        self.query_one("#reveal").display = bool(lesson.questions)
        self._code.load(lesson)
        own = "This lesson has its own training loop: see its Code and Inside pages."
        wait = "The layer table appears here as soon as the model is built."
        self._model.wait(wait if lesson.builds_model else own)
        self._experiments.load(lesson)
        await self._inside.load(lesson)

    def run_started(self) -> None:
        """Take the greeting of the first start away."""
        self._greets = False
        self._suggest("")

    def run_ended(self) -> None:
        """Say what to try next, after the first run."""
        if self._greeted and self._lesson and self._lesson.experiments:
            self._greeted = False
            self._suggest(NEXT.format(title=self._lesson.experiments[0].title))

    def _suggest(self, text: str) -> None:
        """Show what to do above the page of a first start; "" hides it."""
        for greeting in self.query("#greeting").results(Static):
            greeting.display = bool(text)
            greeting.update(text)

    def show_layers(self, layers: list[Layer]) -> None:
        """Show the model's layers."""
        self._model.show(layers)

    @on(Button.Pressed, "#reveal")
    def reveal(self) -> None:
        """Show the answer of the next question, and scroll to the questions."""
        if self._lesson is None or self._revealed >= len(self._lesson.questions):
            return
        self._revealed += 1
        self.tab = "theory"
        self.query_one("#reveal").display = self._revealed < len(self._lesson.questions)
        theory = self.query_one(Theory)
        theory.show(self._lesson.readable_theory(self._revealed), top=False)
        theory.page.reveal(self._lesson.questions[self._revealed - 1].text)

    @property
    def row(self) -> float:
        """The row of the theory page at the top."""
        return self.query_one(Theory).page.scroll_y

    def read_at(self, heading: str, row: float | None = None) -> None:
        """Scroll the theory to a row, or to the heading of an anchor, or else to its top."""
        page = self.query_one(Theory).page
        if row is not None:
            page.scroll_to(y=row, animate=False)
        elif not page.go_to_anchor(heading):
            page.go_to(0)

    def list_runs(self, runs: list[Summary], shown: set[str]) -> None:
        """List the lesson's runs; `shown` names the overlays."""
        self.query_one("#no-runs").display = not runs
        if self._lesson is not None:
            self._runs.show(self._lesson, runs, shown)

    def chosen_run(self) -> str | None:
        """Return the run under the cursor of the list, or None."""
        return self._runs.chosen()

    def complain(self, unreadable: str) -> None:
        """Name the runs that cannot be read, below the others; "" for none."""
        self._runs.complain(unreadable)

    def drawings(self) -> list[Drawing]:
        """Return the pictures that show, each with its name and its width."""
        return self._inside.drawings()

    def draw(self, run: RunView) -> None:
        """Draw the pictures of a run's inside."""
        self._inside.show(run)
