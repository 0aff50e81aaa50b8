"""Which data sets there are, and where. Cheap: reads no more of a file than its headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_dl.datasets import local
from tui_dl.lesson import LessonError

State = Literal["embedded", "present", "absent", "unreadable"]
NAMES = ("iris", "digits", "mnist")
DIGIT_LESSONS = ("deep-network", "batch-normalization", "optimizers")


@dataclass(frozen=True)
class DataInfo:
    """A data set: `where` it is or how to get it; `samples` counts validation's too."""

    name: str
    title: str
    state: State
    where: str
    samples: int | None
    used_by: tuple[str, ...]


def available() -> list[DataInfo]:
    """Every data set the workbench knows, whether it is on this machine or not."""
    return [
        DataInfo("iris", "Iris flowers", "embedded", "scikit-learn", 150, ("iris",)),
        DataInfo("digits", "Digits, 8×8", "embedded", "scikit-learn", 1797, DIGIT_LESSONS),
        _mnist(),
    ]


def _mnist() -> DataInfo:
    files = list(local.candidates("mnist.npz").values())
    state: State = "unreadable" if files else "absent"
    where = "`dlworkbench data fetch mnist` gets it"
    for file in reversed(files):  # so that the first usable one has the last word
        try:
            samples = sum(local.samples(file))
        except LessonError as error:
            where = str(error) if state != "present" else where
        else:
            state, where = "present", str(file)
    title = "MNIST, 28×28"
    return DataInfo(
        "mnist", title, state, where, samples if state == "present" else None, DIGIT_LESSONS
    )
