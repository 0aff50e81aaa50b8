"""Seconds from pressing Train to the first point, with TensorFlow loaded."""

from __future__ import annotations

import time
from typing import Any, Literal

from tui_dl import catalog
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Epoch, Event, Progress

LESSONS = ("perceptron", "iris", "deep-network", "batch-normalization", "binary-addition", "lstm")


def measure(lesson: str, mode: Literal["graph", "xla"]) -> dict[str, Any]:
    """Measure twice: with compilation, and with the compiled program of the first run."""
    seconds = first_point(lesson, mode, seed=0)
    return {
        "lesson": lesson,
        "compile": mode,
        "seconds": seconds,
        "again": first_point(lesson, mode, seed=1),
    }


def first_point(lesson: str, mode: Literal["graph", "xla"], seed: int) -> float:
    """Return the seconds to the first progress event.

    One whole epoch is trained, so that no compilation goes on during the next measurement.
    """
    control, found = Control(), []
    chosen = catalog.lesson(lesson)
    began = time.perf_counter()

    def emit(event: Event) -> None:
        if isinstance(event, Progress) and not found:
            found.append(time.perf_counter() - began)
        if isinstance(event, Epoch):
            control.stop()

    how: dict[str, Any] = {"compile": mode, "emit": emit, "control": control, "views": False}
    Session(chosen, chosen.parameters(), seed=seed, **how).run()
    return found[0]
