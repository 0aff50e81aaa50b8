"""`export`: a lesson as a stand-alone file in plain Keras."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.export import Choice, notebook, script
from tui_dl.export.source import ExportError
from tui_dl.lesson import LessonError
from tui_dl.runs import read_start

Kind = Annotated[
    Literal["script", "notebook"], typer.Option("--to", help="A Python file, or a notebook.")
]
RunName = Annotated[
    str | None,
    typer.Option(
        "--run", metavar="RUN", autocompletion=options.complete_run,
        help="Take a run's settings and seed.",
    ),
]  # fmt: skip
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write there; never over a file."),
]


def export(
    lesson: options.LessonId,
    param: options.Parameters = None,
    experiment: options.ExperimentName = None,
    run: RunName = None,
    seed: options.Seed = 0,
    to: Kind = "script",
    output: Output = None,
) -> int:
    """Write a lesson with its present settings as a file that needs Keras alone."""
    choice = _choice(lesson, options.Choice(tuple(param or ()), experiment, None, seed), run)
    try:
        text = notebook(choice) if to == "notebook" else script(choice)
    except ExportError as error:
        raise LessonError(f"{lesson} cannot be exported: {error}") from None
    if output is None:
        sys.stdout.write(text)
    else:
        _write(output, text)
    return 0


def _choice(name: str, asked: options.Choice, run: str | None) -> Choice:
    lesson = catalog.lesson(name)
    if run is None:
        return Choice(lesson, asked.hyperparameters(lesson), asked.seed)
    started = read_start(run)
    if started.lesson != lesson.id:
        raise LessonError(f"run {run} is of {started.lesson}, not of {lesson.id}")
    values = {**started.hyperparameters, **options.read_pairs(asked.pairs)}
    return Choice(lesson, lesson.parameters.of(values), started.seed)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise LessonError(f"{path} exists already; choose another name") from None
    except OSError as error:
        raise LessonError(f"{path} cannot be written: {error.strerror}") from None
    print(f"wrote {path}", file=sys.stderr)
