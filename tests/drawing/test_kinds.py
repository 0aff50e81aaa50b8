"""The kinds of picture: what they show, at any size, with colors and without."""

import json

import pytest

from tui_dl.drawing.kinds import KINDS, draw, rows_of
from tui_dl.drawing.palette import Palette

COLOR, PLAIN = Palette(), Palette(color=False)
SIZES = [(12, 4), (20, 6), (44, 14), (60, 16), (150, 40)]


def lines(payload, palette=PLAIN, width=60, height=14):
    return draw(payload, width, height, palette).plain.split("\n")


@pytest.mark.parametrize("palette", [COLOR, PLAIN, Palette(dark=False)])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_an_example_fits_its_size_and_survives_json(kind, size, palette):
    text = draw(json.loads(json.dumps(KINDS[kind].example)), *size, palette)
    assert "cannot be drawn" not in text.plain
    drawn = text.plain.split("\n")
    assert len(drawn) <= size[1] and max(map(len, drawn)) <= size[0]
    if not palette.color:
        assert not any(getattr(s.style, "bgcolor", None) for s in text.spans)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_names_its_rows_draws_no_more(kind):
    example = KINDS[kind].example
    rows = rows_of(example)
    assert rows is None or len(lines(example, width=80, height=40)) <= rows


def test_an_unknown_kind_is_named():
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
        {"kind": "grid", "values": [[1], [1, 2]]},
        {"kind": "network", "layers": 3},
    ],
    ids=lambda payload: json.dumps(payload)[:40],
)
def test_a_broken_payload_says_so_instead_of_crashing(payload):
    assert lines(payload)[0].startswith(f"This {payload['kind']} cannot be drawn")
    assert rows_of(payload) is None or rows_of(payload) >= 0


def test_payloads_of_earlier_versions_are_drawn():
    old = {"kind": "scatter", "groups": [{"name": "a", "x": [0, 1], "y": [0, 1]}]}
    assert any("●" in line for line in lines(old))
    old = {
        "kind": "heatmap", "values": [[0, 0], [1, 1]], "x_range": [0, 2], "y_range": [0, 2],
        "points": [[0.1, 0.1, 0], [1.9, 1.9, 1]],
    }  # fmt: skip
    drawn = lines(old)
    assert "✕" in drawn[0] and "█" in drawn[0] and "█" not in drawn[9]
    tile = {"kind": "tiles", "scale": "gray", "low": 0, "high": 1, "tiles": [{"values": [[0, 1]]}]}
    assert lines(tile | {"scale": "grey"}) == lines(tile)


def test_row_zero_of_a_heat_map_is_at_the_top_and_of_regions_at_the_bottom():
    values = [[0, 0], [1, 1]]
    assert "█" not in lines({"kind": "heatmap", "values": values})[0]
    plane = {"kind": "plane", "x_range": [0, 1], "y_range": [0, 1], "regions": {"values": values}}
    assert "█" in lines(plane)[0] and "█" not in lines(plane)[9]


def test_points_lie_over_the_line_and_the_regions():
    plane = {
        "kind": "plane", "x_range": [0, 1], "y_range": [0, 1],
        "regions": {"values": [[1, 1]], "scale": "sequential"},
        "lines": [{"name": "line", "x": [0, 1], "y": [0.5, 0.5]}],
        "groups": [{"name": "points", "x": [0.25, 0.75], "y": [0.5, 0.5]}],
    }  # fmt: skip
    row = next(line for line in lines(plane) if "●" in line)
    assert row.count("●") == 2 and any("⠀" < each <= "⣿" for each in row)


def test_equal_curves_are_both_seen():
    same = [{"name": name, "x": [0, 1, 2], "y": [1.0, 2.0, 3.0]} for name in ("a", "b")]
    text = draw({"kind": "lines", "series": same}, 40, 10, COLOR)
    inks = {span.style.color for span in text.spans if "⠁" <= text.plain[span.start] <= "⣿"}
    assert len(inks) == 2


