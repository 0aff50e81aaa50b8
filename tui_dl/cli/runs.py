"""The `runs` command: list, show, resume, fork and compare runs."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, complain
from tui_dl.cli.output import console, is_terminal, print_json, print_table, short
from tui_dl.cli.picture import picture
from tui_dl.cli.stopping import stop
from tui_dl.errors import LessonError

if TYPE_CHECKING:
    from tui_dl.events import Started
    from tui_dl.runs.index import Summary
    from tui_dl.runs.reader import Run

app = typer.Typer(help="List, show or compare runs.")
app.command("picture")(picture)
app.command("stop")(stop)

COLUMNS = ("run", "status", "steps", "seconds", "loss")

OfLesson = Annotated[
    str | None,
    typer.Option(
        "--lesson",
        "-l",
        help="Show only runs of this lesson.",
        autocompletion=options.complete_lesson,
    ),
]
Most = Annotated[
    int,
    typer.Option(
        "--limit", "-n", metavar="N", show_default=False, min=1, help="Show at most N runs."
    ),
]
Wait = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", min=0, show_default=False,
        help="Wait at most SECONDS for the process that trains it now to end.",
    ),
]  # fmt: skip
Names = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN RUN…", autocompletion=options.complete_run, help="Two or more runs."
    ),
]

At = Annotated[
    int, typer.Option("--at", metavar="STEP", help="Go on after this many steps of the run.")
]


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """List, show or compare runs. Without a command, list them."""
    if not context.invoked_subcommand:
        show_list()


@app.command("list")
def show_list(lesson: OfLesson = None, limit: Most = 1_000_000, json: options.Json = False) -> None:
    """List the runs, newest first."""
    from tui_dl.runs.index import survey

    if lesson is not None:
        catalog.lesson(lesson)
    listing = survey(lesson)
    found = listing.runs[:limit]
    if listing.problem:
        raise LessonError(listing.problem)
    if listing.complaint:
        complain(listing.complaint, COMPLETED)
    if json:
        for summary in found:
            print_json(_brief(summary))
    elif found:
        _print_list(found)
    elif not listing.unreadable:
        print("No runs yet; `dlworkbench train LESSON` makes one.")


@app.command("show")
def show(run: options.RunName, json: options.Json = False) -> None:
    """Show the settings, the metrics and the outcome of a run."""
    from tui_dl.runs.reader import read

    found = read(run, pictures=False)
    if json:
        print_json(as_data(found))
        return
    print_table(("", ""), list(_facts(found)))
    print()
    _chart([found])
    _metrics(found)


@app.command("resume")
def resume(
    run: options.RunName,
    json: options.Json = False,
    quiet: options.Quiet = False,
    detach: options.Detach = False,
    wait: Wait = 0,
) -> int:
    """Continue a run that was interrupted or stopped, in its own record.

    It ends with the numbers of a run that was not interrupted. Exit codes: as those of `train`.
    """
    from tui_dl.cli.training import Output, displayed, resume_run  # loads the event classes: 0.1 s

    go_on = partial(resume_run, run, wait=wait)
    return displayed(go_on, Output(json, quiet), detach=detach)


@app.command("fork")
def fork(
    run: options.RunName,
    at: At,
    param: options.Parameters = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    detach: options.Detach = False,
) -> int:
    """Start a new run from the state of a run after a step, with other values.

    Without -p it goes on as that run did. Exit codes: as those of `train`.
    """
    from tui_dl.cli.training import Output, displayed, fork_run  # loads the event classes: 0.1 s
    from tui_dl.fork import fork

    def train(output: Output) -> int:
        return fork_run(fork(run, at, options.read_pairs(param or ())), output)

    return displayed(train, Output(json, quiet), detach=detach)


@app.command("compare")
def compare(runs: Names, json: options.Json = False) -> None:
    """Compare the settings and the metrics of runs."""
    from tui_dl.runs.reader import read

    found = [read(name, pictures=False) for name in runs]
    if len({run.name for run in found}) < 2:
        raise LessonError("give two or more runs to compare; `dlworkbench runs list` lists them")
    if json:
        print_json(_comparison(found))
        return
    _print_differences(found)
    _chart(found)


def _print_differences(found: list[Run]) -> None:
    """Print one column per run, headed by its name, or by a number if the names are too long."""
    rows = [(name, *map(short, values)) for name, values in _differences(found).items()]
    names = [run.name for run in found]
    side = max(len(row[0]) for row in rows)
    if is_terminal() and side + sum(len(name) + 2 for name in names) > console().width:
        numbers = [str(number) for number in range(1, len(names) + 1)]
        print_table(("", "run"), list(zip(numbers, names, strict=True)))
        names = numbers
    print_table(("", *names), rows)


def as_data(run: Run) -> dict[str, Any]:
    """Return a run as plain data: its start, its epochs, its end."""
    return {
        "run": run.name,
        "status": run.status,
        "directory": str(run.directory),
        "model": str(run.model) if run.model else None,
        "steps": run.steps,
        "metrics": run.final,
        "events": run.told,
        "started": run.started.model_dump(),
        "epochs": [epoch.model_dump() for epoch in run.epochs],
        "notes": [note.model_dump() for note in run.notes],
        "finished": run.finished.model_dump() if run.finished else None,
    }


def _brief(summary: Summary) -> dict[str, Any]:
    started = summary.started
    return {
        "run": summary.name,
        "lesson": summary.lesson,
        "experiment": started.experiment,
        "status": summary.status,
        "where": summary.where,
        "time": started.time,
        "seed": started.seed,
        "hyperparameters": started.hyperparameters,
        "steps": summary.steps,
        "seconds": summary.seconds,
        "metrics": summary.metrics,
        "directory": str(summary.directory),
    }


def _print_list(found: list[Summary]) -> None:
    """Print one line per run.

    The second metric's name heads its column, or is in each line if the lessons' names differ.
    Columns that do not fit a narrow terminal are left out.
    """
    seconds = _second_metrics(found)
    names = set(seconds.values()) - {""}
    alike = list(names) if len(names) == 1 else []
    second = alike or ["metric"]
    columns = (*COLUMNS, *second, "experiment")
    rows = [_row(summary, seconds[summary.lesson], named=not alike) for summary in found]
    spare = ("loss", *second, "seconds", "steps", "experiment")
    print_table(columns, rows, (*COLUMNS[2:], *alike), spare)


def _second_metrics(found: list[Summary]) -> dict[str, str]:
    """Return by lesson the metric to show beside the loss; a run that ended early may lack it."""
    from tui_dl.events import second_metric

    names: dict[str, list[str]] = {}
    for summary in found:
        names.setdefault(summary.lesson, []).extend(summary.metrics)
    return {lesson: second_metric(told) for lesson, told in names.items()}


def _row(summary: Summary, name: str, *, named: bool) -> tuple[str, ...]:
    value = summary.metrics.get(name)
    second = short(value) if value is None or not named else f"{name} {short(value)}"
    ends = (short(summary.seconds), short(summary.metrics.get("loss")), second)
    experiment = summary.started.experiment or ""
    status = f"{summary.status} {summary.where}".rstrip()
    return (summary.name, status, str(summary.steps), *ends, experiment)


def _facts(run: Run) -> list[tuple[str, str]]:
    started = run.started
    settings = " ".join(f"{name}={short(v)}" for name, v in started.hyperparameters.items())
    facts = {
        "run": run.name,
        "lesson": started.lesson,
        "experiment": started.experiment or "",
        "forked from": _fork_in_words(started),
        "status": run.status,
        "message": run.finished.message.removeprefix("Diverged: ") if run.finished else "",
        "started": _when(started.time),
        "settings": f"{settings} seed={started.seed}",
        "data": f"{started.data.name}, {started.data.train} + {started.data.validation} samples",
        "device": f"{started.device}, {started.compile}",
        "trained": f"{run.steps} of {started.steps} steps, {short(run.seconds)} s",
        "events": "" if run.whole else f"{len(run.events):,} of {run.told:,} are shown",
        "model": str(run.model or ""),
        "directory": str(run.directory),
    }
    notes = [(f"step {note.step}", note.text) for note in run.notes]
    return [fact for fact in facts.items() if fact[1]] + notes


def _fork_in_words(started: Started) -> str:
    return f"{started.parent.run} at step {started.parent.step}" if started.parent else ""


def _when(time: float) -> str:
    return f"{datetime.fromtimestamp(time):%Y-%m-%d %H:%M:%S}" if time else ""


def _metrics(run: Run) -> None:
    from tui_dl.cli.result import METRICS, metric_rows

    print_table(METRICS, metric_rows(run), METRICS[1:])


def _chart(runs: list[Run]) -> None:
    if is_terminal():
        from tui_dl.cli.result import print_chart

        print_chart(console(), runs)


def _settings(run: Run) -> dict[str, Any]:
    return {"lesson": run.started.lesson, **run.started.hyperparameters, "seed": run.started.seed}


def _differing(runs: list[Run]) -> dict[str, list[Any]]:
    """Return the settings that differ between the runs."""
    every = [_settings(run) for run in runs]
    names = dict.fromkeys(name for settings in every for name in settings)
    values = {name: [settings.get(name) for settings in every] for name in names}
    return {name: row for name, row in values.items() if any(v != row[0] for v in row)}


def _measured(runs: list[Run]) -> dict[str, list[float | None]]:
    latest = [run.final for run in runs]
    names = dict.fromkeys(name for metrics in latest for name in metrics)
    return {name: [metrics.get(name) for metrics in latest] for name in names}


def _differences(runs: list[Run]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {
        "status": [run.status for run in runs],
        "steps": [run.steps for run in runs],
        "seconds": [run.seconds for run in runs],
    }
    return _differing(runs) | rows | _measured(runs)


def _comparison(runs: list[Run]) -> dict[str, Any]:
    """Return the comparison as plain data; each list has one value per run, in their order."""
    return {
        "runs": [run.name for run in runs],
        "status": [run.status for run in runs],
        "differs": _differing(runs),
        "metrics": _measured(runs),
        "steps": [run.steps for run in runs],
        "seconds": [run.seconds for run in runs],
    }
