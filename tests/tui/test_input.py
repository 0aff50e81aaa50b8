"""The terminal's bytes become keys and pastes, however they are split."""

import itertools
import os
import threading
import time

import pytest
from textual import _parser
from textual.events import Key, Paste

from tui_dl.tui.runtime import input_driver
from tui_dl.tui.runtime.input_driver import BLOCK, InputDriver

BEGIN, END = "\x1b[200~", "\x1b[201~"


class Typist(InputDriver):
    """The driver on a pipe, without an app or a screen."""

    def __init__(self):
        self.fileno, self._pen = os.pipe()
        self.exit_event = threading.Event()
        self._debug = False
        self.got = []
        self.process_message = self.got.append
        self._thread = threading.Thread(target=self.run_input_thread)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.exit_event.set()
        self._thread.join()
        os.close(self.fileno)
        os.close(self._pen)

    def type(self, text):
        os.write(self._pen, text.encode())

    def wait(self, count):
        end = time.monotonic() + 20
        while len(self.got) < count:
            assert time.monotonic() < end, self.got
            time.sleep(0.01)
        return self.got


@pytest.fixture
def slow(monkeypatch):
    """Let a second pass whenever the parser looks at the clock."""
    seconds = itertools.count()
    monkeypatch.setattr(_parser, "get_time", lambda: next(seconds))


def test_a_slow_program_does_not_take_the_end_of_a_paste_apart(slow):
    text = "x" * (BLOCK - len(BEGIN) - 1)  # the escape of the end is the last byte of a block
    with Typist() as typist:
        typist.type(f"{BEGIN}{text}{END}q")
        paste, key = typist.wait(2)
    assert isinstance(paste, Paste)
    assert paste.text == text
    assert isinstance(key, Key)
    assert key.key == "q"


def test_an_escape_is_told_by_the_silence_after_it(slow):
    with Typist() as typist:
        typist.type("\x1b")
        (key,) = typist.wait(1)
    assert key.key == "escape"


def test_a_paste_without_its_end_does_not_swallow_all_later_keys(monkeypatch):
    monkeypatch.setattr(input_driver, "PASTE", 0.2)
    with Typist() as typist:
        typist.type(f"{BEGIN}0.")
        typist.type("05")
        typist.wait(1)
        typist.type("q")
        paste, key = typist.wait(2)
    assert (paste.text, key.key) == ("0.05", "q")
