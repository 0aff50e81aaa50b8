"""Stored measurements of runs: the same code with the same settings is not trained again."""

from __future__ import annotations

import contextlib
import json
import platform
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from io import FileIO
from pathlib import Path
from typing import Any

from tui_dl import files
from tui_dl.digest import digest
from tui_dl.events import Metrics
from tui_dl.lesson import Lesson
from tui_dl.text import clean

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

GLANCE = 0.2  # seconds between two checks of a lock

PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "scikit-learn", "gymnasium")

CLAIMS = "experiments.py"  # decides what is measured, not how: settings are part of the key

IMPORTED = re.compile(r"^from lessons\.(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Measurement:
    """One run: its final metrics, their history by epoch, its data, and the failure, if any."""

    final: Metrics
    history: Mapping[str, tuple[float, ...]]
    failure: str = ""
    data: str = ""


@dataclass
class Store:
    """Measurements by key, one JSON line each, in one file per lesson under `root`.

    With `fresh`, the earlier contents of the files are ignored, but not removed. `trouble` says in
    one line why measurements are not kept, if they are not.
    """

    root: Path
    fresh: bool = False
    trouble: str = ""
    _known: dict[str, dict[str, Measurement]] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)  # bytes read of each file

    def get(self, lesson: str, key: str) -> Measurement | None:
        """Return the measurement with that key, or None."""
        if lesson not in self._known:
            self._known[lesson] = {}
            if self.fresh:
                self._read[lesson] = _size(self._file(lesson))
            self.refresh(lesson)
        return self._known[lesson].get(key)

    def refresh(self, lesson: str) -> None:
        """Read what other processes have measured meanwhile."""
        found, self._read[lesson] = _read(self._file(lesson), self._read.get(lesson, 0))
        self._known[lesson] |= found

    def put(self, lesson: str, key: str, measurement: Measurement) -> None:
        """Append a measurement and sync it to disk. If that fails, `trouble` says so."""
        self._known.setdefault(lesson, {})[key] = measurement
        line = json.dumps({"key": key, **asdict(measurement)}).encode() + b"\n"
        try:
            files.make_folder(self.root)
            with files.appending(self._file(lesson)) as file:
                files.write(file, line)
                files.sync(file)
        except OSError as error:
            self.trouble = f"{error.filename}: {error.strerror}; measurements are not kept"

    @contextlib.contextmanager
    def alone(self, lesson: str, waiting: Callable[[], None]) -> Iterator[None]:
        """Lock a lesson, so that only this process measures it; call `waiting` until it is free.

        `waiting` may raise to stop waiting. The lock ends with its process, however that ends. If
        the file system has no locks, there is no waiting.
        """
        with contextlib.ExitStack() as stack:
            try:
                files.make_folder(self.root)
                name = str(self.root / f".{lesson}.lock")
                lock = stack.enter_context(FileIO(name, "a", opener=files.opener))
            except OSError:  # such as a read-only home: nothing is stored or shared there
                lock = None
            while lock and not _locked(lock):
                waiting()
                time.sleep(GLANCE)
            yield

    def _file(self, lesson: str) -> Path:
        return self.root / f"{lesson}.jsonl"


def _locked(file: FileIO) -> bool:
    """True if this process now has the lock, until the file is closed, or if there are no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _read(file: Path, start: int) -> tuple[dict[str, Measurement], int]:
    """Return the measurements in the complete lines from `start` on, and where those lines end.

    Skip a damaged line. Leave a last line without a line end for later: it may be incomplete.
    """
    found: dict[str, Measurement] = {}
    try:
        with files.reading(file) as lines:
            lines.seek(start)
            for line in files.lines(lines):
                if not line.endswith(b"\n"):
                    break
                start += len(line)
                found |= _parsed(line)
    except OSError:
        pass
    return found, start


def _parsed(line: bytes) -> dict[str, Measurement]:
    """Return the measurement in a line by its key, or nothing."""
    try:
        read = json.loads(line)
        final = {str(name): float(value) for name, value in read["final"].items()}
        history = {str(n): tuple(map(float, values)) for n, values in read["history"].items()}
        return {str(read["key"]): Measurement(final, history, data=clean(str(read["data"])))}
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return {}


def key(code: str, parameters: Any, seed: int, compile: str) -> str:
    """Return a hash of everything that determines a measurement."""
    return _hash([code, parameters.model_dump_json(), str(seed), compile])


def fingerprint(lesson: Lesson) -> str:
    """Return a hash of what a lesson's runs depend on.

    That is the code, the libraries, the machine and its image files.
    """
    from tui_dl.datasets import local

    package = Path(__file__).parent
    folders = (lesson.folder, package / "engine", package / "datasets", *_borrowed(lesson.folder))
    every = (file for folder in folders for file in sorted(folder.glob("*.py")))
    files = [file for file in every if file.name != CLAIMS]
    images = [str(local.candidates(name)) for name in ("mnist.npz", "cifar10.npz")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return _hash([*texts, *images, platform.machine(), *map("=".join, versions().items())])


def _borrowed(folder: Path) -> list[Path]:
    """Return the folders of the other lessons that a lesson imports from."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))]
    names = {name for text in texts for name in IMPORTED.findall(text)}
    return [folder.parent / name for name in sorted(names - {folder.name})]


def versions() -> dict[str, str]:
    """Return the versions of the installed libraries that affect measurements."""
    found = {name: _version(name) for name in PACKAGES}
    return {name: known for name, known in found.items() if known}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _hash(texts: Iterable[str]) -> str:
    return digest(texts)[:24]
