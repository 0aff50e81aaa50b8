"""Seconds from pressing Train to the first point, TensorFlow being loaded."""

from __future__ import annotations

import time
from typing import Any, Literal

from tui_dl import catalog
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Event, Progress

LESSONS = ("perceptron", "iris", "deep-network", "batch-normalization", "binary-addition", "lstm")


def first_point(lesson: str, mode: Literal["graph", "xla"]) -> dict[str, Any]:
    """Train until the first progress event and say when it came."""
    control, found = Control(), []
    began = time.perf_counter()

    def emit(event: Event) -> None:
        if isinstance(event, Progress) and not found:
            found.append(time.perf_counter() - began)
            control.stop()

    chosen = catalog.lesson(lesson)
    session = Session(
        chosen, chosen.parameters(), compile=mode, emit=emit, control=control, views=False
    )
    session.run()
    return {"lesson": lesson, "compile": mode, "seconds": found[0]}
