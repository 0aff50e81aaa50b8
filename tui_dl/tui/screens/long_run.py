"""Asks before a long run, and offers a smaller one instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from tui_dl.durations import clock
from tui_dl.engine.control import Control
from tui_dl.engine.session import LONG
from tui_dl.events import Started
from tui_dl.tui.screens.dialogs import Long
from tui_dl.tui.training import Training


def ask(
    app: App[Any], training: Training, event: Started, follow: Callable[[str, str], None]
) -> None:
    """Ask if the run is long; `follow` gets the lesson and experiment to train instead."""
    request, control = training.request, training.control
    smaller = request and request.lesson.smaller
    if not (request and smaller and event.estimate and event.estimate > LONG):
        return
    lesson = request.lesson

    def heed(answer: str | None) -> None:
        if not _waits(training, control):
            app.notify("That run is already over.")
        elif answer == "start":
            control.resume()
        else:
            control.stop()
            if answer == "smaller":
                follow(lesson.id, str(smaller))

    title = lesson.experiment(str(smaller)).title
    app.push_screen(Long(clock(event.estimate), event.device, title), heed)


def _waits(training: Training, control: Control) -> bool:
    """True if the run of the question is still in progress."""
    return training.busy and training.control is control
