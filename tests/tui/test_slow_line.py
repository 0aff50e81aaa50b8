"""A slow line: what is drawn by itself waits, keys do not."""

import fcntl
import os
import pty
import re
import time

import pytest
from driving import bench, fill, text_of, until, workbench
from test_terminal import MAIN, OWN, Terminal

from tui_dl.tui.runtime import outlet
from tui_dl.tui.runtime.outlet import Outlet
from tui_dl.tui.runtime.slow_line import RATE, WORST, SlowLine

PATIENCE = 60  # seconds
FRAME = "x" * 4096


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_slow_line_is_spared_until_it_has_carried_what_was_sent():
    clock = Clock()
    line = SlowLine(True, clock)
    assert line.affords(0)
    assert not line.affords(2 * RATE)
    clock.now = 1.9
    assert not line.affords(2 * RATE)
    clock.now = 2.0
    assert line.affords(2 * RATE)
    assert not line.affords(100 * RATE)  # a whole screen
    clock.now += WORST
    assert line.affords(100 * RATE)
    assert line.affords(0)  # counted from the start again, as after a suspension


def test_a_fast_line_is_never_spared():
    line = SlowLine(False, Clock())
    assert line.affords(0) and line.affords(1_000_000)


def test_a_terminal_that_reads_slowly_falls_behind_and_one_that_sleeps_does_not(monkeypatch):
    monkeypatch.setattr(outlet, "BEHIND", 0.0)
    master, slave = pty.openpty()
    frames = [FRAME] * 64  # more than the system's buffers hold
    out = Outlet(slave, lambda: frames.pop() if frames else "")
    out.nudge()
    out.nudge()  # the next frame finds the last one on its way
    assert not out.falls_behind
    assert out.sent >= len(FRAME)
    fcntl.fcntl(master, fcntl.F_SETFL, os.O_NONBLOCK)
    deadline = time.monotonic() + PATIENCE
    behind = False
    while not out.finish(0.0):
        assert time.monotonic() < deadline
        behind |= out.falls_behind
        try:
            os.read(master, 512)
        except BlockingIOError:
            time.sleep(0.001)
    assert behind and not out.falls_behind
    assert out.sent == 64 * len(FRAME)
    out.close()


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("open", "perceptron"), ()], ids=["open", "no command"])
def test_the_option_says_so_in_the_bar(arguments):
    with Terminal(OWN + MAIN, *arguments, "--slow-line", size=(160, 45)) as terminal:
        terminal.until("slow line")
        terminal.press("q")
        assert terminal.end() == 0


async def test_pictures_wait_for_a_pause_or_for_being_opened():
    async with workbench() as (app, pilot):
        app.line.slow = True
        runs = bench(app).runs
        await until(pilot, lambda: runs.device)
        await fill(app, pilot, "epochs", "5000")
        await pilot.press("escape", "less_than_sign", "less_than_sign", "i")
        await pilot.press("r")

        def drawn():
            steps = re.findall(r"─ step ([\d,]+) ─", text_of(app))
            return max((int(step.replace(",", "")) for step in steps), default=0)

        def newest():
            shown = runs.view and runs.view.pictures
            return min(each.step for each in shown.values()) if shown else 0

        await until(pilot, lambda: drawn())
        first = drawn()
        await until(pilot, lambda: newest() > first + 1)
        assert drawn() == first
        await pilot.press("space")
        await until(pilot, lambda: runs.paused and drawn() == newest())
        assert "slow line" in text_of(app)
