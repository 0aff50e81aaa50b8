"""The `dlworkbench` command line and its commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tui_dl import __version__, catalog, packs
from tui_dl.cli import (
    data,
    doctor,
    export,
    glossary,
    lesson,
    lessons,
    options,
    reproduce,
    runs,
    train,
    watch,
)  # fmt: skip
from tui_dl.cli.completion import one_candidate_a_line
from tui_dl.cli.failure import COMPLETED, UsageError, complain, guarded
from tui_dl.cli.opening import open_workbench

# Some versions of typer bundle click, so its usage error is reached through a subclass.
Misuse: type[Exception] = typer.BadParameter.__mro__[1]

SlowLine = Annotated[
    bool, typer.Option("--slow-line", help="Send the screen at most 2 kB a second, on average.")
]

app = typer.Typer(
    name="dlworkbench",
    help="Learn deep learning in a terminal. Without a command, the workbench opens.",
    epilog="Set DLWORKBENCH_ASCII=1 if the terminal shows ASCII alone.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # halves the time of `--help`
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command("lessons")(lessons.lessons)
app.command("theory")(lessons.theory)
app.command("glossary")(glossary.glossary)
app.command("train")(train.train)
app.command("watch")(watch.watch)
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
    try:
        with one_candidate_a_line():
            code = command.main(args=arguments, prog_name="dlworkbench", standalone_mode=False)
        for line in packs.first_uses():
            complain(line, COMPLETED)
        return code
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Misuse as error:
        raise UsageError(_explained(error)) from error


def _explained(misuse: Any) -> str:
    """Return the message, and say where the command's help is."""
    where = misuse.ctx.command_path if misuse.ctx else "dlworkbench"
    problem = misuse.format_message().replace("Value error, ", "").rstrip(".")
    return f"{problem}{'' if problem.endswith('?') else ';'} see `{where} --help`"


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    slow_line: SlowLine = False,
) -> int:
    """Learn deep learning in a terminal. Without a command, the workbench opens."""
    if version:
        print(f"dlworkbench {__version__}")
        raise typer.Exit
    return 0 if context.invoked_subcommand else open_workbench(slow=slow_line)


@app.command("attach")
def attach(run: options.AnyRunName = None, slow_line: SlowLine = False) -> int:
    """Open the workbench at a run that another process trains: watch and control it.

    Without RUN, take the latest run that goes on.
    """
    from tui_dl.attachment import attachment  # loads the event classes: 0.1 s
    from tui_dl.runs.index import going_on

    found = attachment(run or going_on().name)
    return open_workbench(found.lesson.id, found.directory.name, slow_line)


@app.command("open")
def open_lesson(lesson: options.LessonId, slow_line: SlowLine = False) -> int:
    """Open the workbench at a lesson."""
    return open_workbench(catalog.lesson(lesson).id, slow=slow_line)
