"""The `dlworkbench` command line and its commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tui_dl import __version__, catalog
from tui_dl.cli import data, doctor, export, lesson, lessons, options, reproduce, runs, train
from tui_dl.cli.completion import one_candidate_a_line
from tui_dl.cli.failure import BAD_INPUT, complain, guarded

app = typer.Typer(
    name="dlworkbench",
    help="Learn deep learning in a terminal. Without a command, the workbench opens.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # halves the time of `--help`
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command("lessons")(lessons.lessons)
app.command("theory")(lessons.theory)
app.command("train")(train.train)
app.command("reproduce")(reproduce.reproduce)
app.command("export")(export.export)
app.add_typer(lesson.app, name="lesson")
app.add_typer(runs.app, name="runs")
app.add_typer(data.app, name="data")
app.command("doctor")(doctor.doctor)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; never raise or show a traceback."""
    command = typer.main.get_command(app)
    return guarded(lambda: _invoke(command, arguments))


def _invoke(command: Any, arguments: list[str]) -> object:
    with one_candidate_a_line():
        return command.main(args=arguments, prog_name="dlworkbench", standalone_mode=False)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> int:
    """Learn deep learning in a terminal. Without a command, the workbench opens."""
    if version:
        print(f"dlworkbench {__version__}")
        raise typer.Exit
    return 0 if context.invoked_subcommand else open_workbench()


@app.command("open")
def open_lesson(lesson: options.LessonId) -> int:
    """Open the workbench at a lesson."""
    return open_workbench(catalog.lesson(lesson).id)


def open_workbench(lesson: str | None = None) -> int:
    """Open the workbench on this terminal, or print one line that says why it cannot open."""
    from tui_dl.tui.terminal import refusal

    if reason := refusal():  # checked before the import, which takes a while
        return complain(reason, BAD_INPUT)
    from tui_dl.tui.app import run_workbench

    return run_workbench(lesson)
