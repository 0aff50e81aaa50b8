"""The options of `train`, their completion, and their conversion to hyperparameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from tui_dl import catalog
from tui_dl.errors import LessonError, ParameterError
from tui_dl.lesson import Lesson

Compile = Literal["auto", "xla", "graph", "keras"]
Items = list[tuple[str, str]]
SEEDS = 2**32 - 1  # the largest seed that Keras accepts


def complete_lesson(incomplete: str) -> Items:
    """Return the lessons' ids with their summaries."""
    return [(each.id, each.summary) for each in catalog.lessons() if each.id.startswith(incomplete)]


def complete_parameter(ctx: typer.Context, incomplete: str) -> Items:
    """Return `name=` for every hyperparameter of the lesson or of the run on the command line."""
    lesson = _lesson_on_line(ctx)
    fields = lesson.parameters.fields() if lesson else ()
    return [(f"{f.name}=", f.help) for f in fields if f.name.startswith(incomplete)]


def complete_experiment(ctx: typer.Context, incomplete: str) -> Items:
    """Return the experiments of the lesson on the command line."""
    lesson = _lesson_on_line(ctx)
    known = lesson.experiments if lesson else ()
    return [(e.name, e.title) for e in known if e.name.startswith(incomplete)]


def _lesson_on_line(ctx: typer.Context) -> Lesson | None:
    # Parsing stops at an option without its value; the lesson is then an unparsed argument.
    name = ctx.params.get("lesson") or next(iter(ctx.args), "")
    return catalog.find(name) or catalog.find(_lesson_of_run(ctx.params.get("run") or name))


def _lesson_of_run(run: str) -> str:
    """Return the id of a run's lesson, or "" if there is no such run."""
    from tui_dl.runs.reader import read_start

    try:
        return read_start(run).lesson if run else ""
    except LessonError:
        return ""


def complete_run(incomplete: str) -> Items:
    """Return the names of the latest runs, and `last`."""
    from tui_dl.runs.index import list_runs

    latest = [run for run in list_runs()[:50] if run.name.isprintable()]
    runs = [(run.name, f"{run.lesson}, {run.status}") for run in latest]
    return [item for item in [("last", "the latest run"), *runs] if item[0].startswith(incomplete)]


def complete_device(incomplete: str) -> list[str]:
    """Return the devices that a machine may have."""
    return [each for each in ("auto", "cpu", "gpu") if each.startswith(incomplete)]


LessonId = Annotated[
    str,
    typer.Argument(
        help="Id or folder of a lesson.", metavar="LESSON", autocompletion=complete_lesson
    ),
]
RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN", autocompletion=complete_run,
        help="Name of a run, its beginning, or `last`.",
    ),
]  # fmt: skip
AnyRunName = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN", autocompletion=complete_run, show_default=False,
        help="Name of a run, its beginning, or `last`.",
    ),
]  # fmt: skip
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--param", "-p", metavar="NAME=VALUE", autocompletion=complete_parameter,
        help="Set a hyperparameter. May be repeated.",
    ),
]  # fmt: skip
ExperimentName = Annotated[
    str | None,
    typer.Option(
        "--experiment", "-e", metavar="NAME", autocompletion=complete_experiment,
        help="Start from the settings of an experiment.",
    ),
]  # fmt: skip
Epochs = Annotated[
    int | None, typer.Option(help="Set the number of epochs; overrides -p epochs=N.", metavar="N")
]
Seed = Annotated[
    int, typer.Option(help="Set the seed of all random numbers.", metavar="N", min=0, max=SEEDS)
]
CompileMode = Annotated[
    Compile, typer.Option("--compile", help="Choose how training steps are compiled.")
]
Device = Annotated[
    str,
    typer.Option(
        "--device", metavar="DEVICE", autocompletion=complete_device,
        help="Choose the device: auto, cpu, gpu or gpu:N, N from 0.",
    ),
]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]
Detach = Annotated[
    bool,
    typer.Option(
        "--detach", "-d", help="Train in a process of its own; print the run's name and return."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the final line.")]


@dataclass(frozen=True)
class TrainingRequest:
    """The training that a command line asks for."""

    pairs: tuple[str, ...] = ()
    experiment: str | None = None
    epochs: int | None = None
    seed: int = 0
    compile: Compile = "auto"
    device: str = "auto"

    def hyperparameters(self, lesson: Lesson) -> Any:
        """Return validated hyperparameters.

        Precedence: `--epochs`, `-p`, the experiment, the defaults. Raise ParameterError or
        LessonError, which names the allowed values.
        """
        values: dict[str, Any] = {}
        if self.experiment is not None:
            values |= lesson.experiment(self.experiment).settings
        values |= read_pairs(self.pairs)
        if self.epochs is not None:
            values["epochs"] = self.epochs
        return lesson.parameters.of(values)


def check_compile(compile: Compile, lessons: Iterable[Lesson]) -> None:
    """Raise LessonError if a compile mode is given but the engine compiles none of the lessons."""
    if compile != "auto" and not any(each.fitted for each in lessons):
        raise LessonError(
            "--compile has no effect here: these lessons train in their own loop or not at all;"
            " leave it out"
        )


def check_device(device: str, lesson: Lesson) -> None:
    """Raise LessonError if a device is misspelled, or given for a lesson that does not train."""
    from tui_dl.engine.placement import check

    check(device)
    if device != "auto" and lesson.explorer:
        raise LessonError(f"--device has no effect here: {lesson.id} does not train; leave it out")


def read_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Return the values of `name=value` texts by name; raise ParameterError for any other text."""
    read: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise ParameterError(name, f"-p takes NAME=VALUE, such as epochs=10, not {pair!r}")
        if read.setdefault(name.strip(), value.strip()) != value.strip():
            raise ParameterError(name, f"-p {name.strip()} is given twice; give one value")
    return read
