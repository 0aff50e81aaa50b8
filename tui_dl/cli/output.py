"""What commands print with: JSON lines, tables, and a standard output of one's own."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, TextIO

from tui_dl import files, paths
from tui_dl.text import clean, escaped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


LONGEST = 1 << 20  # bytes of what libraries printed that are kept


def is_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person looks at the stream (standard output unless given)."""
    return bool((stream or sys.stdout).isatty())


def is_dumb() -> bool:
    """Whether the terminal can neither move the cursor nor draw."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def speaks_unicode(stream: TextIO | None = None) -> bool:
    """Whether the stream can carry braille curves and two-dimensional formulas."""
    encoding = (stream or sys.stdout).encoding or "ascii"
    return encoding.lower().replace("-", "").startswith("utf")


def console(stream: TextIO | None = None) -> Console:
    """A Rich console on the stream (standard output unless given)."""
    from rich.console import Console

    return Console(file=stream, highlight=False, soft_wrap=False)


def as_json(value: Any, stream: TextIO | None = None) -> str:
    """One line of JSON for the stream; NaN and infinities become strings, as they are in events."""
    line = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return json_line(escaped(line), stream)


def json_line(line: str, stream: TextIO | None = None) -> str:
    """A line of JSON with what the stream (standard output unless given) cannot carry escaped.

    A terminal's encoder would write `?` in its place, and UTF-8 has no lone surrogates, which
    stand for the bytes of an undecodable file name.
    """
    try:
        line.encode("utf-8" if speaks_unicode(stream) else "ascii")
    except UnicodeEncodeError:
        return "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in line)
    return line


def print_json(value: Any) -> None:
    """One object on one line of standard output, at once."""
    print(as_json(value), flush=True)


def print_file(text: str) -> None:
    """The text of a file on standard output: UTF-8, whatever encoding the terminal has."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


def short(value: Any) -> str:
    """A value as a table shows it: four significant digits, `on` and `off`, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def in_words(metrics: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.9`."""
    return "  ".join(f"{name} {short(value)}" for name, value in metrics.items())


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Container[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """Rows under their headings; the columns named in `right` are aligned there.

    On a terminal the table keeps to its width: columns in `spare` are left out where they do not
    fit, the last one first, and texts are wrapped between words. Elsewhere lines are as long as
    they need be.
    """
    columns = [clean(name) for name in columns]
    rows = [[clean(cell) for cell in row] for row in rows]
    if is_terminal():
        to = console()
        to.print(table(*_fitting(columns, rows, spare, to.width), right))
        return
    widths = _widths(columns, rows)
    for row in [columns, *rows] if any(columns) else rows:
        cells = zip(columns, row, widths, strict=True)
        line = "  ".join(c.rjust(w) if name in right else c.ljust(w) for name, c, w in cells)
        print(line.rstrip())


Cells = Sequence[Sequence[str]]
WORD = 24  # characters; what is longer, such as a path, may be broken


def _widths(columns: Sequence[str], rows: Cells) -> list[int]:
    return [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]


def _fitting(
    columns: Sequence[str], rows: Cells, spare: Sequence[str], width: int
) -> tuple[Sequence[str], Cells]:
    """The columns that fit side by side, two blanks between them, and their cells."""
    for name in reversed(spare):
        if sum(_widths(columns, rows)) + 2 * (len(columns) - 1) <= width:
            break
        if name in columns:
            at = list(columns).index(name)
            columns = [*columns[:at], *columns[at + 1 :]]
            rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    return columns, rows


def table(columns: Sequence[str], rows: Cells, right: Container[str] = ()) -> Table:
    """Rows under their headings, for a Rich console.

    The first column, a name, stays whole, and so does every column of short words.
    """
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for i, name in enumerate(columns):
        side: Literal["left", "right"] = "right" if name in right else "left"
        words = all(len(row[i]) <= WORD and " " not in row[i] for row in rows)
        drawn.add_column(Text(clean(name)), justify=side, overflow="fold", no_wrap=i == 0 or words)
    for row in rows:
        drawn.add_row(*(Text(clean(cell)) for cell in row))
    return drawn


class Streams:
    """Standard output kept for one purpose; see `private_stdout`."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._caught: int | None = None

    def catch(self, descriptor: int) -> None:
        """Send everything else that is printed to this open file."""
        self._caught = descriptor
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)

    def catch_in(self, file: Path) -> None:
        """As `catch`, appending to a file, if anything is caught at all."""
        if self._caught is not None:
            with contextlib.suppress(OSError), files.appending(file) as log:
                self.catch(log.fileno())


@contextlib.contextmanager
def private_stdout(*, quiet_stderr: bool = False) -> Iterator[Streams]:
    """The true standard output, while stray prints of Python and C++ code go to stderr.

    With `quiet_stderr` stray lines of stderr disappear as well: into a file that is appended to
    the workbench's log at the end, or wherever `Streams.catch_in` sends them.
    """
    if sys.__stdout__ is None or sys.stdout is not sys.__stdout__:
        # Held by a test or by another program: only Python's own prints can be kept away.
        with _python_only() as streams:
            yield streams
        return
    stdout = sys.__stdout__
    stdout.flush()
    sys.stderr.flush()
    kept = (os.dup(1), os.dup(2))
    out = os.fdopen(os.dup(1), "w", 1, stdout.encoding, "replace")
    try:
        with _stray_file(quiet_stderr) as stray:
            streams = Streams(out)
            streams.catch(stray) if quiet_stderr else os.dup2(2, 1)
            yield streams
    finally:
        _restore(kept, out)


@contextlib.contextmanager
def _python_only() -> Iterator[Streams]:
    stdout = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        yield Streams(stdout)


@contextlib.contextmanager
def _stray_file(wanted: bool) -> Iterator[int]:
    """A nameless file; what is in it at the end goes to the workbench's log."""
    if not wanted:
        yield -1
        return
    with _nameless_file() as file:
        yield file.fileno()
        with contextlib.suppress(OSError):
            file.seek(0)
            if text := file.read(LONGEST):
                with files.open_log(paths.log()) as log:
                    files.write(log, text)


def _nameless_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError:  # no folder for it, or no room
        return Path(os.devnull).open("r+b")


def _restore(kept: tuple[int, int], out: TextIO) -> None:
    for stream in (sys.stdout, sys.stderr, out):
        with contextlib.suppress(OSError):
            stream.flush()
    for number, descriptor in enumerate(kept, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    with contextlib.suppress(OSError):
        out.close()
