"""The app's side of the terminal: painting, the order of input, and fatal errors."""

from __future__ import annotations

import logging
import os
import signal
from contextvars import Context, copy_context
from typing import Any

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.driver import Driver
from textual.events import Event, InputEvent, MouseMove, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from tui_dl.tui.runtime import library_faults
from tui_dl.tui.runtime.driver import PatientDriver
from tui_dl.tui.runtime.guard import GuardedApp
from tui_dl.tui.runtime.in_order import InOrder
from tui_dl.tui.runtime.pacing import Pace
from tui_dl.tui.runtime.slow_line import SlowLine

LOG = logging.getLogger(__name__)


class TerminalApp(GuardedApp):
    """Gives the private hooks of Textual public names: `on_gesture`, `on_painted`, `on_fatal`."""

    def __init__(self, slow: bool = False) -> None:
        super().__init__()
        self.line = SlowLine(slow)
        library_faults.mend()
        self._in_order = InOrder(self)
        self.pace = Pace(self._in_order.keys_wait)
        self._own_context: Context | None = None  # the app's; a signal handler runs in another

    def on_gesture(self) -> None:
        """Called when a key, a click or a paste has arrived and waits for its turn."""

    def on_painted(self) -> None:
        """Called after each paint."""

    def on_fatal(self) -> None:
        """Called when an error ends the app."""

    @property
    def terminal(self) -> PatientDriver | None:
        """The driver, or None if the app has no terminal, as in a test."""
        return self._driver if isinstance(self._driver, PatientDriver) else None

    def affords_drawing(self) -> bool:
        """True unless the line is slow and still carries what was painted before."""
        driver = self.terminal
        if driver and driver.falls_behind:
            self.line.slow = True
        return self.line.affords(driver.sent if driver else 0)

    @property
    def failure(self) -> BaseException | None:
        """The error that ended the app, or None."""
        return self._exception

    @property
    def own_context(self) -> Context | None:
        """The app's context, for calls from a signal handler."""
        return self._own_context

    def on_mount(self) -> None:
        """Note the context that the app's handlers run in."""
        self._own_context = copy_context()

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that a slow terminal cannot block."""
        return PatientDriver

    def admit(self, screen: Screen[Any]) -> None:
        """Admit keys and clicks to a screen that is complete from now on."""
        self._in_order.open(screen)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Paint; the driver knows which cells have changed."""
        driver = self.terminal
        if driver is None or not isinstance(renderable, CompositorUpdate):
            super()._display(screen, renderable)
            return
        if self._running and not self._closed and not self._batch_count:
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            driver.paint(renderable, cursor, self._sync_available)
        self.post_display_hook()

    def post_display_hook(self) -> None:
        """Report a paint; Textual calls this after each one."""
        self.on_painted()

    async def on_event(self, event: Event) -> None:
        """Let each input event take effect in its turn."""
        if isinstance(event, InputEvent) and not isinstance(event, MouseMove):
            self.on_gesture()
        if not isinstance(event, InputEvent | Paste):
            await super().on_event(event)
        elif event.is_forwarded or self._in_order.admits(event):
            returned = event.is_forwarded
            try:
                await super().on_event(event)
            finally:
                self._in_order.acted(event, returned)

    def handled(self, pump: MessagePump, message: Message) -> None:
        """Note that the current input event may have taken effect."""
        self._in_order.handled(pump, message)

    def action_repaint(self) -> None:
        """Repaint every cell, over what another program wrote on the terminal."""
        if self.terminal:
            self.terminal.forget()

    def action_suspend_process(self) -> None:
        """Suspend the whole job, as Ctrl-Z does in a shell, including what started the app."""
        if self._driver and self._driver.can_suspend:
            self._suspend_signal()
            os.killpg(os.getpgrp(), signal.SIGTSTP)

    def _fatal_error(self) -> None:
        """Log the error and end the app; Textual would print a traceback."""
        LOG.error("the workbench ended with an error", exc_info=self._exception)
        self.on_fatal()
        self._close_messages_no_wait()
