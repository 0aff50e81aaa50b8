"""File access: written files are private, and reads are bounded."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FOLDER, FILE = 0o700, 0o600
_OWN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # absent on Windows
UNSYNCED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EROFS)  # file systems without syncs
LINE = 1 << 23  # bytes of a line; the largest snapshot of a lesson has less than a tenth of it


def make_folder(path: Path) -> None:
    """Create a folder and its parents, accessible only to their owner whatever the umask.

    Existing folders keep their mode. Raise OSError if a folder cannot be created.
    """
    if not path.is_dir():
        make_folder(path.parent)
        try:
            path.mkdir(FOLDER)
            path.chmod(FOLDER)
        except FileExistsError:
            if not path.is_dir():  # otherwise another process has just created it
                raise


def opener(path: str, flags: int) -> int:
    """Open a file, for `open`; a new file is accessible only to its owner, whatever the umask.

    Raise OSError for a link, as writing would change another file, and for a pipe or a device.
    """
    if not flags & os.O_CREAT:
        return os.open(path, flags)
    try:
        descriptor = os.open(path, flags | os.O_EXCL, FILE)
    except FileExistsError:
        if flags & os.O_EXCL:
            raise
        return _existing(path, flags)
    os.fchmod(descriptor, FILE)
    return descriptor


def _existing(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | _OWN)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "not a regular file", path)


def appending(path: Path) -> FileIO:
    """Open a private file for appending and reading; end its last line if that was truncated."""
    file = FileIO(path, "a+", opener=opener)
    with contextlib.suppress(OSError):  # not a regular file, or empty
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            write(file, b"\n")
    return file


def open_log(path: Path) -> FileIO:
    """Open a log file for appending, or the null device if it cannot be opened."""
    try:
        make_folder(path.parent)
        if not path.exists() or path.is_file():  # a pipe of that name has no reader
            return appending(path)
    except OSError:
        pass
    return FileIO(os.devnull, "a")


def write(file: FileIO, data: bytes) -> None:
    """Write all of the data. Raise OSError, which names the file, if there is no space left."""
    try:
        while data:  # a short write gives no reason: the next one does
            data = data[file.write(data) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file.name)) from None


def sync(file: FileIO) -> None:
    """Wait until the file's data is on disk, if its file system supports that. Raise OSError."""
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if error.errno not in UNSYNCED:
            raise OSError(error.errno, error.strerror, str(file.name)) from None


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk, if the system supports that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def lock(file: FileIO) -> None:
    """Lock a file until it is closed; raise BlockingIOError if another process has locked it."""
    if fcntl:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file without blocking. Raise OSError for anything else.

    Opening a named pipe would block until a process writes to it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield file


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file; skip a line of more than LINE bytes without storing it."""
    while line := file.readline(LINE):
        if len(line) < LINE or line.endswith(b"\n"):
            yield line
        else:
            _pass_over(file)


def _pass_over(file: BinaryIO) -> None:
    """Read to the end of the line, block by block."""
    while (rest := file.readline(LINE)) and not rest.endswith(b"\n"):
        continue
