"""Waiting keys are handled before paints."""

import time

import pytest
from driving import bench, text_of, until, workbench
from test_unbroken import at_once

from tui_dl.tui.runtime import pacing
from tui_dl.tui.runtime.pacing import Pace
from tui_dl.tui.screens.dialogs import Keys


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


def counted(function):
    def call(*arguments, **options):
        call.calls += 1
        return function(*arguments, **options)

    call.calls = 0
    return call


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def painted(clock, waiting, cost, ticks=60):
    """Return the share of time spent in paints, for a screen that asks for 60 a second."""
    pace, paints = Pace(lambda: waiting), []

    def update():
        clock.now += cost
        paints.append(clock.now)

    for _ in range(ticks):
        pace.paint(update)
        clock.now += 1 / 60
    return len(paints) * cost / (clock.now - 100)


def test_painting_takes_a_quarter_of_the_time_while_keys_wait(clock):
    assert painted(clock, waiting=True, cost=0.04) <= 0.25


def test_every_change_is_painted_at_once_where_no_key_waits(clock):
    assert painted(clock, waiting=False, cost=0.04) > 0.6


def test_a_slow_paint_is_repeated_while_keys_wait(clock):
    assert painted(clock, waiting=True, cost=1.0, ticks=120) > 0.5


def test_what_lies_behind_a_dialog_is_painted_once_a_second_and_the_dialog_at_once(clock):
    pace, paints = Pace(lambda: False), []
    for _ in range(180):
        pace.paint(lambda: paints.append("behind"), behind=True)
        pace.paint(lambda: paints.append("dialog"))
        clock.now += 1 / 60
    assert (paints.count("behind"), paints.count("dialog")) == (3, 180)


async def test_what_changes_behind_a_dialog_does_not_paint_the_whole_screen_each_time():
    async with workbench() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, Keys))
        chart, began = bench(app).query_one("#loss"), time.monotonic()
        app.screen._compositor.render_update = counted(app.screen._compositor.render_update)
        for _ in range(30):
            chart.refresh()
            await pilot.pause(0.02)
        most = 2 + (time.monotonic() - began) / pacing.BEHIND
        assert app.screen._compositor.render_update.calls <= most
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is bench(app))


async def test_what_many_keys_at_once_did_is_painted_in_the_end():
    async with workbench() as (app, pilot):
        at_once(app, *"21212121", "f", *["tab"] * 5, "escape", "3")
        await until(pilot, lambda: "Code" in text_of(app) and not app._in_order.keys_wait())
        at_once(app, "question_mark", "escape", *["down"] * 20, "question_mark")
        await until(pilot, lambda: "has every command and lesson" in text_of(app))
