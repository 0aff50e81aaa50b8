"""Reads the terminal's input, whatever bytes it sends."""

from __future__ import annotations

import logging
import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

LOG = logging.getLogger(__name__)
SIZES = (Resize, InBandWindowResize)
POLL = 0.1  # seconds; an escape key is told from an escape sequence by the silence after it
BLOCK = 4096


class InputDriver(LinuxDriver):
    """Textual's driver, but neither bytes that are no UTF-8 nor an odd sequence end the input.

    The driver of the library decodes strictly, and its thread ends the app with the first error.
    """

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into events until the app ends."""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = XTermParser(self._debug)
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                self._take(bool(selector.select(POLL)))

    def _take(self, ready: bool) -> None:
        """Process what was sent, or the silence that ends an unfinished sequence."""
        try:
            data = os.read(self.fileno, BLOCK) if ready else b""
            if ready and not data:
                self.exit_event.wait(POLL)  # the terminal is gone; its signal ends the app
            text = self._decode(data)
            self._process(self._parser.feed(text) if text else ())
            self._process(self._parser.tick())
        except OSError:
            self.exit_event.wait(POLL)
        except Exception as error:
            LOG.warning("input that cannot be understood was dropped: %r", error)
            self._parser = XTermParser(self._debug)

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if not isinstance(message, SIZES):
                self.process_message(message)

    def _query_in_band_window_resize(self) -> None:
        """Do not ask for sizes within the input: the kernel knows them, whatever is typed."""
