"""The `lessons` and `theory` commands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui_dl import catalog
from tui_dl.cli import options
from tui_dl.cli.output import is_terminal, print_file, print_json, print_table
from tui_dl.errors import LessonError
from tui_dl.lesson import Lesson

if TYPE_CHECKING:
    from tui_dl.parameters import Parameter

OneLesson = Annotated[
    str | None,
    typer.Argument(
        metavar="LESSON", autocompletion=options.complete_lesson,
        help="Describe this lesson: its hyperparameters and experiments.",
    ),
]  # fmt: skip
Answers = Annotated[bool, typer.Option("--answers", help="Show the answers to the questions.")]
SYMBOLS = "symbols"
Raw = Annotated[bool, typer.Option("--raw", help="Print the Markdown source.")]


def lessons(lesson: OneLesson = None, json: options.Json = False) -> None:
    """List the lessons, or describe one of them."""
    if json:
        for each in [catalog.lesson(lesson)] if lesson else catalog.lessons():
            print_json(describe(each))
    elif lesson:
        _print_lesson(catalog.lesson(lesson))
    else:
        _print_all()


def theory(lesson: options.LessonId, raw: Raw = False, answers: Answers = False) -> None:
    """Show a lesson's theory page, or `symbols`, the table of symbols."""
    sheet = lesson == SYMBOLS
    text = catalog.sheet(SYMBOLS) if sheet else _page(catalog.lesson(lesson), answers)
    if raw or not is_terminal():
        print_file(text.rstrip("\n") + "\n")
        return
    from tui_dl.cli.page import print_page

    print_page(text)


def describe(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson as plain data."""
    return {
        "id": lesson.id,
        "title": lesson.title,
        "track": lesson.track,
        "order": lesson.order,
        "summary": lesson.summary,
        "prerequisites": lesson.prerequisites,
        "read_next": lesson.read_next,
        "hyperparameters": [_parameter(field) for field in lesson.parameters.fields()],
        "experiments": [_experiment(experiment) for experiment in lesson.experiments],
        "rows": lesson.rows,
        "sources": lesson.sources,
    }


def _parameter(field: Parameter) -> dict[str, Any]:
    known = {
        "name": field.name,
        "kind": field.kind.value,
        "default": field.default,
        "low": field.low,
        "high": field.high,
        "choices": field.choices or None,
        "unit": field.unit or None,
        "live": field.live or None,
        "help": field.help,
    }
    return {key: value for key, value in known.items() if value is not None}


def _experiment(experiment: Any) -> dict[str, Any]:
    return {
        "name": experiment.name,
        "title": experiment.title,
        "settings": dict(experiment.settings),
        "notice": experiment.notice,
        "rows": [claim.row for claim in experiment.claims],
    }


def _page(lesson: Lesson, answers: bool) -> str:
    try:
        return lesson.theory(len(lesson.questions) if answers else 0)
    except OSError as error:
        raise LessonError(f"{lesson.id} has no readable theory page ({error.strerror})") from None


def _print_all() -> None:
    if is_terminal():
        print_table(("", ""), list(_by_track()))
        return
    rows = [(each.id, each.track, each.title, each.summary) for each in catalog.lessons()]
    print_table(("lesson", "track", "title", "summary"), rows)


def _by_track() -> Iterator[tuple[str, str]]:
    for track, group in groupby(catalog.lessons(), key=lambda each: each.track):
        yield track, ""
        yield from ((f"  {each.id}", each.summary) for each in group)


def _print_lesson(lesson: Lesson) -> None:
    print(f"{lesson.id}: {lesson.title} ({lesson.track})\n{lesson.summary}\n")
    rows = [
        (f.name, f.format(f.default), f"{f.range} {f.unit}".rstrip(), f.help)
        for f in lesson.parameters.fields()
    ]
    print_table(("hyperparameter", "default", "range", "help"), rows)
    if lesson.experiments:
        print()
        print_table(
            ("experiment", "title", "settings"),
            [(e.name, e.title, _settings(e.settings)) for e in lesson.experiments],
        )


def _settings(settings: Any) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())
