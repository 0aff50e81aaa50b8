"""The cursor of a chart: where it stands, what it says, what a window shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_dl.drawing.axes import GUTTER, column_of, position_of
from tui_dl.drawing.cursor import clipped, value_at, with_marks, zoomed
from tui_dl.drawing.curves import draw_series, x_limits
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series

PLAIN = Palette(color=False)
CURVE = Series("train", [0.0, 1.0, 2.0, 4.0], [4.0, 3.0, 2.0, 1.0])


def test_a_position_is_drawn_in_the_column_of_its_cursor():
    points = [Series("peak", [0.0, 3.0, 10.0], [0.0, 1.0, 0.0], marker="#", style="points")]
    text = draw_series(points, 60, 12, PLAIN)
    limits = x_limits(points)
    top = next(line for line in text.plain.split("\n") if "#" in line)
    assert top.index("#") == column_of(3.0, limits, 60)


@given(st.floats(0, 10), st.integers(20, 200))
def test_a_column_and_its_position_agree(x, width):
    limits = (0.0, 10.0)
    column = column_of(x, limits, width)
    assert GUTTER <= column < width
    assert abs(position_of(column, limits, width) - x) <= 10 / (width - GUTTER - 1)


def test_a_value_is_the_last_one_up_to_the_cursor():
    assert [value_at(CURVE, x) for x in (-1, 0, 1.5, 9)] == [None, 4.0, 3.0, 1.0]


def test_the_line_stands_behind_the_curve_and_marks_on_the_axis():
    text = draw_series([CURVE], 40, 10, PLAIN)
    column = column_of(2.0, x_limits([CURVE]), 40)
    drawn = with_marks(text, column, {column: "▲"}, PLAIN).plain.split("\n")
    before = text.plain.split("\n")
    axis = next(i for i, line in enumerate(before) if "└" in line)
    for old, new in zip(before[:axis], drawn[:axis], strict=True):
        kept = old.ljust(column + 1)[column]
        assert new[column] == (kept if kept != " " else "│")
        assert new[:column] == old.ljust(column)[:column]
    assert drawn[axis][column] == "▲"


def test_a_window_is_half_as_wide_about_the_cursor_and_stays_inside():
    assert zoomed((0, 8), (0, 8), 4, 0.5) == (2, 6)
    assert zoomed((0, 8), (0, 8), 8, 0.5) == (4, 8)
    assert zoomed((2, 6), (0, 8), 4, 2.0) is None
    low, high = zoomed((6, 8), (0, 8), 8, 2.0)
    assert (low, high) == (4, 8)


def test_a_window_shows_only_its_own_points():
    (part,) = clipped([CURVE], (1.0, 2.5))
    assert (list(part.xs), list(part.ys)) == ([1.0, 2.0], [3.0, 2.0])
    assert clipped([CURVE], None) == [CURVE]
    text = draw_series([part], 40, 10, PLAIN, x_range=(1.0, 2.5))
    assert text is not None and "2" in text.plain.split("\n")[-1]


@pytest.mark.parametrize("log", [False, True])
def test_there_are_no_limits_without_a_point(log):
    assert x_limits([Series("a", [], [])], log=log) is None
    assert x_limits([Series("a", [0.0, 1.0], [-1.0, 5.0])], log=log) is not None
