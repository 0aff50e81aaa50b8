"""`lesson`: for those who write lessons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED
from tui_dl.cli.output import print_json

app = typer.Typer(help="Write lessons: new, check.")

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The lesson's name: words of a-z and 0-9, with hyphens."),
]
Pack = Annotated[
    Path, typer.Option("--in", metavar="FOLDER", help="Make it there, such as in a pack's folder.")
]
Lessons = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LESSON|FOLDER…]", autocompletion=options.complete_lesson,
        help="Lessons, by id or by folder; all, if none is named.",
    ),
]  # fmt: skip
Quick = Annotated[bool, typer.Option("--quick", help="Read the lesson only: train nothing.")]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Write lessons: new, check."""
    if not context.invoked_subcommand:
        print(context.get_help())


@app.command("new")
def new(name: Name, pack: Pack = Path()) -> int:
    """Make the folder of a new lesson, which trains at once."""
    from tui_dl.authoring.new import make

    folder = make(name, pack)
    where = folder if folder.is_absolute() else Path(folder)
    shown = f"{where}" if "/" in f"{where}" else f"./{where}"
    print(f"made {shown}; next: dlworkbench train {shown}, dlworkbench lesson check {shown}")
    return COMPLETED


@app.command("check")
def check(lessons: Lessons = None, quick: Quick = False, json: options.Json = False) -> int:
    """Check lessons: page, settings, experiments, views, a short training. One line a finding.

    Exit codes: 0 nothing found, 1 something found, 2 no such lesson.
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
