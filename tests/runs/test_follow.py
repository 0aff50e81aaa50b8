"""A run is followed while it is written: each event once, and all again after a cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_dl.events import Note, Progress, to_json
from tui_dl.runs import follow
from tui_dl.runs.follow import Follower

STEPS = [Progress(step=n, epoch=1, metrics={"loss": 1 / n}, seconds=n) for n in range(1, 30)]
DATA = b"".join(to_json(event).encode() + b"\n" for event in STEPS)


@given(st.lists(st.integers(0, len(DATA)), max_size=8))
def test_every_event_comes_once_wherever_a_write_ends(tmp_path_factory, cuts):
    run = tmp_path_factory.mktemp("run")
    file, follower, seen, written = run / "events.jsonl", Follower(run), [], 0
    file.touch()
    for end in [*sorted(cuts), len(DATA)]:
        with file.open("ab") as opened:
            opened.write(DATA[written:end])
        written = max(written, end)
        seen += follower.new()
    assert seen == STEPS
    assert follower.new() == []


def test_a_shortened_record_comes_again(tmp_path):
    file, follower = tmp_path / "events.jsonl", Follower(tmp_path)
    file.write_bytes(DATA)
    assert follower.new() == STEPS
    note = Note(step=3, text="another one")
    kept = DATA[: DATA.index(b"\n") + 1]
    file.write_bytes(kept + to_json(note).encode() + b"\n" + DATA)
    assert follower.new() == [STEPS[0], note, *STEPS]
    file.write_bytes(kept)
    assert follower.new() == [STEPS[0]]


def test_a_long_record_comes_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(follow, "BLOCK", 100)
    (tmp_path / "events.jsonl").write_bytes(DATA)
    follower, parts = Follower(tmp_path), []
    while new := follower.new():
        parts.append(new)
    assert len(parts) > 10
    assert [event for part in parts for event in part] == STEPS


@pytest.mark.parametrize("garbage", [b"\xff\x00\n", b"{}\n", b"[" * 5000 + b"\n", b"\n\n"])
def test_lines_that_hold_no_event_are_skipped(tmp_path, garbage):
    (tmp_path / "events.jsonl").write_bytes(garbage + DATA + garbage)
    assert Follower(tmp_path).new() == STEPS


def test_a_record_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(OSError, match="events"):
        Follower(tmp_path).new()
