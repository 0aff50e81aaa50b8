"""Downloads of data sets through Keras, only on a user's request."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tui_dl import files, paths, surroundings
from tui_dl.datasets import cifar10, local
from tui_dl.datasets.catalog import NAMES
from tui_dl.errors import LessonError
from tui_dl.text import nearest

Report = Callable[[int, int], None]
TIMEOUT = 10.0  # seconds without an answer, after which the network counts as absent
POLL = 0.1  # seconds between two checks of the growing file


@dataclass(frozen=True)
class _Source:
    file: str
    origin: str
    sha256: str
    bytes: int
    layout: local.Layout = local.MNIST
    convert: Callable[[Path, Path], None] | None = None  # downloaded file, kept file

    @property
    def download(self) -> str:
        """The name under which the file is downloaded."""
        return Path(urlsplit(self.origin).path).name if self.convert else self.file


SOURCES = {
    "mnist": _Source(
        "mnist.npz",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        11_490_434,
    ),
    "cifar10": _Source(
        "cifar10.npz",
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        170_498_071,
        local.CIFAR10,
        cifar10.convert,
    ),
}


def fetch(name: str, report: Report) -> Path:
    """Return the file of data set `name`; download it into the data folder if there is none.

    A file already in the data folder or in Keras's cache is returned unchanged; call `available()`
    to check first whether there is one. `keras.utils.get_file` has no progress callback, so a
    separate thread watches the growing file and calls `report(bytes, total)`.
    Raises LessonError, one line, for an unknown or embedded data set, for an existing but unusable
    file, and if the download fails.
    """
    source = _source(name)
    present = local.candidates(source.file)
    if present:
        return _usable(present, source.layout)
    target = paths.data() / source.file
    try:
        files.make_folder(paths.data())
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=paths.data()) as folder:
            _place(_download(source, Path(folder), report), target)
    except Exception as error:  # no network, no space, a wrong hash: Keras raises bare exceptions
        raise LessonError(_failure(name, target, error)) from None
    report(source.bytes, source.bytes)
    return target


def _source(name: str) -> _Source:
    if name in SOURCES:
        return SOURCES[name]
    if name in NAMES:
        raise LessonError(f"{name} is embedded: there is nothing to fetch")
    hint = nearest(name, NAMES) or f"; known: {', '.join(NAMES)}"
    raise LessonError(f"unknown data set {name!r}{hint}")


def _usable(files: dict[str, Path], layout: local.Layout) -> Path:
    place, _ = local.first_usable(files, layout)
    return files[place]


def _download(source: _Source, folder: Path, report: Report) -> Path:
    with surroundings.no_settings_file():
        import keras

    name = source.download
    with _quiet(), _impatient(), _watch(folder / name, source.bytes, report):
        options = {"file_hash": source.sha256, "cache_subdir": str(folder)}
        got = Path(keras.utils.get_file(name, source.origin, **options))
    if source.convert:
        source.convert(got, folder / source.file)
    return folder / source.file if source.convert else got


def _place(file: Path, target: Path) -> None:
    """Give the file its name atomically; keep a file that appeared there in the meantime."""
    file.chmod(0o600)
    try:
        target.hardlink_to(file)  # unlike rename, fails if there is a file already
    except (NotImplementedError, OSError):
        if not os.path.lexists(target):  # a file system without hard links
            file.rename(target)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Turn off the progress bar that Keras prints to stdout, within the block."""
    import keras

    loud = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    try:
        yield
    finally:
        if loud:
            keras.config.enable_interactive_logging()


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    """Set a socket timeout: `get_file` has none, so a dead network would block it for minutes."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


@contextlib.contextmanager
def _watch(file: Path, total: int, report: Report) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.wait(POLL):
            with contextlib.suppress(FileNotFoundError):
                report(min(file.stat().st_size, total), total)

    watcher = threading.Thread(target=look, name="fetch-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _failure(name: str, target: Path, error: Exception) -> str:
    host = urlsplit(SOURCES[name].origin).hostname
    reason = " ".join(str(error).split()).rpartition(" -- ")[2] or type(error).__name__
    by_hand = f"try again, or put the file at {target}"
    return f"{name} could not be downloaded from {host} ({reason.rstrip('.')}); {by_hand}"
