"""The pane where a run is set up and watched: charts, form, buttons."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Button

from tui_dl.drawing.series import Series
from tui_dl.lesson import Lesson
from tui_dl.tui.run_view import RunView
from tui_dl.tui.widgets.chart import PREPARING, UNTRAINED, Chart
from tui_dl.tui.widgets.form import Explanation, ParameterForm
from tui_dl.tui.widgets.pictures import Pictures

MARKERS = ("·", "+", "x")  # one for each overlay
SMOOTHING = (0.0, 0.6, 0.9)
BUTTONS = ("train", "pause", "step", "epoch", "stop")


class TrainPane(Vertical):
    """Charts above, the form and the buttons below. A pressed button posts `Pressed`.

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

    class Pressed(Message):
        """One of the buttons was pressed; `action` is its name."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

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
        self.update_classes(
            {"-second": bool(metrics[1]), "-only-second": not metrics[0], "-drawn": bool(views)}
        )
        for place in (0, 1) if only is None else (only,):
            chart, metric = self.charts[place], metrics[place]
            chart.title = f"{metric.replace('_', ' ').capitalize()} over epochs"
            chart.empty = PREPARING if run and run.preparing else UNTRAINED
            chart.set_series(self._curves(metric, run, overlays) if metric else [])

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

    def toggle_log(self) -> None:
        """Switch the loss between a linear and a logarithmic scale."""
        loss = self.charts[0]
        loss.log_scale = not loss.log_scale

    def next_smoothing(self) -> None:
        """Take the next degree of smoothing, on both charts."""
        for chart in self.charts:
            at = SMOOTHING.index(chart.smoothing)
            chart.smoothing = SMOOTHING[(at + 1) % len(SMOOTHING)]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Post `Pressed` for the button."""
        event.stop()
        self.post_message(self.Pressed((event.button.id or "").removeprefix("button-")))

    def on_parameter_form_explained(self, event: ParameterForm.Explained) -> None:
        """Show the help of the focused field."""
        event.stop()
        self.query_one(Explanation).explain(event.parameter)
