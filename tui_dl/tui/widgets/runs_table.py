"""The past runs of a lesson; any of them can be overlaid on the charts."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from tui_dl.drawing.series import number
from tui_dl.events import second_metric
from tui_dl.lesson import Lesson
from tui_dl.runs.index import Summary
from tui_dl.text import clean

MARK = "●"
LONGEST = 120  # characters of the changed settings


class RunsTable(DataTable[Text]):
    """The runs, newest first. Enter adds a run as an overlay, or removes it; ``R`` resumes it."""

    DEFAULT_CSS = """
    RunsTable { height: 1fr; background: transparent; scrollbar-size: 1 1; }
    RunsTable.-damaged { border-bottom: solid $warning 50%; border-subtitle-color: $warning; }
    """
    BINDINGS = [
        Binding("enter", "select_cursor", "Overlay", show=False),
        Binding("R", "resume", "Resume", show=False),
    ]

    class Chosen(Message):
        """A run is to be resumed, or else to be added as an overlay or removed."""

        def __init__(self, run: str, *, resume: bool = False) -> None:
            super().__init__()
            self.run, self.resume = run, resume

    def on_mount(self) -> None:
        """Select by rows."""
        self.cursor_type = "row"
        self.zebra_stripes = False

    def show(self, lesson: Lesson, runs: list[Summary], shown: set[str]) -> None:
        """Show the runs, with the metrics that they have; `shown` names the overlays."""
        chosen, at = self.chosen(), self.cursor_row
        self.clear(columns=True)
        metrics = _metrics(runs)
        headings = [Text(name.replace("_", " "), justify="right") for name in metrics]
        seed = Text("seed", justify="right")
        self.add_columns(" ", "run", "when", "status", *headings, seed, "changed")
        self.show_header = bool(runs)
        labels = run_labels(runs)
        for run in runs:
            row = self._row(lesson, run, labels[run.name], metrics)
            self.add_row(Text(MARK if run.name in shown else " "), *row, key=run.name)
        names = [run.name for run in runs]
        self.move_cursor(row=names.index(chosen) if chosen in names else at)

    def complain(self, unreadable: str) -> None:
        """Name the runs that cannot be read, below the others; "" for none."""
        self.set_class(bool(unreadable), "-damaged")
        self.border_subtitle = Text(unreadable)

    def _row(self, lesson: Lesson, run: Summary, label: str, metrics: list[str]) -> list[Text]:
        figures = [_figure(run, name) for name in metrics]
        numbers = [Text(figure, justify="right") for figure in (*figures, str(run.started.seed))]
        words = [Text(word) for word in (label, _when(run.started.time), run.status)]
        return [*words, *numbers, Text(_changed(lesson, run))]

    def chosen(self) -> str | None:
        """Return the run under the cursor, or None."""
        if not self.row_count:
            return None
        return str(self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Post `Chosen` for the run."""
        event.stop()
        self.post_message(self.Chosen(str(event.row_key.value)))

    def action_resume(self) -> None:
        """Ask to resume the run under the cursor."""
        if run := self.chosen():
            self.post_message(self.Chosen(run, resume=True))


def run_labels(runs: list[Summary]) -> dict[str, str]:
    """Return labels by directory name: `run 1` for the oldest run, and so on."""
    return {run.name: f"run {len(runs) - index}" for index, run in enumerate(runs)}


def _metrics(runs: list[Summary]) -> list[str]:
    """Return the loss and the second metric, for training and validation, if any run has them."""
    known = {name: None for run in runs for name in run.metrics}  # in order
    second = second_metric(known)
    return [name for name in ("loss", "val_loss", second, f"val_{second}") if name in known]


def _when(time: float) -> str:
    return f"{datetime.fromtimestamp(time):%d %b %H:%M}" if time else ""


def _figure(run: Summary, name: str) -> str:
    value = run.metrics.get(name)
    return "" if value is None else number(value, 9).strip()


def _changed(lesson: Lesson, run: Summary) -> str:
    """Return the run's settings that differ from the defaults."""
    defaults = {field.name: field.default for field in lesson.parameters.fields()}
    settings = run.started.hyperparameters
    changes = [f"{k} {v}" for k, v in settings.items() if k in defaults and v != defaults[k]]
    return clean(", ".join(changes), LONGEST) or "defaults"
