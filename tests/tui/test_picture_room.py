"""How pictures use their room: shared rows, filled heat maps, dense layers, small tiles."""

import numpy as np
import pytest

from tui_dl.drawing.kinds import draw, rows_of
from tui_dl.drawing.palette import Palette

PLAIN = Palette(color=False)
BARS = {"kind": "bars", "title": "ŷ", "labels": ["a", "b"], "values": [0.25, 1.0], "low": 0}
PANELS = {"kind": "panels", "panels": [BARS, {**BARS, "title": "t"}], "widths": [1, 2]}


def lines(payload, width, height):
    return draw(payload, width, height, PLAIN).plain.split("\n")


@pytest.mark.parametrize(("width", "start"), [(44, 16), (30, 14)])
def test_panels_share_a_row_by_their_widths_but_none_is_narrow(width, start):
    assert lines(PANELS, width, 6)[0].index("t") == start


def test_panels_that_would_be_too_narrow_stand_below_each_other():
    rows = lines(PANELS, 24, 10)
    assert rows[0].split() == ["ŷ"] and [row.split() for row in rows].count(["t"]) == 1


def test_a_filled_heat_map_fills_the_room_in_whole_cells():
    heatmap = {"kind": "heatmap", "values": [[0, 1], [1, 0]], "low": 0, "high": 1}
    square = lines(heatmap, 40, 8)
    filled = lines({**heatmap, "fill": True}, 40, 8)
    assert max(row.count("█") for row in square[:-1]) == 7
    assert max(row.count("█") for row in filled[:-1]) == 20
    assert len(filled) == 8


def test_a_dense_layer_shows_a_unit_in_every_row():
    network = {
        "kind": "network",
        "layers": [{"name": "x", "values": [1.0]}, {"name": "y", "values": [0.5] * 10}],
    }
    assert "(+4)" in "".join(lines(network, 40, 14))
    network["layers"][1]["dense"] = True
    assert "(+" not in "".join(lines(network, 40, 14))


def test_bars_write_as_many_decimals_as_asked():
    first, second = lines({**BARS, "decimals": 2}, 30, 4)
    assert first.rstrip().endswith(" 0.25") and second.rstrip().endswith("█ 1.00")


def test_a_small_tile_shows_means_and_leaves_what_is_unknown_out():
    checks = np.indices((16, 16)).sum(axis=0) % 2.0
    tile = {"kind": "tiles", "scale": "gray", "low": 0, "high": 1, "legend": False}
    shades = set("".join(lines({**tile, "tiles": [{"values": checks.tolist()}]}, 12, 5)))
    assert shades <= {"▒", " ", "\n"} and "▒" in shades
    checks[:, 8:] = np.nan
    rows = lines({**tile, "tiles": [{"values": checks.tolist()}]}, 12, 5)
    assert rows[0].startswith("▒▒▒▒╱╱╱╱")


def test_a_trail_is_a_line_with_one_mark_at_its_end():
    plane = {"kind": "plane", "groups": [{"name": "", "x": [0, 1, 2], "y": [0, 2, 1]}]}
    assert draw(plane, 40, 10, PLAIN).plain.count("●") == 3
    plane["groups"][0]["trail"] = True
    text = draw(plane, 40, 10, PLAIN).plain
    assert text.count("●") == 1 and any("⠀" < c <= "⣿" for c in text)


def test_narrow_histograms_lose_no_bin():
    ridges = {"kind": "ridges", "x_range": [0, 1]}
    ridges["layers"] = [{"name": "1", "counts": [0] * 39 + [5]}]
    assert "█" in draw(ridges, 20, 4, PLAIN).plain


def test_a_short_picture_is_drawn_in_the_rows_it_asks_for():
    assert rows_of(BARS) == 4
    assert "0.25" in draw(BARS, 30, rows_of(BARS), PLAIN).plain
