"""The steps between a run's numbers and a chart: drop, decimate, smooth, print."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_dl.drawing.points import decimate, finite, smooth
from tui_dl.drawing.series import number

values = st.floats(-1e6, 1e6)
points = st.lists(st.tuples(values, values), min_size=1, max_size=400)


def split(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in pairs], [y for _, y in pairs]


def test_finite_says_where_values_were_dropped() -> None:
    xs, ys, where = finite([0, 1, 2, 3, math.nan], [1.0, math.nan, math.inf, 4.0, 5.0])
    assert xs.tolist() == [0, 3]
    assert ys.tolist() == [1, 4]
    assert where.tolist() == [1, 2]


def test_finite_counts_values_whose_span_would_overflow_as_infinite() -> None:
    assert finite([0, 1], [1.7e308, -1.7e308])[1].tolist() == []


def test_finite_refuses_unequal_lengths() -> None:
    with pytest.raises(ValueError, match="2 positions for 1 values"):
        finite([0, 1], [0])


@given(points, st.integers(1, 50))
def test_decimated_points_are_few_sorted_and_keep_the_extremes(
    pairs: list[tuple[float, float]], columns: int
) -> None:
    xs, ys = split(pairs)
    x, y = decimate(xs, ys, columns)
    assert len(x) == len(y) <= 2 * columns + 2
    assert np.all(np.diff(x) >= 0)
    assert (x[0], x[-1]) == (min(xs), max(xs))
    assert (y.min(), y.max()) == (min(ys), max(ys))
    assert set(zip(x.tolist(), y.tolist(), strict=True)) <= set(pairs)


@given(st.lists(values, min_size=2, max_size=400), st.integers(1, 50))
def test_every_column_keeps_its_own_extremes(ys: list[float], columns: int) -> None:
    n = len(ys)
    x, y = decimate(range(n), ys, columns)
    kept = dict(zip(x.astype(int).tolist(), y.tolist(), strict=True))
    of_column: dict[int, list[int]] = {}
    for i in range(n):
        of_column.setdefault(min(int(i / (n - 1) * columns), columns - 1), []).append(i)
    for members in of_column.values():
        shown = [kept[i] for i in members if i in kept]
        assert min(shown) == min(ys[i] for i in members)
        assert max(shown) == max(ys[i] for i in members)


def test_decimate_keeps_a_lone_spike() -> None:
    ys = np.zeros(10_000)
    ys[4321] = 7
    assert decimate(np.arange(10_000), ys, 40)[1].max() == 7


@given(st.lists(values, min_size=1, max_size=200), st.floats(0, 0.99))
def test_smoothed_values_stay_within_the_range(ys: list[float], alpha: float) -> None:
    smoothed = smooth(ys, alpha)
    assert len(smoothed) == len(ys)
    assert smoothed[0] == pytest.approx(ys[0], rel=1e-6, abs=1e-6)
    assert min(ys) - 1e-3 <= smoothed.min() and smoothed.max() <= max(ys) + 1e-3


@given(values, st.integers(1, 100), st.floats(0, 0.99))
def test_a_constant_smoothed_is_that_constant(value: float, n: int, alpha: float) -> None:
    np.testing.assert_allclose(smooth([value] * n, alpha), value, rtol=1e-9, atol=1e-12)


def test_smooth_is_the_weighted_mean_of_the_past() -> None:
    ys, alpha = [4.0, 2.0, 6.0], 0.5
    weights = np.array([0.25, 0.5, 1.0])
    assert smooth(ys, alpha)[-1] == pytest.approx((weights * ys).sum() / weights.sum())


def test_no_smoothing_changes_nothing() -> None:
    assert smooth([3.0, 1.0], 0).tolist() == [3.0, 1.0]


@pytest.mark.parametrize("alpha", [-0.1, 1.0, math.nan])
def test_smooth_refuses_weights_outside_its_range(alpha: float) -> None:
    with pytest.raises(ValueError, match="smoothing"):
        smooth([1.0], alpha)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.2500"),
        (1, "1.000"),
        (0, "0.000"),
        (-0.00012345, "-1.234e-4"),
        (12345.678, "12350"),
        (2.5e8, "2.500e8"),
        (2.5e12, "2.500e12"),
        (math.nan, "nan"),
        (math.inf, "inf"),
    ],
)
def test_numbers_show_four_digits(value: float, text: str) -> None:
    assert number(value).strip() == text


@given(st.floats(-1e300, 1e300))
def test_numbers_have_one_width_and_stay_close(value: float) -> None:
    text = number(value)
    assert len(text) == 9
    assert float(text) == pytest.approx(value, rel=0.06)
