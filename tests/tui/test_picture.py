"""Pictures of the inside of a network, drawn from plain dictionaries."""

import json
import re
from typing import Any

import pytest
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult

from tui_dl.drawing.heat import LEVELS, colour
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.pictures import DRAWERS, draw
from tui_dl.tui.theme import palette_of
from tui_dl.tui.widgets.picture import Picture

COLOUR, PLAIN = Palette(), Palette(colour=False)

RAMP: dict[str, Any] = {
    "kind": "heatmap", "title": "Ramp", "values": [[-1, 0, 1], [-1, 0, 1]],
    "x_range": [0, 3], "y_range": [0, 2], "x_label": "w", "y_label": "b",
}  # fmt: skip
EXAMPLES: list[dict[str, Any]] = [
    RAMP,
    {"kind": "lines", "title": "Fit", "x_label": "x",
     "series": [{"name": "truth", "x": [0, 1], "y": [0, 1]},
                {"name": "model", "x": [0, 1], "y": [1, float("nan")]}]},
    {"kind": "scatter", "title": "Data", "x_label": "x", "y_label": "y",
     "groups": [{"name": "a", "x": [0, 1], "y": [0, 1]}, {"name": "b", "x": [2], "y": [2]}],
     "lines": [{"name": "border", "x": [1, 1], "y": [0, 2]}]},
    {"kind": "bars", "title": "Share", "labels": ["cat", "mouse"], "values": [0.25, 0.75]},
    {"kind": "table", "title": "Layers", "columns": ["layer", "size"], "rows": [["a", 1.5]]},
    {"kind": "matrix", "title": "Confusion", "row_labels": ["is a", "is b"],
     "column_labels": ["a", "b"], "values": [[9, 1], [2, 8.5]]},
]  # fmt: skip


def lines(payload: dict[str, Any], palette: Palette = PLAIN, width: int = 60) -> list[str]:
    return draw(payload, width, 14, palette).plain.split("\n")


def styles(text: Text) -> list[Style]:
    return [span.style for span in text.spans if isinstance(span.style, Style)]


def test_every_kind_has_an_example_here() -> None:
    assert {example["kind"] for example in EXAMPLES} == set(DRAWERS)


@pytest.mark.parametrize("palette", [COLOUR, PLAIN])
@pytest.mark.parametrize("size", [(12, 5), (20, 6), (60, 14), (150, 40)])
@pytest.mark.parametrize("payload", EXAMPLES, ids=lambda payload: payload["kind"])
def test_pictures_fit_their_size_and_survive_json(
    payload: dict[str, Any], size: tuple[int, int], palette: Palette
) -> None:
    text = draw(json.loads(json.dumps(payload)), *size, palette)
    assert "cannot be drawn" not in text.plain
    drawn = text.plain.split("\n")
    assert len(drawn) <= size[1]
    assert max(map(len, drawn)) <= size[0]


def test_an_unknown_kind_is_named() -> None:
    assert lines({"kind": "hologram"}) == ["No picture of kind 'hologram' is known here."]


@pytest.mark.parametrize(
    "payload",
    [
        {"kind": "heatmap"},
        {"kind": "heatmap", "values": [[1, 2], [3]]},
        {"kind": "bars", "labels": ["a"], "values": [1, 2]},
        {"kind": "lines", "series": [{"name": "a", "x": [1], "y": [1, 2]}]},
        {"kind": "table", "columns": ["a"], "rows": 3},
        {"kind": "matrix", "values": [["a"]]},
    ],
)
def test_a_broken_payload_says_so_instead_of_crashing(payload: dict[str, Any]) -> None:
    assert lines(payload)[0].startswith(f"This {payload['kind']} cannot be drawn")


def test_heatmap_shades_grow_with_the_value() -> None:
    row = lines({**RAMP, "y_range": None, "x_range": None, "x_label": "", "y_label": ""})[0]
    assert list(dict.fromkeys(row)) == [" ", "▒", "█"]


