"""The canvas, dot by dot against a plain reference; scales, contours and the window of a plot."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_dl.drawing.canvas import BRAILLE, Canvas
from tui_dl.drawing.contours import contour_segments
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.plot import Plot
from tui_dl.drawing.scales import LEVELS, LOST, Scale, category, ink_on

INK, OTHER = (10, 20, 30), (200, 100, 0)
DARK, LIGHT = Palette(dark=True), Palette(dark=False)
COLUMNS, ROWS = 6, 3


def dots_of(text):
    """The dots that a drawing sets, as (x, y) from the top left."""
    bits = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # Unicode's order
    return {
        (2 * column + dx, 4 * row + dy)
        for row, line in enumerate(text.plain.split("\n"))
        for column, character in enumerate(line)
        if BRAILLE < ord(character) < BRAILLE + 256
        for bit, (dx, dy) in enumerate(bits)
        if (ord(character) - BRAILLE) >> bit & 1
    }


places = st.tuples(st.integers(-3, 2 * COLUMNS + 3), st.integers(-5, 4 * ROWS + 5))


@given(st.sets(places))
def test_every_dot_lies_where_it_was_set_and_none_outside(points):
    sheet = Canvas(COLUMNS, ROWS)
    for x, y in points:
        sheet.dot(x, y, INK)
    inside = {(x, y) for x, y in points if 0 <= x < 2 * COLUMNS and 0 <= y < 4 * ROWS}
    assert dots_of(sheet.draw()) == inside


@given(places, places)
def test_a_line_is_its_points_rounded_and_clipped(start, end):
    sheet, wide = Canvas(COLUMNS, ROWS), Canvas(60, 60)
    sheet.line(start, end, INK)
    shifted = [(x + 40, y + 80) for x, y in (start, end)]
    wide.line(*shifted, INK)
    whole = {(x - 40, y - 80) for x, y in dots_of(wide.draw())}
    near = {(x + dx, y + dy) for x, y in whole for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    drawn = dots_of(sheet.draw())
    assert drawn <= near
    inside = {(x, y) for x, y in whole if 0 < x < 2 * COLUMNS - 1 and 0 < y < 4 * ROWS - 1}
    assert bool(drawn) >= bool(inside)


@given(
    st.lists(
        st.lists(st.sampled_from([None, INK, OTHER]), min_size=4, max_size=4),
        min_size=4,
        max_size=4,
    )
)
def test_half_cells_have_the_colors_that_were_filled(halves):
    sheet = Canvas(4, 2)
    for y, row in enumerate(halves):
        for x, color in enumerate(row):
            if color:
                sheet.half(x, y, color)
    assert halves_of(sheet.draw(), 4, 2) == halves


def halves_of(text, columns, rows):
    """The colors of all half cells, as a terminal shows them."""
    styles = {}
    for span in text.spans:
        for place in range(span.start, span.end):
            styles[place] = span.style
    found = [[None] * columns for _ in range(2 * rows)]
    for row in range(rows):
        for column in range(columns):
            place = row * (columns + 1) + column
            style, character = styles.get(place), text.plain[place]
            front, back = (
                tuple(each.get_truecolor()) if each else None
                for each in (style and style.color, style and style.bgcolor)
            )
            upper = front if character == "▀" else back
            lower = front if character == "▄" else back
            found[2 * row][column], found[2 * row + 1][column] = upper, lower
    return found


def test_words_lie_over_dots_and_keep_the_color_behind_them():
    sheet = Canvas(4, 1)
    sheet.fill(0, 0, OTHER)
    sheet.dot(0, 0, INK)
    sheet.text(0, 0, "ab", INK)
    text = sheet.draw()
    assert text.plain == "ab  "
    assert tuple(text.spans[0].style.bgcolor.get_truecolor()) == OTHER
    assert not sheet.free(0, 0, 1) and sheet.free(2, 0, 2) and not sheet.free(2, 0, 3)


def test_without_color_nothing_is_colored():
    sheet = Canvas(2, 1, color=False)
    sheet.fill(0, 0, OTHER)
    sheet.dot(2, 0, INK)
    assert all(not (s.style.color or s.style.bgcolor) for s in sheet.draw().spans)


# Scales.


@pytest.mark.parametrize("meaning", ["sequential", "gray", "diverging", "classes"])
@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_zero_has_the_color_of_the_background_and_the_ends_stand_out(meaning, palette):
    scale = Scale.of(
        np.array([-1.0, 1.0]) if meaning == "diverging" else np.array([0.0, 1.0]), meaning
    )
    nothing = {"diverging": 0.0, "classes": 0.5}.get(meaning, 0.0)
    ground = np.array([18] * 3 if palette.dark else [255] * 3)
    colors = [
        np.array(scale.color(int(scale.levels(np.array([v]))[0]), palette))
        for v in (nothing, scale.high)
    ]
    assert np.abs(colors[0] - ground).max() <= 12
    assert np.abs(colors[1] - ground).max() >= 60


def test_signed_values_are_symmetric_about_zero():
    scale = Scale.of(np.array([-1.0, 4.0]))
    assert (scale.meaning, scale.low, scale.high) == ("diverging", -4.0, 4.0)
    below, above = scale.levels(np.array([-4.0, 4.0])).tolist()
    assert (below, above) == (0, LEVELS - 1)
    assert scale.color(below, DARK)[2] > 200 and scale.color(above, DARK)[0] > 200


def test_quantities_begin_at_zero_and_what_is_no_number_has_no_level():
    scale = Scale.of(np.array([2.0, 4.0, np.nan]))
    assert (scale.meaning, scale.low, scale.high) == ("sequential", 0.0, 4.0)
    assert scale.levels(np.array([0.0, np.nan, np.inf, 4.0])).tolist() == [
        0,
        LOST,
        LOST,
        LEVELS - 1,
    ]


def test_without_colors_shades_grow_and_signs_differ():
    scale = Scale.of(np.array([-1.0, 1.0]))
    marks = [scale.character(int(v)) for v in scale.levels(np.array([-1, -0.5, 0, 0.5, 1.0]))]
    assert len(set(marks)) == 5 and marks[2] == " "


def test_classes_differ_and_ink_reads_on_each():
    hues = [category(i, DARK) for i in range(10)]
    assert len(set(hues)) == 10
    for back in [*hues, *(category(i, LIGHT) for i in range(10))]:
        light = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in (back, ink_on(back))]
        assert abs(light[0] - light[1]) > 80


# Plots and contours.


def test_the_corners_of_a_window_are_the_corners_of_its_cells():
    plot = Plot(40, 12, DARK, (-1, 3), (0, 5))
    left, right = plot.left, plot.left + plot.columns - 1
    assert plot.cell(-1, 5) == (left, 0) and plot.cell(3, 0) == (right, plot.rows - 1)
    plot.curve([-1, 3], [0, 5], INK)
    dots = dots_of(plot.draw())
    assert {(2 * left, 4 * plot.rows - 1), (2 * right + 1, 0)} <= dots


def test_a_curve_leaves_the_window_and_skips_what_is_no_number():
    plot = Plot(40, 12, DARK, (0, 1), (0, 1))
    plot.curve([-1, 2], [0.5, 0.5], INK)
    across = {x for x, _ in dots_of(plot.draw())}
    assert across == set(range(2 * plot.left, 2 * (plot.left + plot.columns)))
    gap = Plot(40, 12, DARK, (0, 1), (0, 1))
    gap.curve([0, 0.4, 0.5, 0.6, 1], [0.5, 0.5, float("nan"), 0.5, 0.5], INK)
    assert not any(0.42 < (x / 2 - gap.left) / gap.columns < 0.58 for x, _ in dots_of(gap.draw()))


def test_a_contour_of_a_bowl_is_a_circle():
    x = np.linspace(-2, 2, 41)
    heights = x**2 + x[:, None] ** 2
    ends = [p for segment in contour_segments(heights, 1.0, (-2, 2), (-2, 2)) for p in segment]
    assert len(ends) > 60
    assert np.abs(np.hypot(*np.array(ends).T) - 1).max() < 0.01


def test_words_find_a_free_place_or_none():
    plot = Plot(30, 6, Palette(color=False), (0, 1), (0, 1))
    for _ in range(8):
        plot.words(0.5, 0.5, "word", INK)
    rows = [line.count("word") for line in plot.draw().plain.split("\n")]
    assert sum(rows) == 3 and max(rows) == 1
