"""Curves as text, and the chart that shows them."""

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult

from tui_dl.drawing.axes import GUTTER
from tui_dl.drawing.curves import draw_series, legend
from tui_dl.drawing.palette import Palette
from tui_dl.drawing.series import Series
from tui_dl.drawing.ticks import alike, enclosing, log_enclosing, log_ticks, ticks
from tui_dl.tui.theme import palette_of
from tui_dl.tui.widgets.chart import Chart

PALETTE = Palette()


def rows(text: Text | None) -> list[str]:
    assert text is not None
    return text.plain.split("\n")


def column(lines: list[str], character: str) -> list[int]:
    return [i for i, line in enumerate(lines) if character in line]


def colors(text: Text) -> set[Color | None]:
    return {Style.parse(str(span.style)).color for span in text.spans}


def same(color: str) -> Color:
    """Return the color as the drawing names it: ``color(4)`` rather than ``blue``."""
    parsed = Color.parse(color)
    return parsed if parsed.triplet else Color.parse(f"color({parsed.number})")


def number(label: str) -> float:
    return float(label.replace(",", ""))


def falling(n: int = 100, **other: str) -> Series:
    return Series("train", np.arange(n), np.linspace(1, 0.1, n), **other)


anything = st.lists(
    st.tuples(st.floats(-1e9, 1e9) | st.sampled_from([math.nan]), st.floats()), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(
    anything,
    st.integers(12, 90),
    st.integers(4, 30),
    st.booleans(),
    st.sampled_from(["train", "validation", "overlay", "points", "path"]),
)
def test_any_numbers_give_a_drawing_of_the_size_asked_for(
    pairs: list[tuple[float, float]], width: int, height: int, log: bool, style: str
) -> None:
    series = Series("s", [x for x, _ in pairs], [y for _, y in pairs], style=style)
    text = draw_series([series], width, height, PALETTE, log=log)
    drawable = any(abs(x) < 1e10 and abs(y) <= 1e300 and (y > 0 or not log) for x, y in pairs)
    assert (text is not None) == drawable
    if text is not None:
        assert [len(row) for row in rows(text)] == [width] * height


def test_the_curve_goes_from_the_upper_left_to_the_lower_right() -> None:
    line = Series("train", np.arange(100), np.linspace(1, 0, 100))
    drawn = [row[GUTTER:] for row in rows(draw_series([line], 60, 14, PALETTE))][:-2]
    assert drawn[0].lstrip("⠀ ")[:1] == drawn[0][:1] != " "
    assert drawn[-1].rstrip()[-1:] == drawn[-1][-1:] != " "


def test_a_lone_spike_is_seen_among_many_points() -> None:
    ys = np.zeros(5000)
    ys[2500] = 1
    drawn = rows(draw_series([Series("s", np.arange(5000), ys)], 60, 14, PALETTE))
    spike = drawn[0][GUTTER:]
    assert 20 <= len(spike) - len(spike.lstrip()) <= 30


def test_the_axis_stays_in_place_whatever_the_values() -> None:
    places = set()
    for scale in (1e-9, 1.0, 1e7, -1e4):
        series = Series("s", [0, 1, 2], [0, scale, 2 * scale])
        places |= {
            row.index("│") for row in rows(draw_series([series], 60, 14, PALETTE)) if "│" in row
        }
    assert places == {GUTTER - 1}


def test_a_log_axis_is_labeled_with_values_and_drops_what_is_not_positive() -> None:
    series = Series("s", [0, 1, 2, 3, 4], [-5.0, 0.0, 0.01, 1.0, 100.0])
    drawn = rows(draw_series([series], 60, 14, PALETTE, log=True))
    labels = [row[: GUTTER - 1].strip() for row in drawn if "┤" in row]
    assert {"100", "1", "0.01"} <= set(labels)
    assert drawn[-1].split()[0] == "2"


def test_the_labels_of_an_axis_have_the_same_decimals_and_x_begins_at_zero() -> None:
    drawn = rows(draw_series([Series("s", [3, 9], [0.0, 10.0])], 60, 14, PALETTE, from_zero=True))
    labels = [row[: GUTTER - 1].strip() for row in drawn if "┤" in row]
    assert {"0", "10"} <= set(labels) and not any("." in label for label in labels)
    assert drawn[-1].split()[0] == "0"


def test_a_constant_has_one_label() -> None:
    drawn = rows(draw_series([Series("s", [0, 1, 2], [0.25, 0.25, 0.25])], 60, 14, PALETTE))
    assert [row[: GUTTER - 1].strip() for row in drawn if "┤" in row] == ["0.25"]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("value", [1.0, 10.0, 1e-9, 0.25])
@pytest.mark.parametrize("step", [0, 1e-9, 1e-7, 1e-4])
def test_nearly_constant_values_are_drawn(value: float, step: float, log: bool) -> None:
    ys = [value, value * (1 + step), value * (1 + 2 * step)]
    drawn = rows(draw_series([Series("s", [0, 1, 2], ys)], 60, 14, PALETTE, log=log))
    labels = [number(row[: GUTTER - 1]) for row in drawn if "┤" in row]
    assert labels and min(labels) <= value * 1.001 and max(labels) >= value * 0.999


def test_crosses_mark_values_that_are_not_finite_even_after_the_last_finite_one() -> None:
    ys = [1.0, 2.0, 3.0, math.nan, math.inf]
    drawn = rows(draw_series([Series("s", range(5), ys)], 60, 14, PALETTE))
    assert drawn[0].count("×") == 2
    assert drawn[0].rstrip().endswith("×")


def test_series_differ_without_color() -> None:
    both = [falling(style="validation"), falling(style="overlay")]
    first, second = (rows(draw_series([s], 60, 14, PALETTE)) for s in both)
    assert column(first, "o") and not column(second, "o")
    assert column(second, "·") and not column(first, "·")


def test_series_have_their_own_colors() -> None:
    rising = Series("validation", range(100), np.linspace(0, 2, 100), style="validation")
    text = draw_series([falling(), rising], 60, 14, PALETTE)
    assert text is not None
    assert {same("blue"), same("yellow")} <= colors(text)


def test_a_path_may_turn_back() -> None:
    wall = Series("wall", [1.0, 1.0], [0.0, 1.0], style="path")
    frame = Series("frame", [0.0, 2.0], [0.0, 1.0], style="points")
    drawn = [row[GUTTER:] for row in rows(draw_series([wall, frame], 61, 14, PALETTE))][:-2]
    assert all(set(row[24:28]) - {" "} for row in drawn)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_ticks_are_few_and_within_the_limits(low: float, span: float, count: int) -> None:
    places = ticks(low, low + span, count)
    assert 2 <= len(places) <= 3 * count + 2
    assert all(low - 1e-6 * span <= p <= low + span + 1e-6 * span for p in places)


@pytest.mark.parametrize(
    ("low", "high", "values"),
    [(-2, 1, [0.01, 0.1, 1, 10]), (-0.5, 0.5, [0.5, 1, 2]), (-6, 6, [1e-6, 1e-2, 1e2, 1e6])],
)
def test_log_ticks_are_round_numbers(low: float, high: float, values: list[float]) -> None:
    np.testing.assert_allclose(10.0 ** np.array(log_ticks(low, high, 4)), values)


@pytest.mark.parametrize(("low", "high"), [(-990, -37), (0.15, 0.85), (0, 1), (-2.3, 7.9)])
@pytest.mark.parametrize("height", [6, 7, 8, 11, 15])
def test_no_number_is_missing_on_the_y_axis(low: float, high: float, height: int) -> None:
    """No label is missing: two labels for one row would lose one, and steps would look uneven."""
    lines = rows(draw_series([Series("train", [0, 1], [low, high])], 60, height, PALETTE))
    labels = [number(line[: GUTTER - 1]) for line in lines[:-2] if line[: GUTTER - 1].strip()]
    assert labels[0] >= high and labels[-1] <= low
    np.testing.assert_allclose(np.diff(labels), labels[1] - labels[0], rtol=1e-9)


limits = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda p: (p[0], p[0] + p[1]))


