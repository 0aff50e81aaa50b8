"""The `data` command, the only one that downloads."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED, complain
from tui_dl.cli.output import console, is_dumb, is_terminal, print_json, print_table
from tui_dl.errors import LessonError

app = typer.Typer(help="List or download data sets.")


def _complete(incomplete: str) -> list[str]:
    from tui_dl.datasets.catalog import NAMES

    return [name for name in NAMES if name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", autocompletion=_complete, help="Name of a data set in the list."
    ),
]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """List or download data sets. Without a command, list them."""
    if not context.invoked_subcommand:
        show_list()


@app.command("list")
def show_list(json: options.Json = False) -> None:
    """List the data sets and their files."""
    from tui_dl.datasets.catalog import available  # loads NumPy, which `--help` does not need

    if json:
        for each in available():
            print_json(asdict(each))
        return
    rows = [(d.name, d.title, d.state, str(d.samples or ""), d.where) for d in available()]
    print_table(("data", "title", "state", "samples", "where"), rows, ("samples",))


@app.command("fetch")
def fetch(name: Name) -> int:
    """Download a data set, unless its file already exists."""
    from tui_dl.datasets.catalog import available

    absent = any(data.name == name and data.state == "absent" for data in available())
    try:
        path = _fetch(name) if absent else _present(name)
    except LessonError as error:
        if not absent:
            raise
        return complain(str(error), FAILED)  # the name was valid; the download failed
    print(path)
    return COMPLETED


def _present(name: str) -> Path:
    from tui_dl.datasets.fetch import fetch

    return fetch(name, lambda done, total: None)


def _fetch(name: str) -> Path:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from tui_dl.datasets.fetch import fetch
    from tui_dl.engine import device

    device.load()  # Keras downloads; loaded here, TensorFlow's startup messages go to the log
    shown = is_terminal(sys.stderr) and not is_dumb()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console(sys.stderr), disable=not shown) as bar:
        task = bar.add_task(name, total=None)
        return fetch(name, lambda done, total: bar.update(task, completed=done, total=total))
