"""Printing for commands: JSON lines, tables, and a private standard output."""

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

from tui_dl import characters, files, paths
from tui_dl.text import clean, escaped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


LONGEST = 1 << 20  # bytes of library output that are kept


def is_terminal(stream: TextIO | None = None) -> bool:
    """True if the stream (default: standard output) is a terminal."""
    return bool((stream or sys.stdout).isatty())


def is_dumb() -> bool:
    """True if the terminal can neither move the cursor nor draw."""
    return os.environ.get("TERM", "") in ("dumb", "unknown")


def speaks_unicode(stream: TextIO | None = None) -> bool:
    """True if the stream (default: standard output) can print more than ASCII."""
    return characters.speaks_unicode(stream or sys.stdout)


def console(stream: TextIO | None = None) -> Console:
    """Return a Rich console on the stream (default: standard output)."""
    from rich.console import Console

    return Console(file=stream, highlight=False, soft_wrap=False)


def as_json(value: Any, stream: TextIO | None = None) -> str:
    """Return one line of JSON for the stream; NaN and infinities become strings, as in events."""
    line = json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return json_line(escaped(line), stream)


def json_line(line: str, stream: TextIO | None = None) -> str:
    """Return a line of JSON; escape what the stream (default: standard output) cannot encode.

    A terminal's encoder would write `?` instead, and UTF-8 cannot encode lone surrogates, which
    represent the bytes of an undecodable file name.
    """
    try:
        line.encode("utf-8" if speaks_unicode(stream) else "ascii")
    except UnicodeEncodeError:
        return "".join(each if each.isascii() else json.dumps(each)[1:-1] for each in line)
    return line


def print_json(value: Any) -> None:
    """Print one object on one line of standard output and flush it."""
    print(as_json(value), flush=True)


def print_file(text: str) -> None:
    """Write the text of a file to standard output as UTF-8, whatever the encoding.

    A terminal that shows ASCII alone gets stand-ins.
    """
    if is_terminal() and characters.is_ascii():
        print(text, end="")
        return
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
    """Format a value for a table: four significant digits, `on` or `off`, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def in_words(metrics: Mapping[str, float]) -> str:
    """Format metrics as `loss 0.1234  accuracy 0.9`."""
    return "  ".join(f"{name} {short(value)}" for name, value in metrics.items())


def print_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Container[str] = (),
    spare: Sequence[str] = (),
) -> None:
    """Print rows under their headings; right-align the columns named in `right`.

    On a terminal the table keeps to its width: columns in `spare` that do not fit are left out,
    the last one first, and texts are wrapped between words. Elsewhere lines are not shortened.
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
WORD = 24  # characters; a longer word, such as a path, may be broken


def _widths(columns: Sequence[str], rows: Cells) -> list[int]:
    return [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]


def _fitting(
    columns: Sequence[str], rows: Cells, spare: Sequence[str], width: int
) -> tuple[Sequence[str], Cells]:
    """Return the columns that fit side by side, two spaces apart, and their cells."""
    for name in reversed(spare):
        if sum(_widths(columns, rows)) + 2 * (len(columns) - 1) <= width:
            break
        if name in columns:
            at = list(columns).index(name)
            columns = [*columns[:at], *columns[at + 1 :]]
            rows = [[*row[:at], *row[at + 1 :]] for row in rows]
    return columns, rows


def table(columns: Sequence[str], rows: Cells, right: Container[str] = ()) -> Table:
    """Return rows under their headings as a Rich table.

    The first column, a name, is never wrapped, nor is a column of short words.
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
    """A private standard output; see `private_stdout`."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._caught: int | None = None

    def catch(self, descriptor: int) -> None:
        """Redirect all other output to this open file."""
        self._caught = descriptor
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)

    def catch_in(self, file: Path) -> None:
        """Redirect as `catch` does, appending to a file; do nothing if no output is redirected."""
        if self._caught is not None:
            with contextlib.suppress(OSError), files.appending(file) as log:
                self.catch(log.fileno())

    def drop(self) -> None:
        """Discard all further output, as nobody can read it."""
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self.out.fileno())
            os.close(nothing)


@contextlib.contextmanager
def private_stdout(*, quiet_stderr: bool = False) -> Iterator[Streams]:
    """Yield the real standard output while stray prints of Python and C++ code go to stderr.

    With `quiet_stderr`, stray output and stderr go to a temporary file, which is appended to the
    workbench's log file at the end, or to the file given to `Streams.catch_in`.
    """
    if sys.__stdout__ is None or sys.stdout is not sys.__stdout__:
        # Replaced by a test or another program: only Python's own prints can be redirected.
        with _python_only() as streams:
            yield streams
        return
    stdout = sys.__stdout__
    stdout.flush()
    sys.stderr.flush()
    kept = (os.dup(1), os.dup(2))
    out = os.fdopen(os.dup(1), "w", 1, stdout.encoding, stdout.errors)
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
    """Yield a temporary file's descriptor (-1 if not wanted); append the file to the log."""
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
    except OSError:  # no temporary folder, or no space
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
