"""What runs measured, kept: the same code with the same settings is not trained again."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tui_dl.digest import digest
from tui_dl.events import Metrics
from tui_dl.lesson import Lesson

PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "scikit-learn", "gymnasium")

IMPORTED = re.compile(r"^from lessons\.(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Measurement:
    """One run: its final metrics, their history by epoch, its data, and why it failed, if so."""

    final: Metrics
    history: Mapping[str, tuple[float, ...]]
    failure: str = ""
    data: str = ""


@dataclass
class Store:
    """Measurements by key, one JSON line each, in a file for every lesson under `root`.

    With `fresh`, what the files held before counts for nothing; it is not removed.
    """

    root: Path
    fresh: bool = False
    _known: dict[str, dict[str, Measurement]] = field(default_factory=dict)

    def get(self, lesson: str, key: str) -> Measurement | None:
        """What was measured under that key, if anything was."""
        if lesson not in self._known:
            self._known[lesson] = {} if self.fresh else dict(_read(self._file(lesson)))
        return self._known[lesson].get(key)

    def put(self, lesson: str, key: str, measurement: Measurement) -> None:
        """Append a measurement."""
        self._known.setdefault(lesson, {})[key] = measurement
        self.root.mkdir(parents=True, exist_ok=True)
        with self._file(lesson).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, **asdict(measurement)}) + "\n")

    def _file(self, lesson: str) -> Path:
        return self.root / f"{lesson}.jsonl"


def _read(file: Path) -> Iterator[tuple[str, Measurement]]:
    """The whole lines of a file; one that was cut short is passed over."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            read = json.loads(line)
            history = {name: tuple(values) for name, values in read["history"].items()}
            yield read["key"], Measurement(read["final"], history, data=str(read["data"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


def key(code: str, parameters: Any, seed: int, compile: str) -> str:
    """What decides a measurement, as one word."""
    return _hash([code, parameters.model_dump_json(), str(seed), compile])


def fingerprint(lesson: Lesson[Any]) -> str:
    """The code that a lesson's runs depend on, the libraries, the machine and its image files."""
    from tui_dl.datasets import local

    package = Path(__file__).parent
    folders = (lesson.folder, package / "engine", package / "datasets", *_borrowed(lesson.folder))
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    images = [str(local.candidates(name)) for name in ("mnist.npz", "cifar10.npz")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return _hash([*texts, *images, platform.machine(), *map("=".join, versions().items())])


def _borrowed(folder: Path) -> list[Path]:
    """The folders of the other lessons that a lesson imports from."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.py"))]
    names = {name for text in texts for name in IMPORTED.findall(text)}
    return [folder.parent / name for name in sorted(names - {folder.name})]


def versions() -> dict[str, str]:
    """The libraries that decide what is measured, those that are installed."""
    found = {name: _version(name) for name in PACKAGES}
    return {name: known for name, known in found.items() if known}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _hash(texts: Iterable[str]) -> str:
    return digest(texts)[:24]
