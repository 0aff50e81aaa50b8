"""Keys and clicks take effect in the order in which they were made.

Textual passes a key to the focused widget and then from parent to parent, each with its own queue,
up to the app. Only then does the app look for a binding, on the screen that is open by then. So on
a busy machine, an Escape can close the palette that the next key has opened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any
from weakref import WeakSet

from textual.app import App
from textual.events import InputEvent, Key, MouseMove, Paste, ScreenResume
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

PATIENCE = 1.0  # seconds; a key sent to a widget that was removed never arrives

Gesture = InputEvent | Paste


class InOrder:
    """Admits one input event at a time; the next waits until it has taken effect.

    A new screen counts as open once it can take the focus.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._open: WeakSet[Screen[Any]] = WeakSet()
        self._turn: Gesture | None = None  # the event that is taking effect
        self._waiting: deque[Gesture] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def admits(self, event: Gesture) -> bool:
        """True if it is the event's turn; if not, it is posted to the app again later."""
        if event is not self._turn and (self._turn or self._waiting or not self._ready()):
            self._wait(event)
            return False
        self._turn = event
        return True

    def acted(self, event: Gesture, returned: bool) -> None:
        """Note that the app handled an event; a key it forwarded is pending until it returns."""
        if returned or not (isinstance(event, Key) and event.is_forwarded):
            self._end(event)

    def handled(self, pump: MessagePump, message: Message) -> None:
        """Note that a widget, a screen or the app has handled a message."""
        if isinstance(message, Key):
            if pump is not self._app and not _goes_on(pump, message):
                self._end(message)
        elif isinstance(message, ScreenResume) and isinstance(pump, Screen) and _complete(pump):
            self.open(pump)

    def open(self, screen: Screen[Any]) -> None:
        """Admit events to a screen that can handle them from now on."""
        self._open.add(screen)
        self._advance()

    def keys_wait(self) -> bool:
        """True if an input event waits for its turn."""
        return bool(self._waiting)

    def _ready(self) -> bool:
        stack = self._app.screen_stack
        return bool(stack) and stack[-1] in self._open

    def _wait(self, event: Gesture) -> None:
        if self._waiting and all(isinstance(e, MouseMove) for e in (self._waiting[-1], event)):
            self._waiting.pop()  # only the last of consecutive moves matters
        self._waiting.append(event)
        self._watch()

    def _watch(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(PATIENCE, self._overdue, self._turn)

    def _overdue(self, turn: Gesture | None) -> None:
        """Stop waiting for an event that has not taken effect since the timer started."""
        self._timer = None
        if self._waiting:
            if self._turn is turn and all(map(_complete, self._app.screen_stack[-1:])):
                self._next()
            self._watch()

    def _end(self, event: Gesture) -> None:
        if event is self._turn:
            self._turn = None
            self._advance()

    def _advance(self) -> None:
        if self._turn is None and self._waiting and self._ready():
            self._next()

    def _next(self) -> None:
        self._turn = self._waiting.popleft()
        self._app.post_message(self._turn)


def _complete(screen: Screen[Any]) -> bool:
    """False while a screen still lacks widgets: a key would find nothing to act on."""
    return bool(getattr(screen, "complete", True))


def _goes_on(pump: MessagePump, message: Message) -> bool:
    """True if the message was passed on to the parent."""
    parent = pump._parent is not None and pump.is_parent_active and pump.is_attached
    return parent and not message._stop_propagation
