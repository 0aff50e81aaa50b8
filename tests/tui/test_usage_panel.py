"""The panel with the use of CPU, memory and GPUs: one key opens it, and it costs nothing closed."""

import threading

from driving import bench, text_of, until, workbench

from tests.recorded_nvml import NOT_FOUND, record
from tui_dl.tui.screens.keys import BINDINGS
from tui_dl.tui.widgets.usage_panel import UsagePanel


def watching():
    return [thread for thread in threading.enumerate() if thread.name == "devices"]


def shown(app):
    return str(app.screen.query_one(UsagePanel).render())


async def test_the_panel_opens_and_closes_and_samples_only_while_it_is_open(monkeypatch):
    library = record(monkeypatch)
    async with workbench(size=(80, 24)) as (app, pilot):
        assert not watching() and "Memory" not in text_of(app)
        await pilot.press("u")
        await until(pilot, lambda: app.screen.query(UsagePanel) and "H100" in shown(app))
        assert len(watching()) == 1
        assert all(f" {name} " in text_of(app) for name in ("CPU", "Memory", "GPU 0", "GPU 1"))
        assert bench(app).page.display
        await pilot.press("u")
        await until(pilot, lambda: not watching())
        assert "Memory" not in text_of(app) and library.open == 0


async def test_leaving_with_the_panel_open_ends_its_thread(monkeypatch):
    record(monkeypatch, fault=NOT_FOUND)
    async with workbench(size=(100, 30)) as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: app.screen.query(UsagePanel) and "%" in shown(app))
        assert "doctor" in shown(app)
    for thread in watching():
        thread.join(60)
    assert not watching()


async def test_many_gpus_leave_two_thirds_of_the_screen(monkeypatch):
    record(monkeypatch)
    async with workbench(size=(80, 10)) as (app, pilot):
        await pilot.press("u")
        await until(pilot, lambda: app.screen.query(UsagePanel) and "more" in shown(app))
        assert app.screen.query_one(UsagePanel).size.height == 3


def test_its_key_is_in_the_palette():
    assert [each.description for each in BINDINGS if each.key == "u"] == [
        "Use of CPU, memory, GPUs"
    ]
