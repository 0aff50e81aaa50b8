"""Events: a line of JSON reads back as the same event, any other line is refused."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_dl.events import (
    Data,
    Epoch,
    Finished,
    Layer,
    Note,
    Progress,
    Snapshot,
    Started,
    State,
    from_json,
    to_json,
)

NUMBERS = st.floats()
COUNTS = st.integers(0, 2**53)
TEXTS = st.text(max_size=20)
METRICS = st.dictionaries(TEXTS, NUMBERS, max_size=4)
SETTINGS = st.dictionaries(
    TEXTS, st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | TEXTS, max_size=4
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats(-1e9, 1e9) | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
STATUS = st.sampled_from(["completed", "stopped", "diverged", "failed"])
EVENTS = st.one_of(
    st.builds(State, state=TEXTS, detail=TEXTS, step=COUNTS),
    st.builds(
        Started, lesson=TEXTS, hyperparameters=SETTINGS, experiment=st.none() | TEXTS, seed=COUNTS,
        device=TEXTS, compile=TEXTS, epochs=COUNTS, steps=COUNTS, steps_per_epoch=COUNTS,
        data=st.builds(Data, name=TEXTS, train=COUNTS, validation=COUNTS, note=TEXTS),
        layers=st.lists(
            st.builds(Layer, name=TEXTS, type=TEXTS, output=TEXTS, parameters=COUNTS), max_size=2
        ),
        time=st.floats(0, 1e12),
    ),
    st.builds(Progress, step=COUNTS, epoch=COUNTS, metrics=METRICS, seconds=NUMBERS),
    st.builds(Epoch, step=COUNTS, epoch=COUNTS, metrics=METRICS, seconds=NUMBERS),
    st.builds(
        Snapshot, view=TEXTS, step=COUNTS, payload=st.dictionaries(TEXTS, PLAIN, max_size=4)
    ),
    st.builds(Note, step=COUNTS, text=TEXTS),
    st.builds(
        Finished, status=STATUS, metrics=METRICS, steps=COUNTS, epochs=COUNTS, seconds=NUMBERS,
        message=TEXTS,
    ),
)  # fmt: skip


def same(one, other):
    """Compare for equality, with NaN equal to NaN."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and one == other


@settings(deadline=None)
@given(EVENTS)
def test_an_event_reads_back_as_it_was(event):
    line = to_json(event)
    back = from_json(line)
    assert type(back) is type(event)
    assert same(event.model_dump(), back.model_dump())
    assert same(event.model_dump(), from_json(line.encode()).model_dump())


@settings(deadline=None)
@given(EVENTS)
def test_an_event_is_one_line_of_standard_json(event):
    line = to_json(event)
    assert "\n" not in line and "\r" not in line

    def constant(name):
        raise AssertionError(f"{name} is no JSON")

    assert json.loads(line, parse_constant=constant)["kind"] == event.kind


def test_pictures_of_a_diverged_network_read_back():
    payload = {"values": [math.nan, math.inf, -math.inf, 1.0], "title": "weights"}
    event = Snapshot(view="weights", step=1, payload=payload)
    assert same(from_json(to_json(event)).payload, payload)


@settings(deadline=None)
@given(st.binary() | st.text())
def test_noise_is_refused(line):
    with pytest.raises(ValueError):
        from_json(line)


@settings(deadline=None)
@given(PLAIN)
def test_other_json_is_refused(value):
    with pytest.raises(ValueError):
        from_json(json.dumps(value))


@settings(deadline=None)
@given(EVENTS, st.data())
def test_a_line_that_was_cut_short_is_refused(event, data):
    line = to_json(event)
    with pytest.raises(ValueError):
        from_json(line[: data.draw(st.integers(0, len(line) - 1))])


@pytest.mark.parametrize(
    "line",
    [
        "", "{}", "null", "[]", '"note"', '{"kind":"unheard of"}', '{"kind":"note"}',
        '{"kind":"note","step":1.5,"text":""}', '{"kind":"note","step":1,"text":2}',
        '{"kind":"progress","step":1,"epoch":1,"metrics":{"loss":"low"}}',
        '{"kind":"finished","status":"lost"}', '{"step":1,"text":""}', "[" * 10_000,
    ],
)  # fmt: skip
def test_foreign_lines_are_refused(line):
    with pytest.raises(ValueError):
        from_json(line)


def test_fields_of_a_later_version_are_passed_over():
    assert from_json('{"kind":"note","step":3,"text":"x","color":"red"}') == Note(step=3, text="x")


def test_events_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        Note(step=1, text="x").step = 2
