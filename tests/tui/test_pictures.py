"""The widgets that show pictures."""

import pytest
from textual.app import App, ComposeResult

from tui_dl.drawing.kinds import KINDS, draw
from tui_dl.events import Snapshot
from tui_dl.tui.run_view import RunView
from tui_dl.tui.theme import palette_of
from tui_dl.tui.widgets.picture import Picture
from tui_dl.tui.widgets.pictures import Pictures

MAP = KINDS["heatmap"].example


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield Picture(empty="Nothing yet.")


async def test_the_widget_shows_one_payload_after_another() -> None:
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        assert picture.render().plain == "Nothing yet."
        for kind in KINDS.values():
            picture.show(dict(kind.example))
            await pilot.pause()
            assert str(picture.border_title) == kind.example["title"]
            expected = draw(kind.example, 58, 14, palette_of(pilot.app))
            assert picture.render().plain == expected.plain


async def test_the_widget_draws_again_for_another_theme_and_size() -> None:
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        picture.show(dict(MAP))
        await pilot.pause()
        dark = picture.render()
        assert picture.render() is dark
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert picture.render().spans != dark.spans
        await pilot.resize_terminal(9, 4)
        assert picture.render().plain == "Too small to draw"


async def test_no_color_gives_shades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        picture.show(dict(MAP))
        await pilot.pause()
        assert "█" in picture.render().plain and "▀" not in picture.render().plain


class Wall(App[None]):
    def compose(self) -> ComposeResult:
        yield Pictures()


async def test_a_picture_alone_in_its_row_takes_all_of_it() -> None:
    async with Wall().run_test(size=(120, 60)) as pilot:
        wall, run = pilot.app.query_one(Pictures), RunView()
        for count, widths in ((1, [120]), (2, [60, 60]), (3, [60, 60, 120]), (4, [60] * 4)):
            run.add(Snapshot(view=f"v{count}", step=0, payload=dict(MAP)))
            wall.show(run)
            await pilot.pause()
            assert [p.outer_size.width for p in wall.query(Picture)] == pytest.approx(widths, abs=2)
