"""Files of the workbench: private when written, bounded when read."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

FOLDER, FILE = 0o700, 0o600
LINE = 1 << 23  # bytes of a line; the largest picture of a lesson has less than a tenth of it


def make_folder(path: Path) -> None:
    """Make a folder and those above it, for their owner alone whatever the umask.

    Folders that are there already keep their mode. Raises OSError.
    """
    if not path.is_dir():
        make_folder(path.parent)
        try:
            path.mkdir(FOLDER)
            path.chmod(FOLDER)
        except FileExistsError:
            if not path.is_dir():  # else another process has just made it
                raise


def opener(path: str, flags: int) -> int:
    """For `open`: a file it creates is for its owner alone, whatever the umask."""
    if not flags & os.O_CREAT:
        return os.open(path, flags)
    try:
        descriptor = os.open(path, flags | os.O_EXCL, FILE)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return os.open(path, flags, FILE)
    os.fchmod(descriptor, FILE)
    return descriptor


def appending(path: Path) -> FileIO:
    """A private file to append to and to read. What follows a cut last line begins on its own."""
    file = FileIO(path, "a+", opener=opener)
    with contextlib.suppress(OSError):  # no regular file, or an empty one
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            write(file, b"\n")
    return file


def open_log(path: Path) -> FileIO:
    """A log to append to; what is written to one that cannot be opened goes nowhere."""
    try:
        make_folder(path.parent)
        if not path.exists() or path.is_file():  # a pipe under that name has no reader
            return appending(path)
    except OSError:
        pass
    return FileIO(os.devnull, "a")


def write(file: FileIO, data: bytes) -> None:
    """Write all of it. Raises OSError, which names the file, where there is no more room."""
    try:
        while data:  # a short write does not tell why: the next one does
            data = data[file.write(data) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file.name)) from None


def sync(file: FileIO) -> None:
    """Wait until the file's data is on disk, where its file system can tell."""
    with contextlib.suppress(OSError):
        os.fsync(file.fileno())


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A regular file, opened without ever waiting. Raises OSError for anything else.

    A named pipe would keep `open` until somebody writes to it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield file


def lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; one of more than LINE bytes is passed over without being kept."""
    while line := file.readline(LINE):
        if len(line) < LINE or line.endswith(b"\n"):
            yield line
        else:
            _pass_over(file)


def _pass_over(file: BinaryIO) -> None:
    """Read to the end of the line, block by block."""
    while (rest := file.readline(LINE)) and not rest.endswith(b"\n"):
        continue
