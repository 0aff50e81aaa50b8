"""The app on a terminal that shows ASCII alone."""

import re

import pytest
from test_terminal import MAIN, OWN, Terminal

from tui_dl import characters


@pytest.mark.parametrize(
    ("size", "environment"),
    [((120, 36), {"LANG": "C"}), ((80, 24), {characters.VARIABLE: "1", "NO_COLOR": "1"})],
    ids=["LANG=C", "80 columns, no colors, by the variable"],
)
def test_a_page_a_run_and_its_pictures_are_painted_in_ascii(size, environment):
    with Terminal(OWN + MAIN, "open", "perceptron", size=size, **environment) as terminal:
        terminal.until("Intuition|The problem")
        terminal.press("r")
        terminal.until("completed")
        terminal.until(r"train +0\.")  # the legend of a chart
        terminal.press("i")
        terminal.until("target 0")  # the legend of a picture
        assert re.search(r"\+-+.* step 120 -", terminal.text)
        terminal.press("q")
        assert terminal.end() == 0
        assert terminal.output.isascii()
