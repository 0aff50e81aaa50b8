"""The `lesson` command, for lesson authors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED
from tui_dl.cli.output import print_json

app = typer.Typer(help="Create or check lessons.")

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name of the lesson: lower-case words joined by hyphens."),
]
Pack = Annotated[
    Path,
    typer.Option(
        "--in", metavar="FOLDER", help="Create it in FOLDER, for example in a lesson pack."
    ),
]
Lessons = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LESSON|FOLDER…", autocompletion=options.complete_lesson,
        help="Ids or folders of lessons (default: all lessons).",
    ),
]  # fmt: skip
Quick = Annotated[bool, typer.Option("--quick", help="Skip the checks that train.")]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Create or check lessons."""
    if not context.invoked_subcommand:
        print(context.get_help())


@app.command("new")
def new(name: Name, pack: Pack = Path()) -> int:
    """Create a lesson that can be trained immediately."""
    from tui_dl.authoring.new import make

    folder = make(name, pack)
    where = folder if folder.is_absolute() else Path(folder)
    shown = f"{where}" if "/" in f"{where}" else f"./{where}"
    print(f"made {shown}; next: dlworkbench train {shown}, dlworkbench lesson check {shown}")
    return COMPLETED


@app.command("check")
def check(lessons: Lessons = None, quick: Quick = False, json: options.Json = False) -> int:
    """Check lessons and train them for one epoch; print one line per finding.

    Exit codes: 0 no findings, 1 some findings, 2 unknown lesson.
    """
    from tui_dl.authoring.check import READ, TRIED, findings

    chosen = [catalog.lesson(name) for name in dict.fromkeys(lessons or ())] or catalog.lessons()
    count = 0
    for lesson in chosen:
        for finding in findings(lesson, READ if quick else READ + TRIED):
            count += 1
            if json:
                print_json({"lesson": lesson.id, "finding": finding})
            else:
                print(f"{lesson.id}: {finding}", flush=True)
    if not json:
        checked = "1 lesson" if len(chosen) == 1 else f"{len(chosen)} lessons"
        print(f"{checked}: {count or 'no'} finding{'' if count == 1 else 's'}")
    return FAILED if count else COMPLETED