def test_a_logarithmic_picture_leaves_out_what_is_not_above_zero():
    series = [{"name": "loss", "x": [0, 1, 2], "y": [100.0, 0.0, 1.0]}]
    drawn = lines({"kind": "lines", "log": True, "series": series, "y_label": "loss"})
    assert any("log₁₀ loss" in line for line in drawn) and any("2┤" in line for line in drawn)


def test_bars_are_as_long_as_their_values_and_go_the_other_way_below_zero():
    drawn = lines({"kind": "bars", "labels": ["cat", "mouse"], "values": [0.25, 0.75]})
    assert drawn[1].count("█") == pytest.approx(3 * drawn[0].count("█"), abs=2)
    assert "0.2500" in drawn[0]
    drawn = lines({"kind": "bars", "labels": ["a", "b"], "values": [-1.0, 1.0]})
    assert drawn[0].rindex("▒") < drawn[1].index("█")
    drawn = lines({"kind": "bars", "log": True, "labels": ["a", "b"], "values": [1e-6, 1.0]})
    assert 0 < drawn[0].count("█") < drawn[1].count("█") / 3
    drawn = lines({"kind": "bars", "labels": ["a", "b"], "values": [0.2, 0.8], "target": 0})
    assert drawn[0].endswith("◀") and not drawn[1].endswith("◀")


def test_what_does_not_fit_is_counted():
    many = {"kind": "bars", "labels": [str(i) for i in range(30)], "values": [1.0] * 30}
    assert lines(many)[-1] == "… 17 more"


def test_a_ridge_is_highest_where_its_count_is():
    ridge = {"kind": "ridges", "x_range": [0, 1], "layers": [{"name": "a", "counts": [0, 8, 0, 4]}]}
    drawn = lines(ridge, width=42)
    top = drawn[0][2:]
    assert top.index("█") == pytest.approx(10, abs=1) and "█" not in top[20:]
    assert drawn[-1].split() == ["0", "1"]


def test_a_table_keeps_numbers_right_words_left_and_rounds():
    rows = [["dense", 1040], ["out", 7]]
    drawn = lines({"kind": "table", "columns": ["layer", "weights"], "rows": rows})
    assert drawn == ["layer  weights", "dense     1040", "out          7"]
    (_, row) = lines({"kind": "table", "columns": ["a", "b"], "rows": [[0.123456, -0.0]]})
    assert row.split() == ["0.123", "0"]


def test_a_table_wraps_its_words_and_cuts_them_only_where_there_is_no_height():
    rows = [["labels", "integers, a column of them for the whole batch", 3], ["loss", "sparse", 12]]
    table = {"kind": "table", "columns": ["what", "in this run", "n"], "rows": rows}
    drawn = lines(table, width=30, height=12)
    assert max(map(len, drawn)) <= 30 and not any("…" in line for line in drawn)
    words = " ".join(line[8:26].strip() for line in drawn)
    assert "integers, a column of them for the whole batch sparse" in words
    low = lines({**table, "rows": [["labels", "one-hot", 5], *rows]}, width=30, height=5)
    assert len(low) == 4 and "…" in low[2] and low[2].endswith(" 3")


def test_a_matrix_has_its_labels_and_a_common_power_of_ten():
    matrix = {
        "kind": "matrix", "row_labels": ["is a", "is b"], "column_labels": ["a", "b"],
        "values": [[0.009, 0.001], [0.002, 0.0085]],
    }  # fmt: skip
    assert [row.split() for row in lines(matrix)] == [
        ["a", "b"], ["is", "a", "9.00", "1.00"], ["is", "b", "2.00", "8.50"], ["all", "×", "10⁻³"],
    ]  # fmt: skip


def test_tiles_stand_apart_and_carry_their_captions():
    tiles = [
        {"values": [[1, 1], [1, 1]], "label": f"t{i}", "mark": "dead" * (i == 1)} for i in range(3)
    ]
    drawn = lines({"kind": "tiles", "tiles": tiles})
    assert any(line.split() == ["t0", "t1", "t2"] for line in drawn)
    assert any(line.split() == ["dead"] for line in drawn)
    assert all(len(block.strip()) <= 20 for block in drawn[0].split("  ") if block)
    red = draw(
        {"kind": "tiles", "scale": "color", "tiles": [{"values": [[[1, 0, 0]]]}]}, 20, 6, COLOR
    )
    backs = {tuple(s.style.bgcolor.get_truecolor()) for s in red.spans if s.style.bgcolor}
    assert backs == {(255, 0, 0)}


