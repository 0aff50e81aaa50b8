"""Tests that ticks, steps and epochs fit together for any run."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_dl.engine.batches import Cut, Windows
from tui_dl.engine.timeline import Timeline
from tui_dl.lesson import Dataset

timelines = st.builds(Timeline, st.integers(1, 20), st.integers(0, 5), st.integers(1, 6))


@given(timelines, st.data())
def test_steps_counted_tick_by_tick(timeline, data):
    tick = data.draw(st.integers(0, timeline.ticks))
    walked = sum(timeline.place(t)[1] < timeline.steps_per_epoch for t in range(tick))
    assert timeline.steps_before(tick) == walked
    assert timeline.steps_before(timeline.ticks) == timeline.steps


@given(timelines, st.data())
def test_tick_after_lies_behind_the_step_and_its_validation(timeline, data):
    steps = data.draw(st.integers(0, timeline.steps))
    tick = timeline.tick_after(steps)
    assert timeline.steps_before(tick) == steps
    if tick < timeline.ticks:
        assert timeline.place(tick)[1] < timeline.steps_per_epoch


@given(st.integers(1, 200), st.integers(1, 64))
def test_cut_holds_every_sample_once(samples, size):
    cut = Cut(samples, min(size, samples))
    rows = cut.indices(np.arange(samples))
    assert rows.shape == (cut.count, cut.size)
    kept = [*rows[:-1].ravel(), *rows[-1][: cut.last]]
    assert kept == list(range(samples))


def test_windows_give_each_epoch_its_own_seeded_order():
    x = np.arange(10, dtype="float32")[:, None]
    data = Dataset("count", x, x)
    windows = Windows(data, Cut(10, 3), epochs=3, seed=4, shuffle=True)
    first, second = windows.order(0), windows.order(1)
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(first) != list(second)
    assert list(first) == list(Windows(data, Cut(10, 3), 3, 4, True).order(0))
    (batch, _), begin = windows.at(4)  # the first step of epoch 1
    np.testing.assert_array_equal(batch[4 - begin].numpy()[:, 0], second[:3])
