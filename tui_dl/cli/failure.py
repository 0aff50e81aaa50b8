"""Exit codes, and one clear line on stderr for every failure."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, TextIO

from tui_dl import characters, files, paths
from tui_dl.errors import LessonError, ParameterError
from tui_dl.text import clean

COMPLETED, FAILED, BAD_INPUT, DIVERGED, INTERRUPTED = 0, 1, 2, 3, 130
OF_STATUS = {
    "completed": COMPLETED,
    "failed": FAILED,
    "diverged": DIVERGED,
    "stopped": INTERRUPTED,
}
LOG = logging.getLogger("dlworkbench")


class UsageError(Exception):
    """A command was called with arguments that it does not take."""


def guarded(command: Callable[[], object]) -> int:
    """Run a command and return its exit code; if it fails, print one line on stderr."""
    _prepare_streams()
    with _log_to_file():
        return _outcome(command)


def _outcome(command: Callable[[], object]) -> int:
    try:
        code = command()
        sys.stdout.flush()
        return code if isinstance(code, int) else COMPLETED
    except BrokenPipeError:
        return _unread()
    except SystemExit as error:  # typer raises it for a broken pipe
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        return _unread()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (LessonError, ParameterError, UsageError) as error:
        return complain(str(error), BAD_INPUT)
    except Exception as error:
        return _unexpected(error)


def leave(code: int) -> NoReturn:
    """Exit; skip the orderly shutdown if TensorFlow is loaded or another thread still works.

    TensorFlow's takes two seconds. A thread in compiled code (an import, a validation) that the
    interpreter cuts off aborts the process.
    """
    if "tensorflow" in sys.modules or threading.active_count() > 1:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def complain(text: str, code: int) -> int:
    """Print one line on stderr and return `code`."""
    with contextlib.suppress(OSError, ValueError):
        print("dlworkbench:", clean(" ".join(text.split())), file=sys.stderr, flush=True)
    return code


@contextlib.contextmanager
def _log_to_file() -> Iterator[None]:
    """Send log records and warnings of libraries to the workbench's log file, not to the screen."""
    handler = _LogFile()
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(handler)


class _LogFile(logging.Handler):
    """A handler that appends to `paths.log()`, created at the first record; errors are ignored."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(OSError), files.open_log(paths.log()) as file:
            files.write(file, f"{self.format(record)}\n".encode("utf-8", "replace"))


def _unexpected(error: Exception) -> int:
    LOG.error("unexpected failure", exc_info=error)
    problem = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror and error.filename:
        problem = f"{error.filename}: {error.strerror}"
    return complain(f"{problem}{paths.log_hint()}", FAILED)


def _prepare_streams() -> None:
    """Print stand-ins for what a terminal lacks, and discard output to a closed stream."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        characters.fit(stream)


def _nowhere() -> TextIO:
    """Open the null device, for a stream that was closed at start (`>&-`) and is None."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _unread() -> int:
    """Discard all further output, also at exit, as its reader has closed the pipe."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    return COMPLETED