def test_tokens_are_marked_and_wrapped():
    row = {"name": "answer", "tokens": ["one", "two", "three"], "marks": ["✓", "✗", ""]}
    drawn = lines({"kind": "tokens", "rows": [row]}, width=20)
    assert drawn[0].split() == ["answer", "one✓", "two✗"] and drawn[1].split() == ["three"]


def test_a_sequence_runs_from_left_to_right_and_names_what_is_left_out():
    steps = {
        "kind": "unrolled", "columns": [f"x{i}" for i in range(40)], "x_label": "t",
        "rows": [{"name": "gate", "values": [i / 40 for i in range(40)], "high": 1}],
    }  # fmt: skip
    drawn = lines(steps, width=40)
    assert drawn[0].split()[:2] == ["x0", "x1"] and "more steps" in drawn[-1] and "t →" in drawn[-1]
    shades = drawn[1].removeprefix("gate ")
    assert shades.startswith(" ") and shades.endswith(("░", "▒"))


def test_a_network_crosses_out_the_units_that_rest():
    drawn = "\n".join(lines(KINDS["network"].example, COLOR))
    assert drawn.count("✕") == 2 and "x₁" in drawn and "hidden" in drawn


def test_a_grid_hatches_danger_and_walls_and_marks_the_path():
    drawn = "\n".join(lines(KINDS["grid"].example))
    assert "★" in drawn and "╱" in drawn and drawn.count("•") == 3 and "0.5" in drawn


@pytest.mark.parametrize(("angle", "push"), [(0.3, 1), (-0.3, -1)])
def test_the_pole_leans_and_the_push_points(angle, push):
    drawn = lines({**KINDS["cartpole"].example, "angle": angle, "push": push, "position": 0})
    cart = next(line for line in drawn if "█████▌" in line)
    top = next(line for line in drawn if line.strip())
    foot = cart.index("█") + 2
    tip = len(top) - len(top.lstrip())
    assert (tip > foot) == (angle > 0)
    assert ("▶" in cart) == (push > 0) and ("◀" in cart) == (push < 0)


def test_panels_stand_side_by_side_where_there_is_room():
    wide, narrow = (lines(KINDS["panels"].example, width=w) for w in (60, 20))
    assert wide[0].split() == ["unit", "1", "unit", "2"] and narrow[0].split() == ["unit", "1"]


def test_small_panels_need_no_axes_and_stand_closer():
    curve = {"kind": "plane", "axes": False, "lines": [{"name": "f", "x": [0, 1], "y": [0, 1]}]}
    bare = lines(curve, width=10, height=3)
    assert bare[0][-1] > "⠀" and bare[-1][0] > "⠀" and "f" not in "".join(bare)
    assert lines({**curve, "axes": True}, width=10, height=3) == ["Too small to draw"]
    many = {"kind": "panels", "panels": [{**curve, "title": "unit"}] * 6}
    assert lines(many, width=60)[0].count("unit") == 3
    assert lines({**many, "least": 8}, width=60)[0].count("unit") == 6
    tall = {
        "kind": "panels",
        "panels": [{**curve, "axes": True, "title": "unit"}] * 4,
        "columns": 1,
    }
    low = "\n".join(lines(tall, height=16))
    assert low.count("unit") == 3 and "Too small" not in low


def test_quiet_lines_have_no_name_and_regions_of_classes_no_scale():
    sides = {"values": [[0, 1], [2, 2]], "scale": "categorical"}
    border = [{"name": "unit 1", "x": [0, 1], "y": [0, 1], "quiet": True}]
    groups = [{"name": "setosa", "x": [0.5], "y": [0.5]}]
    drawn = lines({"kind": "plane", "regions": sides, "lines": border, "groups": groups}, width=30)
    assert drawn[-1].strip() == "● setosa" and "unit 1" not in "".join(drawn)
    assert "░" in drawn[-4] and "▒" in drawn[0] and "░" not in drawn[0]
