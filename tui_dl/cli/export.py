"""The `export` command: a lesson as a stand-alone file in plain Keras."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.cli.new_file import write_new
from tui_dl.cli.output import print_file
from tui_dl.errors import LessonError

if TYPE_CHECKING:
    from tui_dl.export import ExportRequest

Kind = Annotated[
    Literal["script", "notebook"], typer.Option("--to", help="Write a Python file or a notebook.")
]
RunName = Annotated[
    str | None,
    typer.Option(
        "--run", metavar="RUN", autocompletion=options.complete_run,
        help="Start from the settings and the seed of a run.",
    ),
]  # fmt: skip
OwnSeed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        show_default=False,
        min=0,
        max=options.SEEDS,
        help="Set the seed (default: that of the run, else 0).",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, which must not exist yet."),
]


def export(
    lesson: options.LessonId,
    param: options.Parameters = None,
    experiment: options.ExperimentName = None,
    run: RunName = None,
    seed: OwnSeed = None,
    to: Kind = "script",
    output: Output = None,
) -> int:
    """Write a lesson as a file that needs only Keras."""
    from tui_dl.export import notebook, script
    from tui_dl.export.source import ExportError

    if run is not None and experiment is not None:
        raise LessonError("--run and -e cannot be combined; give only one of them")
    asked = options.TrainingRequest(tuple(param or ()), experiment)
    choice = _choice(lesson, asked, seed) if run is None else _of_run(lesson, asked, run, seed)
    try:
        text = notebook(choice) if to == "notebook" else script(choice)
    except ExportError as error:
        raise LessonError(f"{lesson} cannot be exported: {error}") from None
    if output is None:
        print_file(text)
    else:
        write_new(output, text.encode())
    return 0


def _choice(name: str, asked: options.TrainingRequest, seed: int | None) -> ExportRequest:
    from tui_dl.export import ExportRequest

    lesson = catalog.lesson(name)
    return ExportRequest(lesson, asked.hyperparameters(lesson), seed or 0)


def _of_run(name: str, asked: options.TrainingRequest, run: str, seed: int | None) -> ExportRequest:
    """Return the run's settings and seed, overridden by the other options given."""
    from tui_dl.export import ExportRequest
    from tui_dl.runs.reader import read_start

    lesson = catalog.lesson(name)
    started = read_start(run)
    if started.lesson != lesson.id:
        raise LessonError(f"run {run} is a run of {started.lesson}, not of {lesson.id}")
    values = {**started.hyperparameters, **options.read_pairs(asked.pairs)}
    return ExportRequest(
        lesson, lesson.parameters.of(values), started.seed if seed is None else seed
    )
