"""What the kit does where there is little room, or no color."""

import numpy as np
import pytest

from tui_dl.drawing.kinds import draw
from tui_dl.drawing.palette import Palette

PLAIN = Palette(color=False)


def lines(payload, width, height=10, palette=PLAIN):
    return draw(payload, width, height, palette).plain.split("\n")


@pytest.mark.parametrize("values", [[0.0123, 0.9], [12.345, 100.0], [1e-7, 3e5]])
def test_bars_in_a_narrow_panel_keep_their_numbers_whole(values):
    payload = {"kind": "bars", "labels": ["plane", "square"], "values": values, "target": 1}
    drawn = lines(payload, 21)
    assert all(len(line) <= 21 and "…" not in line for line in drawn[:2])
    assert drawn[1].endswith("◀")
    for line, value in zip(drawn, values, strict=False):
        assert float(line.split()[-2 if "◀" in line else -1]) == pytest.approx(value, rel=0.06)


def test_bars_with_room_keep_their_four_digits():
    payload = {"kind": "bars", "labels": ["plane"], "values": [0.012345]}
    assert "0.01235" in lines(payload, 40)[0] or "0.01234" in lines(payload, 40)[0]


def test_color_tiles_without_color_show_how_bright_they_are():
    image = np.zeros((2, 8, 3))
    image[:, 2:4] = [1, 0, 0]
    image[:, 4:6] = [0, 1, 0]
    image[:, 6:] = 1
    payload = {"kind": "tiles", "scale": "color", "tiles": [{"values": image.tolist()}]}
    drawn = lines(payload, 12, 6)[0][:8]
    shades = [" ░▒▓█".index(character) for character in drawn]
    assert shades == sorted(shades) and shades[0] == 0 and shades[-1] == 4
    assert len(set(shades)) == 4


@pytest.mark.parametrize("kind", ["plane", "lines"])
def test_a_margin_puts_axes_in_one_line(kind):
    def axis(top, **more):
        line = {"name": "", "x": [0, 1], "y": [0, top]}
        payload = {"kind": kind, "lines": [line], "series": [line], **more}
        return lines(payload, 40)[-1].index("└")

    assert axis(1.0) != axis(0.00001)
    assert axis(1.0, margin=12) == axis(0.00001, margin=12)
