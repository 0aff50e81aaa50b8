"""Known data sets and their files; a file counts as present if training would use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_dl.datasets import local
from tui_dl.datasets.shapes import SAMPLES as SHAPES
from tui_dl.errors import LessonError

Availability = Literal["embedded", "present", "absent", "unreadable"]
NAMES = ("iris", "digits", "mnist", "shapes", "cifar10")
COLOR_LESSONS = ("cifar10-cnn",)
DIGIT_LESSONS = (
    "mnist-mlp", "deep-network", "vanishing-gradients", "initialization", "batch-normalization",
    "optimizers", "dropout", "learning-rate-schedules", "reproducibility", "labels-and-losses",
    "mnist-cnn", "deep-exercise", "vae",
)  # fmt: skip


@dataclass(frozen=True)
class DataInfo:
    """A data set: `where` it is or how to get it; `samples` includes the validation samples."""

    name: str
    title: str
    state: Availability
    where: str
    samples: int | None
    used_by: tuple[str, ...]


def available() -> list[DataInfo]:
    """Return every data set that the workbench knows, whether or not it is on this machine."""
    return [
        DataInfo("iris", "Iris flowers", "embedded", "scikit-learn", 150, ("iris",)),
        DataInfo("digits", "Digits, 8×8", "embedded", "scikit-learn", 1797, DIGIT_LESSONS),
        _file("mnist", "MNIST, 28×28", local.MNIST, DIGIT_LESSONS),
        DataInfo("shapes", "Colored shapes, 32×32", "embedded", "generated", SHAPES, COLOR_LESSONS),
        _file("cifar10", "CIFAR-10, 32×32 in color", local.CIFAR10, COLOR_LESSONS),
    ]


def _file(name: str, title: str, layout: local.Layout, used_by: tuple[str, ...]) -> DataInfo:
    files = list(local.candidates(f"{name}.npz").values())
    state: Availability = "unreadable" if files else "absent"
    where = f"get it with `dlworkbench data fetch {name}`"
    samples: int | None = None
    for file in reversed(files):  # reversed, so that the first usable file decides
        try:
            samples = sum(local.samples(file, layout))
        except LessonError as error:
            where = str(error) if state != "present" else where
        else:
            state, where = "present", str(file)
    return DataInfo(name, title, state, where, samples, used_by)
