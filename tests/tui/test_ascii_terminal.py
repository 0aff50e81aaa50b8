"""The app on a terminal that shows ASCII alone."""

import pyte
import pytest
from rich.segment import Segment
from rich.style import Style
from test_terminal import MAIN, OWN, Terminal
from textual.strip import Strip

from tui_dl import characters
from tui_dl.tui.runtime.painting import Painting

SMALL = {"size": (80, 24), characters.VARIABLE: "1", "NO_COLOR": "1"}


@pytest.mark.parametrize(
    "terminal",
    [
        pytest.param({"size": (120, 36), "LANG": "C"}, id="LANG=C"),
        pytest.param(SMALL, id="80 columns, no colors, by the variable", marks=pytest.mark.slow),
    ],
)
def test_a_page_a_run_and_its_pictures_are_painted_in_ascii(terminal):
    with Terminal(OWN + MAIN, "open", "perceptron", **terminal) as shown:
        shown.until("Intuition|The problem")
        shown.press("r")
        shown.until("completed .* took")
        shown.until(r"train +0\.")  # the legend of a chart
        shown.press("i")
        shown.until("target 0")  # the legend of a picture
        shown.until(r"\+-+.* step 120 -")
        shown.press("q")
        assert shown.end() == 0
        assert shown.output.isascii()


def painted(*segments):
    painting = Painting(plain=True)
    painting.resize(8, 1)
    painting.put([(0, 0, Strip([Segment(text, Style.parse(style)) for text, style in segments]))])
    screen = pyte.Screen(8, 1)
    pyte.Stream(screen).feed(painting.changes())
    return screen


def test_nothing_moves_where_stand_ins_are_painted():
    assert painted(("漢é ŷ→x", "none")).display == ["??e y>x "]


def test_half_blocks_become_blanks_in_the_mean_of_their_colors():
    screen = painted(("a▀▄b", "#400000 on #000080"), ("▀", "none"))
    assert screen.display[0] == "a  b=   "
    assert [screen.buffer[0][x].bg for x in range(4)] == ["000080", "200040", "200040", "000080"]
