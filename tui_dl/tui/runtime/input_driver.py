"""Reads the terminal's input, whatever bytes it sends."""

from __future__ import annotations

import logging
import os
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

LOG = logging.getLogger(__name__)
SIZES = (Resize, InBandWindowResize)
POLL = 0.1  # seconds; silence after an escape character means the key, not a sequence
PASTE = 3.0  # seconds of silence that end a paste whose end marker never came
BLOCK = 4096


class InputDriver(LinuxDriver):
    """Textual's driver, changed so that no input can end the app or block later input.

    Textual's driver decodes strictly, and its thread ends the app at the first error. It splits an
    escape sequence if its own thread was slow, not only if the terminal was. If the end marker of a
    paste is split, it is never found, and every later key is added to the paste.
    """

    def run_input_thread(self) -> None:
        """Turn the terminal's input into events until the app ends."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser(self._debug)
        self._latest = ""  # the last characters that were read
        self._pasting = False
        self._heard = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                # After a SIGSTOP the time may be over although there is input: look again.
                self._take(bool(selector.select(POLL) or selector.select(0)))

    def _take(self, ready: bool) -> None:
        """Process what was sent, or the silence that ends an unfinished sequence."""
        try:
            data = os.read(self.fileno, BLOCK) if ready else b""
            if ready and not data:
                self.exit_event.wait(POLL)  # the terminal is gone; its signal ends the app
            if text := self._decode(data):
                self._heed(text)
                self._process(self._parser.feed(text))
            elif not data:
                self._process(self._parser.tick())
                self._end_paste()
        except OSError:
            self.exit_event.wait(POLL)
        except Exception as error:
            LOG.warning("dropped input that cannot be parsed: %r", error)
            self._parser = XTermParser(self._debug)
            self._pasting = False

    def _heed(self, text: str) -> None:
        """Note whether a paste continues after this text."""
        self._heard = time.monotonic()
        begin, end = BRACKETED_PASTE_START, BRACKETED_PASTE_END
        seen = self._latest + text
        if max(seen.rfind(begin), seen.rfind(end)) >= 0:
            self._pasting = seen.rfind(begin) > seen.rfind(end)
        self._latest = seen[1 - len(begin) :]

    def _end_paste(self) -> None:
        if self._pasting and time.monotonic() - self._heard > PASTE:
            self._pasting = False
            self._process(self._parser.feed(BRACKETED_PASTE_END))

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if not isinstance(message, SIZES):
                self.process_message(message)

    def _query_in_band_window_resize(self) -> None:
        """Do not ask the terminal for its size: the kernel reports it, whatever the input."""
