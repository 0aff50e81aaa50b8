"""The `runs picture` command: a picture or a chart of a run as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from tui_dl.cli import options
from tui_dl.cli.new_file import write_new
from tui_dl.errors import LessonError
from tui_dl.text import nearest

if TYPE_CHECKING:
    from tui_dl.drawing.image_file import Format
    from tui_dl.drawing.palette import Palette
    from tui_dl.runs.reader import Run

View = Annotated[
    str | None,
    typer.Option(
        "--view", metavar="NAME", help="Draw this view or metric; by default the first view."
    ),
]
Step = Annotated[
    int | None,
    typer.Option("--step", metavar="K", min=0, help="Draw the last snapshot up to step K."),
]
Output = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="FILE", help="Write this new file: .svg, .png or .txt."),
]
Size = Annotated[str, typer.Option("--size", metavar="WxH", help="Size in columns and rows.")]
Light = Annotated[bool, typer.Option("--light", help="Draw on a light background.")]


def picture(
    run: options.RunName,
    output: Output,
    view: View = None,
    step: Step = None,
    size: Size = "80x24",
    light: Light = False,
) -> None:
    """Write a picture of a run's inside, or a chart of a metric, as SVG, PNG or text."""
    from tui_dl.drawing.file_theme import DARK_PALETTE, LIGHT_PALETTE
    from tui_dl.drawing.image_file import encoded
    from tui_dl.runs.reader import read

    columns, rows = _size(size)
    kind = _format(output)
    found = read(run)
    palette = LIGHT_PALETTE if light else DARK_PALETTE
    title, drawing = _drawn(found, view, step, (columns, rows), palette)
    write_new(output, encoded(drawing, title, columns, kind, dark=not light))


def _format(output: Path) -> Format:
    from tui_dl.drawing.image_file import FORMATS

    for known in FORMATS:
        if output.suffix.lower() == f".{known}":
            return known
    raise LessonError(f"{output} must end with .svg, .png or .txt")


def _size(text: str) -> tuple[int, int]:
    columns, _, rows = text.lower().partition("x")
    if not (columns.isdecimal() and rows.isdecimal()):
        raise LessonError(f"{text!r} is not a size; give columns and rows, such as 80x24")
    if not (20 <= int(columns) <= 400 and 6 <= int(rows) <= 200):
        raise LessonError(f"{text} is not allowed; give 20 to 400 columns and 6 to 200 rows")
    return int(columns), int(rows)


def _drawn(
    run: Run, view: str | None, step: int | None, size: tuple[int, int], palette: Palette
) -> tuple[str, Text]:
    """Return the title and the drawing of a view, or of a metric's chart."""
    from tui_dl.drawing.kinds import draw

    views = dict.fromkeys(shot.view for shot in run.snapshots)
    if view in run.metrics and view not in views:
        return f"{run.name}: {view}", _chart(run, str(view), size, palette)
    name = next(iter(views), "") if view is None else view
    if name not in views:
        known = [*views, *run.metrics]
        hint = nearest(name, known) or f"; known: {', '.join(known) or 'none'}"
        raise LessonError(f"run {run.name} has no view {name!r}{hint}")
    shots = [s for s in run.snapshots if s.view == name and (step is None or s.step <= step)]
    if not shots:
        raise LessonError(f"run {run.name} has no snapshot of {name} up to step {step}")
    shot = shots[-1]
    title = f"{shot.payload.get('title', name)} · step {shot.step:,} · {run.name}"
    return title, draw(shot.payload, *size, palette)


def _chart(run: Run, metric: str, size: tuple[int, int], palette: Palette) -> Text:
    from tui_dl.drawing.curves import draw_series, legend
    from tui_dl.drawing.series import Series

    series = [Series("train", *run.curves.drawn(metric))]
    held_out = run.curves.drawn(f"val_{metric}")
    series += [Series("validation", *held_out, style="validation")] if held_out[0] else []
    columns, rows = size
    drawing = draw_series(series, columns, rows - 1, palette, x_label="step")
    if drawing is None:
        return Text(f"No value of {metric} is finite.")
    return drawing.append("\n").append_text(legend(series, columns, palette))