def test_row_zero_is_at_the_bottom_of_a_range_and_at_the_top_of_an_image() -> None:
    values = {"kind": "heatmap", "values": [[0, 0], [1, 1]], "low": 0, "high": 1}
    image = [row for row in lines(values) if row.strip("█") == "" and row]
    assert lines(values)[0].strip() == "" and image
    plot = lines({**values, "y_range": [0, 2], "x_range": [0, 2]})
    assert plot[0].endswith("█") and "█" not in plot[10]


def test_heatmap_shows_its_ranges_names_and_scale() -> None:
    drawn = lines(RAMP)
    assert drawn[0].startswith("2 ") and drawn[-3].startswith("0 ")
    assert drawn[-2].split() == ["0", "w", "→", "b", "↑", "3"]
    assert drawn[-1].startswith("-1 ") and drawn[-1].endswith(" 1")


def test_levels_have_names() -> None:
    drawn = lines({**RAMP, "levels": ["low", "middle", "high"]})
    assert drawn[-1].split() == ["low", "▒", "middle", "█", "high"]


def test_points_are_told_apart_by_character_and_lie_at_their_place() -> None:
    points = [[0.1, 0.1, 0], [2.9, 1.9, 1], [9, 9, 2]]
    drawn = lines({**RAMP, "points": points}, COLOUR)
    assert drawn[0].index("x") > 55
    assert 2 <= drawn[-3].index("o") <= 4
    assert not any("+" in row for row in drawn)


def test_the_colours_run_from_blue_over_grey_to_orange() -> None:
    low, middle, high = (colour(level, True).get_truecolor() for level in (0, 16, LEVELS - 1))
    assert low.blue > low.red + 50 and high.red > high.blue + 50
    assert max(middle) - min(middle) < 10


def test_a_heatmap_without_limits_is_centred_on_zero() -> None:
    drawn = lines({"kind": "heatmap", "values": [[-1.0, 4.0]]})
    assert drawn[-1].startswith("-4 ") and drawn[-1].endswith(" 4")


def test_two_values_share_a_cell() -> None:
    text = draw({"kind": "heatmap", "values": [[0.0], [1.0]]}, 12, 5, COLOUR)
    top = next(style for style in styles(text) if style.bgcolor)
    assert "▀" in text.plain
    assert {colour(0, True), colour(LEVELS - 1, True)} >= {top.color, top.bgcolor}


def test_values_that_are_not_finite_have_their_own_colour() -> None:
    text = draw({"kind": "heatmap", "values": [[float("nan"), 1.0]]}, 12, 5, COLOUR)
    assert colour(-1, True) in {style.color for style in styles(text)}


def test_bars_are_as_long_as_their_values_and_numbers_align() -> None:
    drawn = lines(EXAMPLES[3])
    assert drawn[1].count("█") == pytest.approx(3 * drawn[0].count("█"), abs=2)
    assert drawn[0].endswith("  0.2500") and len(drawn[0]) == len(drawn[1])


def test_negative_bars_go_the_other_way() -> None:
    drawn = lines({"kind": "bars", "labels": ["a", "b"], "values": [-1.0, 1.0]})
    assert drawn[0].rindex("▒") < drawn[1].index("█")
    assert drawn[0].count("▒") == pytest.approx(drawn[1].count("█"), abs=1)


def test_what_does_not_fit_is_counted() -> None:
    many = {"kind": "bars", "labels": [str(i) for i in range(30)], "values": [1.0] * 30}
    assert lines(many)[-1] == "… 17 more"


def test_table_numbers_stand_flush_right() -> None:
    rows = [["dense", 1040], ["out", 7]]
    drawn = lines({"kind": "table", "columns": ["layer", "weights"], "rows": rows})
    assert drawn == ["layer  weights", "dense     1040", "out          7"]


