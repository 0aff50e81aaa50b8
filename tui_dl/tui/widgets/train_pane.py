"""The pane where a run is set up and watched: charts, form, buttons."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from tui_dl.drawing.series import Series
from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.saved_pictures import Drawing
from tui_dl.tui.widgets.chart import PREPARING, UNTRAINED, Chart
from tui_dl.tui.widgets.explanation import Explanation
from tui_dl.tui.widgets.form import ParameterForm
from tui_dl.tui.widgets.pictures import Pictures

MARKERS = ("·", "+", "x")  # one for each overlay
SMOOTHING = (0.0, 0.6, 0.9)
BUTTONS = ("train", "pause", "step", "epoch", "stop")


class TrainPane(Vertical):
    """Charts above, the form and the buttons below.

    For an explorer, pictures replace the charts.
    """

    DEFAULT_CSS = """
    TrainPane > #charts { height: 1fr; min-height: 6; }
    TrainPane #charts > Chart { height: 1fr; width: 1fr; min-height: 4; }
    TrainPane #second { display: none; }
    TrainPane.-second #second { display: block; }
    TrainPane.-only-second #loss { display: none; }
    TrainPane > Pictures { display: none; }
    TrainPane.-explorer > Pictures { display: block; }
    TrainPane.-explorer > #charts, TrainPane.-explorer > #buttons { display: none; }
    TrainPane > #form { height: auto; max-height: 14; }
    TrainPane > #buttons { height: 1; padding: 0 1; }
    TrainPane Button { margin-right: 1; min-width: 9; }
    """

    def compose(self) -> ComposeResult:
        """Yield charts, form, explanation and buttons."""
        with Vertical(id="charts"):
            yield Chart("Loss over epochs", id="loss")
            yield Chart("Accuracy over epochs", id="second")
        yield Pictures()
        yield ParameterForm(id="form")
        yield Explanation(id="explanation")
        with Horizontal(id="buttons"):
            for name in BUTTONS:
                yield Button(name.capitalize(), id=f"button-{name}", compact=True)

    _metrics: tuple[str, str] = ("loss", "")  # of the charts

    @property
    def form(self) -> ParameterForm:
        """The form."""
        return self.query_one(ParameterForm)

    @property
    def charts(self) -> tuple[Chart, Chart]:
        """The chart of the loss, and that of the second metric."""
        return self.query_one("#loss", Chart), self.query_one("#second", Chart)

    async def load(self, lesson: Lesson) -> None:
        """Show a lesson's form and empty charts."""
        self.set_class(lesson.explorer, "-explorer")
        await self.query_one(Pictures).load(lesson)
        await self.form.load(lesson)
        self.say("")
        self.draw(None, {})

    def draw(
        self, run: RunView | None, overlays: Mapping[str, RunView], only: int | None = None
    ) -> None:
        """Draw a run's curves and the overlays, on both charts or on one."""
        views = ([run] if run else []) + list(overlays.values())
        told = (view.charted() for view in views)
        metrics = next((names for names in told if any(names)), ("loss", ""))
        self._metrics = metrics
        self.update_classes({"-second": bool(metrics[1]), "-only-second": not metrics[0]})
        for place in (0, 1) if only is None else (only,):
            chart, metric = self.charts[place], metrics[place]
            chart.title = f"{metric.replace('_', ' ').capitalize()} over epochs"
            chart.empty = PREPARING if run and run.preparing else UNTRAINED
            marks = run.marks(metric) if run else {}
            chart.set_series(self._curves(metric, run, overlays) if metric else [], marks)

    @staticmethod
    def _curves(metric: str, run: RunView | None, overlays: Mapping[str, RunView]) -> list[Series]:
        """Return the curves, first those of the shown run: they are drawn over the others."""
        pairs = zip(MARKERS, overlays.items(), strict=False)
        old = [view.overlay(metric, name, marker) for marker, (name, view) in pairs]
        return (run.series(metric) if run else []) + old

    def explore(self, run: RunView) -> None:
        """Show the pictures of an explorer's settings."""
        self.query_one(Pictures).show(run)

    def show_state(self, busy: bool, paused: bool, valid: bool) -> None:
        """Enable the buttons that apply now."""
        possible = {
            "train": valid and not busy, "pause": busy, "stop": busy,
            "step": valid or busy, "epoch": valid or busy,
        }  # fmt: skip
        for name, can in possible.items():
            self.query_one(f"#button-{name}", Button).disabled = not can
        self.query_one("#button-pause", Button).label = "Resume" if paused else "Pause "

    def say(self, text: str) -> None:
        """Show a sentence below the form."""
        self.query_one(Explanation).say(text)

    # The cursor and the window of both charts.

    def on_chart_pointed(self, event: Chart.Pointed) -> None:
        """Put the cursor of both charts where the mouse is."""
        event.stop()
        self._point(event.x)

    def _point(self, x: float | None) -> None:
        for chart in self.charts:
            chart.cursor = x

    def move_cursor(self, by: int) -> None:
        """Move the cursor by fiftieths of what shows; begin at the end of the curves."""
        if limits := self._limits():
            low, high = self.charts[0].window or limits
            at = self.charts[0].cursor
            moved = high if at is None else at + by * (high - low) / 50
            self._point(min(max(moved, limits[0]), limits[1]))
            if not low <= moved <= high:
                self._show(low + by * (high - low) / 2, high + by * (high - low) / 2)

    def zoom(self, by: int) -> None:
        """Show half as much of the x axis about the cursor, or twice as much."""
        if limits := self._limits():
            from tui_dl.drawing.cursor import zoomed

            chart = self.charts[0]
            shown = chart.window or limits
            about = shown[1] if chart.cursor is None else chart.cursor
            window = zoomed(shown, limits, about, 0.5 if by > 0 else 2.0)
            for each in self.charts:
                each.window = window

    def _show(self, low: float, high: float) -> None:
        """Move the window, if there is one, within the axis."""
        limits, width = self._limits(), high - low
        if limits and self.charts[0].window:
            low = min(max(low, limits[0]), limits[1] - width)
            for chart in self.charts:
                chart.window = (low, low + width)

    def drawings(self) -> list[Drawing]:
        """Return both charts, with the names of their metrics and their widths."""
        shown = zip(self.charts, self._metrics, strict=True)
        return [(m, each.render(), each.size.width) for each, m in shown if m and each.limits]

    def copy_values(self) -> None:
        """Copy the values of both charts as CSV to the clipboard of the terminal."""
        shown = zip(self.charts, self._metrics, strict=True)
        rows = [row for chart, metric in shown if metric for row in chart.csv(metric)]
        if rows:
            self.app.copy_to_clipboard("\n".join(["metric,curve,epoch,value", *rows, ""]))
            self.say(f"Copied {len(rows):,} values as CSV, if the terminal allows it.")

    @property
    def examined(self) -> bool:
        """True while a cursor or a window is set."""
        return any(chart.cursor is not None or chart.window for chart in self.charts)

    def reset_view(self) -> None:
        """Take the cursor and the window away."""
        self._point(None)
        for chart in self.charts:
            chart.window = None

    def _limits(self) -> tuple[float, float] | None:
        """The x axis of the first chart that has curves."""
        return next((found for chart in self.charts if (found := chart.limits)), None)

    def toggle_log(self) -> None:
        """Switch the loss between a linear and a logarithmic scale."""
        loss = self.charts[0]
        loss.log_scale = not loss.log_scale

    def next_smoothing(self) -> None:
        """Take the next degree of smoothing, on both charts."""
        for chart in self.charts:
            at = SMOOTHING.index(chart.smoothing)
            chart.smoothing = SMOOTHING[(at + 1) % len(SMOOTHING)]

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button's key does."""
        event.stop()
        name = (event.button.id or "").removeprefix("button-")
        await self.screen.run_action("step_epoch" if name == "epoch" else name)

    def on_parameter_form_explained(self, event: ParameterForm.Explained) -> None:
        """Show the help of the focused field."""
        event.stop()
        self.query_one(Explanation).explain(event.parameter)