@given(limits, st.integers(2, 30))
def test_an_axis_ends_at_even_round_numbers_close_around_its_limits(
    limits: tuple[float, float], rows: int
) -> None:
    low, high = limits
    places = enclosing(low, high, rows)
    span = high - low
    assert 2 <= len(places) <= 1 + max(1, rows // 2)
    assert low - 1.5 * span <= places[0] <= low + 1e-6 * span
    assert high - 1e-6 * span <= places[-1] <= high + 1.5 * span
    assert places[-1] - places[0] <= 2.5 * span
    np.testing.assert_allclose(np.diff(places), places[1] - places[0], rtol=1e-6)


@given(st.floats(-40, 10), st.floats(0.01, 40), st.integers(4, 30))
def test_a_log_axis_has_three_labels_and_ends_around_its_limits(
    low: float, span: float, rows: int
) -> None:
    places = log_enclosing(low, low + span, rows)
    assert len(places) >= 3 and places == sorted(places)
    assert low - 0.05 <= places[0] <= low + 1e-6
    assert low + span - 1e-6 <= places[-1] <= low + span + 0.05


@given(st.integers(-200, 200), st.sampled_from([0.01, 0.15, 0.25, 0.5, 2, 2.5, 3000]))
def test_no_label_is_rounded(first: int, step: float) -> None:
    places = [(first + k) * step for k in range(4)]
    written = [number(label) for label in alike(places)]
    np.testing.assert_allclose(written, places, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("width", [24, 40, 61, 100])
@pytest.mark.parametrize("last", [3, 7, 33, 4.987, 33_000])
def test_the_x_axis_shows_both_ends_and_no_labels_touch(width: int, last: float) -> None:
    series = Series("s", np.linspace(0, last, 50), np.linspace(0, 1, 50))
    axis, below = rows(draw_series([series], width, 10, PALETTE))[-2:]
    labels = [number(label) for label in below.split()]
    assert labels[0] == 0 and labels[-1] == pytest.approx(last, rel=1e-2)
    assert labels == sorted(labels) and axis.count("┬") == len(labels)


def test_legend_keeps_its_width_and_gives_up_names_first() -> None:
    def two(value: float) -> list[Series]:
        return [Series("train", [0], [value]), Series("validation", [0], [1.0], style="validation")]

    widths = {len(legend(two(v), 60, PALETTE)) for v in (0.1, -1e-12, 123456.0, math.nan)}
    assert len(widths) == 1
    short = legend(two(0.25), 34, PALETTE).plain
    assert len(short) <= 34
    assert "0.2500" in short and "1.000" in short and "validation" not in short


def test_drawing_many_points_does_not_take_the_time_of_many_points() -> None:
    ys = np.sin(np.arange(200_000) / 1000)
    start = time.process_time()
    draw_series([Series("s", np.arange(200_000), ys)], 60, 14, PALETTE)
    assert time.process_time() - start < 0.5


class Bench(App[None]):
    CSS = "Chart { width: 64; height: 16; }"

    def compose(self) -> ComposeResult:
        yield Chart("Loss", empty="Nothing yet.")


def shown(app: App[None]) -> str:
    content = app.query_one(Chart).render()
    return content.plain


async def test_an_empty_chart_says_what_to_do() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        assert shown(pilot.app) == "Nothing yet."


async def test_title_and_legend_are_in_the_border() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.set_series([Series("[train]", [0, 1], [2.0, 0.12345])])
        chart.log_scale, chart.smoothing = True, 0.5
        await pilot.pause()
        assert str(chart.border_title) == "Loss · log · smooth 0.5"
        assert "train" in str(chart.border_subtitle) and "0.1235" in str(chart.border_subtitle)


async def test_smoothing_and_log_scale_change_the_drawing() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.set_series([Series("s", range(50), [1 + 0.9 * (-1) ** i for i in range(50)])])
        raw = shown(pilot.app)
        chart.smoothing = 0.9
        smooth = shown(pilot.app)
        chart.log_scale = True
        assert len({raw, smooth, shown(pilot.app)}) == 3


async def test_the_cursor_is_a_line_also_at_the_start_of_the_axis() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.set_series([Series("s", range(50), [float(i) for i in range(50)])])
        without = shown(pilot.app)
        for at in (0.0, 25.0):
            chart.cursor = at
            assert shown(pilot.app).count("│") > without.count("│"), at


async def test_log_scale_without_positive_values_gives_a_hint() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.set_series([Series("s", [0, 1], [-1.0, 0.0])])
        chart.log_scale = True
        assert "log scale off" in shown(pilot.app)


async def test_values_that_are_all_nan_give_a_hint() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        pilot.app.query_one(Chart).set_series([Series("s", [0, 1], [math.nan, math.inf])])
        assert "No value is finite" in shown(pilot.app)


async def test_nothing_is_drawn_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    def counted(*args: object, **options: object) -> Text:
        drawn.append(1)
        return Text("x")

    monkeypatch.setattr("tui_dl.drawing.curves.draw_series", counted)
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.set_series([falling()])
        chart.render(), chart.render()
        chart.refresh(layout=True)
        await pilot.pause()
        assert len(drawn) == 1
        chart.set_series([falling()])
        await pilot.pause()
        assert len(drawn) == 2
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert len(drawn) == 3
        chart.styles.width = 50
        await pilot.pause()
        assert len(drawn) == 4


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (11, 10), (40, 3), (12, 4), (14, 6)])
async def test_tiny_sizes_do_not_crash(size: tuple[int, int]) -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.styles.min_height = 0
        chart.styles.width, chart.styles.height = size[0] + 2, size[1] + 2
        chart.set_series([falling(), falling(style="validation")])
        await pilot.pause()
        assert chart.size == size
        assert len(shown(pilot.app).split("\n")[0]) <= size[0]


