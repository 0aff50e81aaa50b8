"""`reproduce`: the sources' claims, held against our own measurements."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from tui_dl import catalog, paths
from tui_dl.cli import options
from tui_dl.cli.background import in_background
from tui_dl.cli.display import in_words
from tui_dl.cli.failure import COMPLETED, FAILED, INTERRUPTED
from tui_dl.cli.output import as_json, console, is_dumb, is_terminal, private_stdout, table
from tui_dl.lesson import LessonError
from tui_dl.measurements import Store
from tui_dl.reproduce import Interrupted, Reproduction, Row, Step
from tui_dl.reproduction_report import TITLE, report

Lessons = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LESSON…]", autocompletion=options.complete_lesson, help="All, if none is named."
    ),
]
Markdown = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="FILE", help="Write the report there, too, as Markdown."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Measure everything anew.")]
Seeds = Annotated[int, typer.Option(min=1, max=100, help="Runs of each setting, with other seeds.")]


def reproduce(
    lessons: Lessons = None,
    seeds: Seeds = 3,
    compile: options.CompileMode = "auto",
    json: options.Json = False,
    markdown: Markdown = None,
    fresh: Fresh = False,
) -> int:
    """Train every claim's settings over several seeds: does it hold?

    What was measured before, with the same code and settings, is not trained again.
    """
    if markdown:
        _check(markdown)
    chosen = [catalog.lesson(name) for name in dict.fromkeys(lessons or ())] or catalog.lessons()
    if not any(e.claims for lesson in chosen for e in lesson.experiments):
        raise LessonError("no claim to reproduce there")
    options.check_compile(compile, chosen)
    live = is_terminal() and not (json or is_dumb())
    with private_stdout(quiet_stderr=live) as streams:
        teller = _teller(streams.out, json, live)
        store = Store(paths.measurements(), fresh)
        work = Reproduction(chosen, seeds, compile, store=store)
        return _tell(work, teller, markdown)


def _check(page: Path) -> None:
    """Raise LessonError rather than write over something that is no report."""
    if page.exists() and not page.read_text(encoding="utf-8").startswith(TITLE):
        raise LessonError(f"{page} is no report of this command; choose another name")
    if not page.parent.is_dir():
        raise LessonError(f"there is no folder {page.parent}")


def _write(page: Path, text: str) -> None:
    part = page.with_name(f".{page.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(page)


def _tell(work: Reproduction, teller: Teller, markdown: Path | None) -> int:
    work.report = teller.step
    rows: list[Row] = []

    def measure() -> None:
        for row in work.rows():
            rows.append(row)
            teller.row(row)

    try:
        with teller:
            in_background(measure, work.control, teller.draw, teller.leave)
    except Interrupted:
        return INTERRUPTED
    finally:
        teller.end(rows)
    if markdown:
        _write(markdown, report(rows, work.seeds, work.seconds / 60))
    return FAILED if any(row.note for row in rows) else COMPLETED


def _teller(out: TextIO, json: bool, live: bool) -> Teller:
    if json:
        return JsonTeller(out)
    return LiveTeller(out) if live else Teller(out)


class Teller(contextlib.AbstractContextManager["Teller"]):
    """Plain lines: a claim a line, and what was measured below it."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def step(self, step: Step) -> None:
        """A run begins (on the training thread)."""

    def row(self, row: Row) -> None:
        """A claim is judged (on the training thread)."""
        print("\n".join(_lines(row)), file=self.out, flush=True)

    def draw(self) -> None:
        """Ten times a second."""

    def leave(self) -> None:
        """Give the terminal back."""

    def end(self, rows: list[Row]) -> None:
        """It is over."""
        print(_count(rows), file=self.out, flush=True)

    def __exit__(self, *_: object) -> None:
        self.leave()


class JsonTeller(Teller):
    """An object a line."""

    def row(self, row: Row) -> None:
        """Print it."""
        print(as_json(row.as_data()), file=self.out, flush=True)

    def end(self, rows: list[Row]) -> None:
        """Nothing: the rows are all."""


class LiveTeller(Teller):
    """A bar while it measures, a table of the claims at the end."""

    def __init__(self, out: TextIO) -> None:
        from rich.progress import Progress

        super().__init__(out)
        self._console = console(out)
        self._bar = Progress(console=self._console, auto_refresh=False, transient=True)
        self._task = self._bar.add_task("loading", total=None)
        self._bar.start()

    def step(self, step: Step) -> None:
        """Name the run that begins."""
        about = f"{step.lesson} › {step.experiment} › {step.arm}, seed {step.seed}"
        self._bar.update(self._task, description=about, completed=step.done, total=step.total)

    def row(self, row: Row) -> None:
        """It comes with the table."""

    def draw(self) -> None:
        """One frame."""
        self._bar.refresh()

    def leave(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def end(self, rows: list[Row]) -> None:
        """The table."""
        cells = [(r.row, r.verdict, r.claim, r.published, "\n".join(_measured(r))) for r in rows]
        self._console.print(table(("row", "verdict", "claim", "published", "measured"), cells))
        for row in rows:
            for text in filter(None, (row.why, row.note)):
                self._console.print(f"{row.row}: {text}", markup=False)
        self._console.print(_count(rows))


def _lines(row: Row) -> list[str]:
    head = f"{row.row}  {row.verdict}  {row.claim} (published: {row.published})"
    rest = [*_measured(row), *filter(None, (row.why, row.note))]
    return [head, *(f"    {text}" for text in rest)]


def _measured(row: Row) -> Iterator[str]:
    for arm, metrics in row.measured.items():
        yield f"{arm}: {in_words(metrics)}"


def _count(rows: list[Row]) -> str:
    held = sum(row.verdict == "holds" for row in rows)
    return f"{held} of {len(rows)} claims hold"
