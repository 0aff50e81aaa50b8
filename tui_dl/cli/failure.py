"""Exit codes, and one clear line on stderr for whatever goes wrong."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, TextIO

from tui_dl import files, paths
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
    """Run a command; its exit code, after one line on stderr where it could not do its work."""
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
    except SystemExit as error:  # typer makes one of a broken pipe
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
    """Exit, at once where TensorFlow is loaded: taking it down in order costs two seconds."""
    if "tensorflow" in sys.modules:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def complain(text: str, code: int) -> int:
    """Say one line on stderr; returns `code`."""
    with contextlib.suppress(OSError, ValueError):
        print("dlworkbench:", clean(" ".join(text.split())), file=sys.stderr, flush=True)
    return code


@contextlib.contextmanager
def _log_to_file() -> Iterator[None]:
    """Send what libraries log, warnings too, to the workbench's log instead of to the screen."""
    handler = _LogFile()
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.getLogger().removeHandler(handler)


class _LogFile(logging.Handler):
    """Appends to `paths.log()`; makes the file for the first record, says nothing if it cannot."""

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
    """A terminal that lacks a character shows `?` in its place, and a closed stream takes all."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def _nowhere() -> TextIO:
    """What Python leaves None where a program is started with a closed stream (`>&-`)."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _unread() -> int:
    """Whoever read our output has had enough: nothing more is written, not even at exit."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    return COMPLETED
