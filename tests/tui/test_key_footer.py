"""The line of keys: its content, and that a click does what the key does."""

import pytest
from driving import bench, finished, text_of, until, workbench

from tui_dl.tui.widgets.key_footer import KeyFooter


def shown(app):
    return app.query_one(KeyFooter).render_line(0).text


@pytest.mark.parametrize("width", [44, 80, pytest.param(200, marks=pytest.mark.slow)])
async def test_keys_that_have_no_room_are_left_out_whole(width):
    async with workbench(size=(width, 24)) as (app, pilot):
        await until(pilot, lambda: "Train" in shown(app))
        whole = "r Train space Pause x Stop ? Keys q Leave t Lessons g Page f Form e Experiments "
        assert (whole + "i Inside s Step S Epoch o Overlay l Log m Smooth").startswith(
            shown(app).strip()
        )
        assert ("m Smooth" in shown(app)) == (width == 200)


async def test_a_click_does_what_the_key_does_and_a_gray_one_nothing():
    async with workbench() as (app, pilot):
        await until(pilot, lambda: "Train" in shown(app))
        await pilot.click(KeyFooter, offset=(shown(app).index("Stop"), 0))
        assert bench(app).runs.view is None
        await pilot.click(KeyFooter, offset=(shown(app).index("Train"), 0))
        assert (await finished(app, pilot)).status == "completed"


async def test_a_key_goes_gray_and_the_one_under_the_mouse_stands_out():
    async with workbench() as (app, pilot):
        await until(pilot, lambda: "Train" in shown(app))

        def style(word):
            line = app.query_one(KeyFooter).render_line(0)
            return next(segment.style for segment in line if word in segment.text)

        assert style("Stop") != style("Keys")
        before = style("Keys")
        await pilot.hover(KeyFooter, offset=(shown(app).index("Keys"), 0))
        await pilot.pause(0.1)
        assert style("Keys").bgcolor != before.bgcolor
        await pilot.hover("#page")
        await pilot.pause(0.1)
        assert style("Keys") == before
        assert "Perceptron" in text_of(app)
