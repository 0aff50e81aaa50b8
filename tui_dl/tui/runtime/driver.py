"""Textual's driver for a terminal that may read slowly or not at all."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui_dl import characters
from tui_dl.tui.runtime.input_driver import InputDriver
from tui_dl.tui.runtime.outlet import Outlet
from tui_dl.tui.runtime.painting import Painting

LAST_WORDS = 0.3  # seconds a terminal may take for the sequences that restore it


class PatientDriver(InputDriver):
    """Writes only changed cells, drops frames that the terminal does not accept, never blocks."""

    def __init__(self, app: Any, **options: Any) -> None:
        colors = COLOR_SYSTEMS.get(app.console.color_system or "truecolor")
        self._painting = Painting(colors or ColorSystem.TRUECOLOR, plain=characters.is_ascii())
        self._outlet: Outlet | None = None
        self._in_hand = threading.Lock()  # held while the terminal's modes change
        self._suspended = False
        self._tell_size: Any = None
        super().__init__(app, **options)

    def paint(self, update: CompositorUpdate, cursor: tuple[int, int], synchronized: bool) -> None:
        """Show an update once the terminal accepts it, unless a later one replaces it first."""
        self._painting.synchronized = synchronized
        if isinstance(update, LayoutUpdate):  # always of the whole screen
            self._painting.resize(*update.region.size)
        self._painting.put(_pieces(update))
        self._painting.point(*cursor)
        self._nudge()

    def forget(self) -> None:
        """Repaint every cell: what the terminal shows is unknown, as after a resize."""
        self._painting.forget()
        self._nudge()

    def write(self, data: str) -> None:
        """Write control sequences."""
        if outlet := self._outlet:  # another thread may close it at this moment
            outlet.write(data)

    @property
    def sent(self) -> int:
        """Bytes painted since the terminal was taken over."""
        return self._outlet.sent if self._outlet else 0

    @property
    def falls_behind(self) -> bool:
        """True if the terminal reads more slowly than the app paints, for seconds now."""
        return self._outlet is not None and self._outlet.falls_behind

    def _nudge(self) -> None:
        if outlet := self._outlet:
            outlet.nudge()

    def start_application_mode(self) -> None:
        """Take over the terminal, and repaint what it showed before a suspension."""
        with self._in_hand:
            assert self._file is not None
            self._outlet = Outlet(self._file.fileno(), self._painting.changes)
            super().start_application_mode()  # type: ignore[no-untyped-call]
            if self._writer_thread:
                self._writer_thread.stop()  # the outlet does the writing
            self._tell_size = signal.getsignal(signal.SIGWINCH)
            signal.signal(signal.SIGWINCH, self._resized)
            self.forget()

    def stop_application_mode(self) -> None:
        """Restore the terminal: its modes always, its contents as far as it accepts bytes."""
        with self._in_hand:
            if self._outlet is None:
                return
            self._outlet.discard()
            self.write("\x1b[0m")
            super().stop_application_mode()
            self._outlet.finish(LAST_WORDS)
            self._outlet.close()
            self._outlet = None

    def disable_input(self) -> None:
        """Stop reading; the thread that ends a busy app may call this."""
        if threading.current_thread() is threading.main_thread():
            super().disable_input()
        else:
            self._disable_mouse_support()
            self.exit_event.set()

    def close(self) -> None:
        """Do nothing: `stop_application_mode` has closed everything."""

    def _sigtstp_application(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._suspend)

    def _sigcont_application(self, *_: object) -> None:
        """Take over the terminal again after a SIGSTOP, which a process cannot catch."""
        if not self._suspended:
            self._loop.call_soon_threadsafe(self._take_again)

    def _suspend(self) -> None:
        """Suspend the process as a shell's job control expects.

        Without such a shell, the system ignores the signal and the app continues.
        """
        self._suspended = True
        self.stop_application_mode()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)
        self._must_signal_resume = True
        self._take_again()
        self._suspended = False

    def _take_again(self) -> None:
        """Take over the terminal once in the foreground; the shell may have changed all of it."""
        self.stop_application_mode()
        while self._in_background():
            os.kill(os.getpid(), signal.SIGSTOP)
        self.start_application_mode()

    def _in_background(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) != os.getpgrp()
        except OSError:  # not the controlling terminal
            return False

    def _resized(self, *arguments: Any) -> None:
        """Repaint after a resize: terminals move or cut what they show."""
        self._tell_size(*arguments)
        self._loop.call_soon_threadsafe(self.forget)


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Return the (column, row, strip) pieces of an update."""
    if isinstance(update, LayoutUpdate):
        return _of_layout(update)
    assert isinstance(update, ChopsUpdate)
    return _of_chops(update)


def _of_layout(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, strip
            x += strip.cell_length


def _of_chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, start, end in update.spans:
        for stop, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x <= end and stop > start:
                yield x, y, strip.crop(0, min(stop, end) - x)
