"""Prints a run's loss as a chart and its metrics as a table, for `train` and `runs`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tui_dl.cli.display import final_line
from tui_dl.cli.output import short, table
from tui_dl.runs.reader import Run, before_fork
from tui_dl.text import clean

HEIGHT = 14  # rows of a chart
METRICS = ("metric", "first", "lowest", "highest", "final")


def print_result(to: Console, run: Run) -> None:
    """Print the chart, the table, the final line and what to notice."""
    print_chart(to, [run])
    to.print(table(METRICS, metric_rows(run), METRICS[1:]))
    to.print(Text(final_line(run)))
    if notice := _notice(run):
        to.print(Text(f"What to notice: {notice}", style="italic"))


def print_chart(to: Console, runs: Sequence[Run]) -> None:
    """Draw the loss of the runs over their steps; nothing if no point can be drawn."""
    from tui_dl.drawing.curves import draw_series, legend
    from tui_dl.drawing.palette import Palette
    from tui_dl.drawing.series import Series

    series = [Series(n, x, y, style=style) for n, x, y, style in _curves(runs)]
    width = max(24, min(to.width, 100))
    if series and (drawing := draw_series(series, width, HEIGHT, Palette())):
        to.print(Text("loss over steps", style="bold"))
        to.print(drawing)
        to.print(legend(series, width, Palette()))


def _curves(runs: Sequence[Run]) -> list[tuple[str, list[int], list[float], str]]:
    """Return (name, steps, values, style) of each curve.

    Of several runs, that is the training loss; of one run both losses and, if it is a fork, the
    training loss of its parent.
    """
    if len(runs) > 1:
        styles = ["train", *["overlay"] * (len(runs) - 1)]  # distinguishable without color
        names = [clean(run.name).split("-", 2)[-1] for run in runs]
        both = [
            (n, *r.curves.measured("loss"), s) for n, r, s in zip(names, runs, styles, strict=True)
        ]
    else:
        both = [("batch", *runs[0].curves.measured("loss"), "train")]
        both += [("validation", *runs[0].curves.measured("val_loss"), "validation")]
        if parent := before_fork(runs[0].started):
            both += [("parent", *parent.curves.measured("loss"), "overlay")]
    return [curve for curve in both if any(math.isfinite(y) for y in curve[2])]


def metric_rows(run: Run) -> list[tuple[str, ...]]:
    """Return each metric with its first, lowest, highest and final value, as texts."""
    names = dict.fromkeys([*run.metrics, *run.final])
    return [(name, *map(short, _ends(run, name))) for name in names]


def _ends(run: Run, metric: str) -> list[float | None]:
    values = run.curves.measured(metric)[1]
    if not values:
        return [None, None, None, run.final.get(metric)]
    return [values[0], min(values), max(values), run.final.get(metric, values[-1])]


def _notice(run: Run) -> str:
    from tui_dl import catalog
    from tui_dl.errors import LessonError

    try:
        lesson = catalog.recorded(run.started.lesson)
        return lesson.experiment(run.started.experiment).notice if run.started.experiment else ""
    except LessonError:  # the lesson is in no installed pack
        return ""
