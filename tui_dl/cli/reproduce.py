"""The `reproduce` command: the sources' claims, checked against our own measurements."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from tui_dl import catalog, files, paths
from tui_dl.cli import options
from tui_dl.cli.failure import COMPLETED, FAILED, complain
from tui_dl.cli.output import as_json, console, in_words, is_dumb, is_terminal, private_stdout
from tui_dl.errors import LessonError
from tui_dl.text import clean

if TYPE_CHECKING:
    from tui_dl.reproduce import Reproduction, Row, Step

Lessons = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="LESSON…",
        autocompletion=options.complete_lesson,
        help="Ids of lessons (default: all lessons).",
    ),
]
Markdown = Annotated[
    Path | None,
    typer.Option("--markdown", metavar="FILE", help="Also write the report to FILE, as Markdown."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Measure everything again.")]
Seeds = Annotated[
    int,
    typer.Option(
        metavar="N", min=1, max=100, help="Run each setting with N seeds; some claims need more."
    ),
]


def reproduce(
    lessons: Lessons = None,
    seeds: Seeds = 3,
    compile: options.CompileMode = "auto",
    json: options.Json = False,
    markdown: Markdown = None,
    fresh: Fresh = False,
) -> int:
    """Check the claims by training over several seeds.

    Results measured with the same code and settings are reused.
    """
    from tui_dl.measurements import Store  # loads the event classes: 0.1 s
    from tui_dl.reproduce import Reproduction

    if markdown:
        _check(markdown)
    chosen = [catalog.lesson(name) for name in dict.fromkeys(lessons or ())] or catalog.lessons()
    if not any(e.claims for lesson in chosen for e in lesson.experiments):
        raise LessonError("these lessons have no claims to reproduce; choose others")
    options.check_compile(compile, chosen)
    live = is_terminal() and not (json or is_dumb())
    with private_stdout(quiet_stderr=live) as streams:
        teller = _teller(streams.out, json, live)
        store = Store(paths.measurements(), fresh)
        work = Reproduction(chosen, seeds, compile, store=store)
        return _tell(work, teller, markdown)


def _check(page: Path) -> None:
    """Raise LessonError if the report cannot be written, or would replace another kind of file."""
    if page.exists() and not _is_report(page):
        raise LessonError(f"{page} is not a report of this command; choose another name")
    if not page.parent.is_dir():
        raise LessonError(f"there is no folder {page.parent}")
    if not os.access(page.parent, os.W_OK | os.X_OK):
        raise LessonError(f"{page.parent} cannot be written; choose another folder")


def _is_report(page: Path) -> bool:
    from tui_dl.reproduction_report import TITLE

    try:
        with files.reading(page) as file:
            return file.read(len(TITLE)) == TITLE.encode()
    except OSError:
        return False


def _write(page: Path, text: str) -> None:
    """Write the report, completely or not at all. Raise OSError that names the file."""
    part = page.with_name(f".{page.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(page)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(page)) from None


def _tell(work: Reproduction, teller: Teller, markdown: Path | None) -> int:
    from tui_dl.cli.background import Interrupts, in_background
    from tui_dl.reproduce import Interrupted
    from tui_dl.reproduction_report import report

    work.report, work.waiting = teller.step, teller.wait
    rows: list[Row] = []
    interrupts = Interrupts(work.control, teller.leave)

    def measure() -> None:
        for row in work.rows():
            rows.append(row)
            teller.row(row)

    try:
        with teller:
            in_background(measure, teller.draw, interrupts)
    except Interrupted:
        return interrupts.code
    finally:
        teller.end(rows)
    if markdown:
        _write(markdown, report(rows, work.seeds, work.seconds / 60))
    if work.store and work.store.trouble:
        complain(work.store.trouble, COMPLETED)
    return FAILED if any(row.note for row in rows) else COMPLETED


def _teller(out: TextIO, json: bool, live: bool) -> Teller:
    if json:
        return JsonTeller(out)
    return LiveTeller(out) if live else Teller(out)


class Teller(contextlib.AbstractContextManager["Teller"]):
    """A display in plain lines: one line per claim, with its measurements below."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._waited: set[str] = set()

    def wait(self, lesson: str) -> None:
        """Report that another process measures the lesson.

        Called on the worker thread at each check of the lock.
        """
        if lesson not in self._waited:
            self._waited.add(lesson)
            complain(f"another reproduce is measuring {lesson}; its results are used", COMPLETED)

    def step(self, step: Step) -> None:
        """Report that a run starts (called on the worker thread)."""

    def row(self, row: Row) -> None:
        """Report a claim's verdict (called on the worker thread)."""
        print("\n".join(_lines(row)), file=self.out, flush=True)

    def draw(self) -> None:
        """Redraw; called ten times a second."""

    def leave(self) -> None:
        """Restore the terminal."""

    def end(self, rows: list[Row]) -> None:
        """Print the number of claims that hold."""
        print(_count(rows), file=self.out, flush=True)

    def __exit__(self, *_: object) -> None:
        self.leave()


class JsonTeller(Teller):
    """A display in JSON: one object per line."""

    def row(self, row: Row) -> None:
        """Print the claim as JSON."""
        print(as_json(row.as_data()), file=self.out, flush=True)

    def end(self, rows: list[Row]) -> None:
        """Do nothing: the rows are the whole output."""


class LiveTeller(Teller):
    """A display with a progress bar while measuring and the claims at the end."""

    def __init__(self, out: TextIO) -> None:
        from rich.progress import Progress

        super().__init__(out)
        self._console = console(out)
        self._bar = Progress(console=self._console, auto_refresh=False, transient=True)
        self._task = self._bar.add_task("loading", total=None)
        self._bar.start()

    def step(self, step: Step) -> None:
        """Name the current run on the bar."""
        about = f"{step.lesson} › {step.experiment} › {step.arm}, seed {step.seed}"
        self._bar.update(self._task, description=about, completed=step.done, total=step.total)

    def wait(self, lesson: str) -> None:
        """Say on the bar that another process measures the lesson."""
        self._bar.update(self._task, description=f"{lesson}: waiting for another reproduce")

    def row(self, row: Row) -> None:
        """Do nothing: `end` prints all claims."""

    def draw(self) -> None:
        """Draw one frame."""
        self._bar.refresh()

    def leave(self) -> None:
        """Remove the bar."""
        self._bar.stop()

    def end(self, rows: list[Row]) -> None:
        """Print the claims, each with its measurements below it, wrapped between words."""
        from rich.padding import Padding
        from rich.text import Text

        for row in rows:
            head, *rest = map(clean, _lines(row))
            self._console.print(Text(head, style="bold"))
            for text in rest:
                self._console.print(Padding(Text(text.strip()), (0, 0, 0, 4)))
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
