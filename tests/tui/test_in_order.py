"""Keys take effect in the order in which they were typed, however fast."""

import pytest
from driving import bench, text_of, until, workbench
from test_unbroken import at_once
from textual.command import CommandInput
from textual.events import Paste

from tui_dl.tui.runtime.command_palette import GuardedPalette
from tui_dl.tui.screens.dialogs import Keys
from tui_dl.tui.widgets.form import Field


@pytest.mark.slow
async def test_an_escape_does_not_overtake_the_key_after_it():
    async with workbench() as (app, pilot):
        app.screen.query_one("#field-epochs Input").focus()
        await pilot.pause()
        for _ in range(5):
            at_once(app, "escape", "escape", "ctrl+p")
            await until(pilot, lambda: "Search for" in text_of(app))
            at_once(app, "escape", "question_mark")
            await until(pilot, lambda: isinstance(app.screen, Keys))
            at_once(app, "escape")
            await until(pilot, lambda: app.screen is bench(app))


async def test_what_is_typed_after_ctrl_p_is_searched_for():
    async with workbench() as (app, pilot):
        at_once(app, "ctrl+p", *"perc")
        app.post_message(Paste("ept"))
        at_once(app, *"ron")
        await until(pilot, lambda: isinstance(app.screen, GuardedPalette))
        assert app.screen.query_one(CommandInput).value == "perceptron"


async def test_the_same_command_can_be_called_twice_at_once():
    async with workbench() as (app, pilot):
        at_once(app, "ctrl+p", "escape", "ctrl+p", "escape", "ctrl+p", *"Dark")
        await until(pilot, lambda: [i.value for i in app.screen.query(CommandInput)] == ["Dark"])
        assert isinstance(app.screen, GuardedPalette)


async def test_a_key_goes_to_the_field_that_the_key_before_it_chose():
    async with workbench("two-layer-network") as (app, pilot):
        at_once(app, "f", "end", *["backspace"] * 9, *"7", "tab", "escape", "right_square_bracket")
        await until(pilot, lambda: bench(app).page.tab == "code")
        assert bench(app).query(Field).first().text == "7"


async def test_a_key_whose_widget_went_away_holds_up_no_other():
    async with workbench() as (app, pilot):
        field = app.screen.query_one("#field-epochs Input")
        field.focus()
        await pilot.pause()
        at_once(app, "home")
        field.parent.remove()
        at_once(app, "ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, GuardedPalette))
