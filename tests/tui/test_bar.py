"""The top line: which parts are dropped when it is short."""

import pytest
from textual.app import App, ComposeResult

from tui_dl import catalog
from tui_dl.tui.widgets.bar import Bar

FACTS = ("CPU (2 cores)", "digits (embedded 8×8)")


class Shown(App[None]):
    def compose(self) -> ComposeResult:
        yield Bar()


@pytest.mark.parametrize(
    ("width", "words", "gone"),
    [
        (120, ("Sequences and language", "Variational autoencoder", *FACTS), ()),
        (90, ("Sequences and language", "Variational autoencoder", FACTS[1]), FACTS[:1]),
        (70, ("Variational autoencoder", FACTS[1]), (FACTS[0], "Sequences")),
    ],
)
async def test_the_data_stays_the_longest(width, words, gone):
    async with Shown().run_test(size=(width, 3)) as pilot:
        pilot.app.query_one(Bar).show(catalog.lesson("vae"), FACTS)
        await pilot.pause()
        line = str(pilot.app.query_one(Bar).render())
        assert all(word in line for word in words) and not any(word in line for word in gone)
        assert len(line) <= width - 2
