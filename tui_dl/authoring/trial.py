"""A trial run of a lesson: data, model, views, a short training, the saved model."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tui_dl.events import Event, Finished, Note, Snapshot
from tui_dl.lesson import Lesson

SIZE = 60, 16  # cells of a picture
LONGEST = 200  # characters of a library's message
LOAD = """
import sys
from pathlib import Path
from tui_dl import catalog
from tui_dl.engine.saving import load
load(Path(sys.argv[1]), catalog.lesson(sys.argv[2]))
"""


def run(lesson: Lesson) -> Iterator[str]:
    """Train one epoch, draw each view, save the model and load it in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        events = _events(lesson, Path(folder))
        failed = list(_ended(events))
        yield from failed
        yield from _drawn(lesson, events)
        if not failed:
            yield from _loads(lesson, Path(folder) / "model.keras")


def _events(lesson: Lesson, folder: Path) -> list[Event]:
    from tui_dl.engine.session import Session

    told: list[Event] = []
    short = {"epochs": 1} if "epochs" in lesson.parameters.model_fields else {}
    session = Session(lesson, lesson.parameters.of(short), emit=told.append, save_to=folder)
    session.run()
    return told


def _ended(events: list[Event]) -> Iterator[str]:
    (end,) = (event for event in events if isinstance(event, Finished))
    if end.status != "completed":
        yield f"run: one epoch {end.status}: {end.message}"
    for event in events:
        if isinstance(event, Note) and "could not be" in event.text:
            yield f"run: {event.text}"


def _drawn(lesson: Lesson, events: list[Event]) -> Iterator[str]:
    from tui_dl.drawing.kinds import draw
    from tui_dl.drawing.palette import Palette

    shots = [event for event in events if isinstance(event, Snapshot)]
    for name in sorted({view.name for view in lesson.views} - {shot.view for shot in shots}):
        yield f"views: {name} was not drawn in one epoch"
    for shot in shots:
        said = draw(shot.payload, *SIZE, Palette()).plain
        if "cannot be drawn" in said or "is known here" in said:
            yield f"views: {shot.view}: {said}"
            return


def _loads(lesson: Lesson, file: Path) -> Iterator[str]:
    """Check that a fitted model was saved and loads together with its own classes."""
    if not file.exists():
        if lesson.fitted:
            yield "run: the model was not saved"
        return
    command = [sys.executable, "-c", LOAD, str(file), str(lesson.folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no message"])[-1][:LONGEST]
        yield f"run: the saved model does not load in a new process: {why}"
