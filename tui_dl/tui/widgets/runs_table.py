"""The past runs of a lesson; any can be laid over the chart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from tui_dl.lesson import Lesson
from tui_dl.runs.index import Summary
from tui_dl.tui.widgets.series import number

MARK = "●"


class RunsTable(DataTable[str]):
    """Newest first. Enter lays the run over the chart, or takes it off again."""

    DEFAULT_CSS = "RunsTable { height: 1fr; background: transparent; scrollbar-size: 1 1; }"
    BINDINGS = [Binding("enter", "select_cursor", "Overlay", show=False)]

    class Toggled(Message):
        """Lay a run over the chart, or take it off."""

        def __init__(self, run: str) -> None:
            super().__init__()
            self.run = run

    def on_mount(self) -> None:
        """Make the columns."""
        self.cursor_type = "row"
        self.zebra_stripes = False
        for key, label in (
            ("on", " "), ("run", "run"), ("changed", "changed"), ("loss", "loss"),
            ("val", "val loss"), ("acc", "accuracy"), ("status", "status"), ("when", "when"),
        ):  # fmt: skip
            self.add_column(label, key=key)

    def show(self, lesson: Lesson[Any], runs: list[Summary], shown: set[str]) -> None:
        """Fill in the runs; `shown` are those on the chart."""
        at = self.cursor_row
        self.clear()
        labels = run_labels(runs)
        for run in runs:
            row = self._row(lesson, run, labels[run.name])
            self.add_row(MARK if run.name in shown else " ", *row, key=run.name)
        self.move_cursor(row=at)

    def _row(self, lesson: Lesson[Any], run: Summary, label: str) -> list[str]:
        when = datetime.fromtimestamp(run.started.time)
        metrics = [_figure(run, name) for name in ("loss", "val_loss", "accuracy")]
        return [label, _changed(lesson, run), *metrics, run.status, f"{when:%d %b %H:%M}"]

    def chosen(self) -> str | None:
        """The run under the cursor."""
        if not self.row_count:
            return None
        return str(self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Toggle the run."""
        event.stop()
        self.post_message(self.Toggled(str(event.row_key.value)))


def run_labels(runs: list[Summary]) -> dict[str, str]:
    """`run 1` for the oldest run of the list, and so on, by directory name."""
    return {run.name: f"run {len(runs) - index}" for index, run in enumerate(runs)}


def _figure(run: Summary, name: str) -> str:
    value = run.metrics.get(name)
    return "" if value is None else number(value, 9)


def _changed(lesson: Lesson[Any], run: Summary) -> str:
    """What the run's settings change against the defaults, and its seed where it is not 0."""
    defaults = {field.name: field.default for field in lesson.parameters.fields()}
    settings = run.started.hyperparameters
    changes = [f"{k} {v}" for k, v in settings.items() if k in defaults and v != defaults[k]]
    changes += [f"seed {run.started.seed}"] if run.started.seed else []
    return ", ".join(changes) or "defaults"