async def test_a_small_chart_shows_the_last_value() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.styles.height = 4
        chart.set_series([falling()])
        await pilot.pause()
        assert "0.1000" in shown(pilot.app)


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "ansi-dark"])
async def test_colors_come_from_the_theme(theme: str) -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        pilot.app.theme = theme
        await pilot.pause()
        palette = palette_of(pilot.app)
        assert palette.dark == (theme != "textual-light")
        pilot.app.query_one(Chart).set_series([falling()])
        await pilot.pause()
        assert same(palette.series[0]) in colors(pilot.app.query_one(Chart).render())


async def test_no_color_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with Bench().run_test(size=(80, 24)) as pilot:
        assert not palette_of(pilot.app).color
        pilot.app.query_one(Chart).set_series([falling()])
        await pilot.pause()
        assert "⠑" in shown(pilot.app) or "⠉" in shown(pilot.app)


def test_training_covers_the_others_but_for_their_marks() -> None:
    """With three equal curves, training covers the others except for validation's rings."""
    three = [falling(style=kind) for kind in ("train", "validation", "overlay")]
    first, second, third = (same(PALETTE.of_series(i)) for i in range(3))
    drawn = draw_series(three, 60, 14, PALETTE, first_on_top=True)
    assert drawn and {first, second} <= colors(drawn) and third not in colors(drawn)
    rings = [drawn.plain[span.start : span.end] for span in drawn.spans
             if Style.parse(str(span.style)).color == second]  # fmt: skip
    assert "".join(rings).strip("o") == "" and len(rings) > 4