def test_a_matrix_has_its_labels_and_numbers() -> None:
    assert [row.split() for row in lines(EXAMPLES[5])] == [
        ["a", "b"], ["is", "a", "9", "1"], ["is", "b", "2", "8.5"],
    ]  # fmt: skip
    backs = {style.bgcolor for style in styles(draw(EXAMPLES[5], 60, 14, COLOUR))}
    assert colour(0, True) in backs and colour(LEVELS - 1, True) in backs


def test_scatter_keeps_groups_and_a_vertical_line_apart() -> None:
    drawn = lines(EXAMPLES[2])
    assert drawn[-1].split() == ["━", "border", "o", "a", "x", "b"]
    assert "x" in drawn[0] and any("o" in row for row in drawn[5:9])
    assert drawn[-2].strip() == "x →  y ↑"


def test_lines_use_a_marker_for_each_series() -> None:
    assert lines(EXAMPLES[1])[-1].split() == ["━", "truth", "o", "model"]


class Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield Picture(empty="Nothing yet.")


async def test_the_widget_shows_one_payload_after_another() -> None:
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        assert picture.render().plain == "Nothing yet."
        for payload in EXAMPLES:
            picture.show(payload)
            await pilot.pause()
            assert str(picture.border_title) == payload["title"]
            assert picture.render().plain == draw(payload, 58, 14, palette_of(pilot.app)).plain


async def test_the_widget_draws_again_for_another_theme_and_size() -> None:
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        picture.show(RAMP)
        await pilot.pause()
        dark = picture.render()
        assert picture.render() is dark
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert picture.render().spans != dark.spans
        await pilot.resize_terminal(9, 4)
        assert picture.render().plain == "Too small to draw"


async def test_no_colour_gives_shades(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with Bench().run_test(size=(60, 16)) as pilot:
        picture = pilot.app.query_one(Picture)
        picture.show(RAMP)
        await pilot.pause()
        assert "▒" in picture.render().plain and "▀" not in picture.render().plain


def test_names_too_long_for_their_room_end_in_an_ellipsis_and_touch_nothing() -> None:
    axis = "a very long name of an axis that nobody could ever fit in here"
    ranges = {"x_range": [1.0, 48.0], "y_range": [0.5, 16.0]}
    drawn = lines({"kind": "heatmap", "values": [[0, 1]], "x_label": axis, **ranges})
    assert re.fullmatch(r" +1 +a very .*… +48 *", drawn[-2])
    names = ["training, units dropped", "a name that is much longer than half of the width"]
    drawn = lines({"kind": "bars", "labels": names, "values": [1.0, 2.0]})
    assert "training, units dropped" in drawn[0] and "… █" in drawn[1]


def test_a_table_wraps_its_words_and_cuts_them_only_where_there_is_no_height() -> None:
    rows = [["labels", "integers, a column of them for the whole batch", 3], ["loss", "sparse", 12]]
    table = {"kind": "table", "columns": ["what", "in this run", "n"], "rows": rows}
    drawn = [text.plain for text in draw(table, 30, 12, PLAIN).split()]
    assert max(map(len, drawn)) <= 30 and not any("…" in line for line in drawn)
    words = " ".join(line[8:26].strip() for line in drawn)
    assert "integers, a column of them for the whole batch sparse" in words
    rows.insert(0, ["labels", "one-hot", 5])
    low = draw(table, 30, 5, PLAIN).plain.splitlines()
    assert len(low) == 4 and "…" in low[2] and low[2].endswith(" 3")


def test_names_of_curves_take_a_second_row_before_they_are_cut() -> None:
    curves = [{"name": f"{word} gate", "x": [0, 1], "y": [0, 1]} for word in ("input", "forget")]
    one = draw({"kind": "lines", "series": curves}, 40, 12, PLAIN).plain.splitlines()
    assert "input gate" in one[-1] and "forget gate" in one[-1] and len(one) <= 12
    two = draw({"kind": "lines", "series": curves}, 20, 12, PLAIN).plain.splitlines()
    assert "input gate" in two[-2] and "forget gate" in two[-1] and len(two) == len(one)
