"""What a run gave: its loss as a chart, its metrics as a table. For `train` and for `runs`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui_dl.cli.display import final_line
from tui_dl.cli.output import short
from tui_dl.runs import Run

HEIGHT = 14  # rows of a chart


def print_result(to: Console, run: Run) -> None:
    """Chart, table and final line."""
    print_chart(to, [run])
    to.print(_table(run))
    to.print(Text(final_line(run)))
    if notice := _notice(run):
        to.print(Text(f"What to notice: {notice}", style="italic"))


def print_chart(to: Console, runs: Sequence[Run]) -> None:
    """The loss of the runs over their steps; nothing where no point can be drawn."""
    if not (to.encoding or "").lower().startswith("utf"):
        return  # the curves are made of braille characters
    from tui_dl.tui.widgets.curves import draw_series, legend
    from tui_dl.tui.widgets.palette import Palette
    from tui_dl.tui.widgets.series import Series

    series = [Series(n, x, y, style=style) for n, x, y, style in _curves(runs)]
    width = max(24, min(to.width, 100))
    if series and (drawing := draw_series(series, width, HEIGHT, Palette())):
        to.print(Text("loss", style="bold"))
        to.print(drawing)
        to.print(legend(series, width, Palette()))


def _curves(runs: Sequence[Run]) -> list[tuple[str, list[int], list[float], str]]:
    """Name, steps, values and style: train and validation of one run, the train loss of several."""
    if len(runs) > 1:
        both = [(run.name, *run.series("loss"), "train") for run in runs]
    else:
        both = [("train", *runs[0].series("loss"), "train")]
        both += [("validation", *runs[0].series("val_loss"), "validation")]
    return [curve for curve in both if any(math.isfinite(y) for y in curve[2])]


def _table(run: Run) -> Table:
    """Each metric's first, lowest, highest and final value."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("metric", "first", "lowest", "highest", "final"):
        table.add_column(name, justify="left" if name == "metric" else "right")
    final = run.finished.metrics if run.finished else {}
    for metric in dict.fromkeys([*run.metrics, *final]):
        values = run.series(metric)[1]
        ends = [values[0], min(values), max(values)] if values else ["", "", ""]
        last = final.get(metric, values[-1] if values else "")
        table.add_row(metric, *(short(value) for value in (*ends, last)))
    return table


def _notice(run: Run) -> str:
    from tui_dl import catalog
    from tui_dl.lesson import LessonError

    try:
        lesson = catalog.lesson(run.started.lesson)
        return lesson.experiment(run.started.experiment).notice if run.started.experiment else ""
    except LessonError:  # a lesson that is not among the packs, run alone
        return ""
