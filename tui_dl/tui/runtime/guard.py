"""Logs and reports errors in handlers of the screen; the app and its run continue.

Textual ends the app at the first exception that leaves a message handler, a timer, a worker or a
paint. `contain` changes that for message handlers of every widget, the library's own included,
because the only place that all of them share is `MessagePump._dispatch_message`. The other places
call `App._handle_exception`, which `GuardedApp` overrides.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from traceback import extract_tb
from typing import Any

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from tui_dl import paths
from tui_dl.text import clean

LOG = logging.getLogger(__name__)
WHOLE = 3  # times that the same error is logged with its stack
QUIET = 5.0  # seconds between two toasts: an error in a paint repeats many times a second


class GuardedApp(App[None]):
    """An app that, once `started` is set, survives every error in its handlers.

    `caught` counts the errors by where they were raised; a test asserts that it is empty.
    """

    def __init__(self) -> None:
        super().__init__()
        contain()
        self.started = False
        self.caught: Counter[str] = Counter()
        self._last_toast = -QUIET

    def survives(self, error: BaseException) -> bool:
        """Log and report an error; return False if it must end the app, as during the start."""
        if not self.started:
            return False
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.leaving:  # widgets are removed while tasks still use them
            LOG.info("while leaving: %r", cause)
            return True
        self._record(cause)
        if time.monotonic() - self._last_toast > QUIET:
            self._last_toast = time.monotonic()
            self._toast(cause)
        return True

    def handled(self, pump: MessagePump, message: Message) -> None:
        """Called when a message handler of the app, a screen or a widget has ended."""

    @property
    def leaving(self) -> bool:
        """True once the app was asked to exit."""
        return self._exit

    def _record(self, error: BaseException) -> None:
        place = _place(error)
        self.caught[place] += 1
        times = self.caught[place]
        if times <= WHOLE:
            LOG.error("contained an error in the screen", exc_info=error)
        elif times % 100 == 0:
            LOG.error("the same error, %d times so far: %s", times, place)

    def _toast(self, error: BaseException) -> None:
        name = f"{type(error).__name__}: {error}"
        name = clean(name, 120).rstrip(": ")
        title = "An error occurred; the workbench continues"
        self.notify(name + paths.log_hint(), title=title, severity="error", markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """Handle an error; Textual calls this for timers, workers, paints and a screen's start."""
        if not self.survives(error):
            super()._handle_exception(error)


def contain() -> None:
    """Make message handlers survive their errors wherever the app is a `GuardedApp`."""
    if MessagePump._dispatch_message is _original:
        MessagePump._dispatch_message = _dispatch  # type: ignore[method-assign,assignment]


_original = MessagePump._dispatch_message


async def _dispatch(pump: MessagePump, message: Message) -> None:
    try:
        await _original(pump, message)
    except asyncio.CancelledError as error:
        if _cancelled() or not _survives(pump, error):
            raise
    except Exception as error:
        if not _survives(pump, error):
            raise
    finally:
        app: Any = pump.app
        if isinstance(app, GuardedApp):
            app.handled(pump, message)


def _cancelled() -> bool:
    """True if this task was cancelled, and not only what its handler waited for.

    Textual ends the app silently in both cases.
    """
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _survives(pump: MessagePump, error: BaseException) -> bool:
    app: Any = pump.app
    return isinstance(app, GuardedApp) and app.survives(error)


def _place(error: BaseException) -> str:
    """Return the type and line of an error, to distinguish it from others."""
    frames = extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
