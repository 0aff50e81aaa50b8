"""Tests of listing and finding runs among any other files."""

from __future__ import annotations

import pytest

from tui_dl import paths
from tui_dl.errors import LessonError
from tui_dl.events import Progress, Snapshot, to_json
from tui_dl.runs.index import find, list_runs
from tui_dl.runs.reader import read


@pytest.fixture
def make(stream):
    """Create a run directory of a given name."""

    def write(name, told=None):
        directory = paths.runs() / name
        directory.mkdir(parents=True)
        lines = [to_json(e) for e in (stream if told is None else told) if e.kind != "state"]
        (directory / "events.jsonl").write_text("\n".join(lines) + "\n")
        return directory

    return write


def test_there_may_be_no_runs_at_all():
    assert list_runs() == []
    with pytest.raises(LessonError, match="no runs yet"):
        find("last")


def test_runs_are_listed_newest_first_and_by_lesson(make, stream, started):
    make("20260101-000000-perceptron-aaaa")
    make("20260301-000000-iris-cccc", [started("iris"), *stream[2:]])
    make("20260201-000000-perceptron-bbbb")
    assert [run.name[:8] for run in list_runs()] == ["20260301", "20260201", "20260101"]
    assert [run.name[:8] for run in list_runs("perceptron")] == ["20260201", "20260101"]


def test_a_summary_agrees_with_the_whole_run(make):
    make("20260101-000000-perceptron-aaaa")
    summary, run = list_runs()[0], read("last")
    assert (summary.started, summary.finished) == (run.started, run.finished)
    assert (summary.status, summary.metrics) == (run.status, run.final)
    assert (summary.steps, summary.seconds) == (run.steps, run.seconds)


@pytest.mark.parametrize("kept", range(1, 18))
def test_a_summary_agrees_with_the_run_however_early_it_ended(make, stream, kept):
    make("20260101-000000-perceptron-aaaa", stream[1 : 1 + kept])
    summary, run = list_runs()[0], read("last")
    assert (summary.last, summary.status) == (run.last, run.status)


def test_the_last_metrics_are_found_behind_large_pictures(make, stream):
    picture = Snapshot(view="weights", step=5, payload={"values": [0.125] * 30_000})
    make("20260101-000000-perceptron-aaaa", [*stream[1:7], picture, picture])
    assert list_runs()[0].last == stream[6]


def test_listing_reads_the_ends_of_a_long_file_and_not_its_middle(make, stream, monkeypatch):
    points = [Progress(step=n, epoch=1, metrics={"loss": 1.0}) for n in range(20_000)]
    make("20260101-000000-perceptron-aaaa", [stream[1], *points, stream[-1]])
    import tui_dl.runs.index as index

    parsed = []
    monkeypatch.setattr(index, "parse", lambda line, p=index.parse: parsed.append(line) or p(line))
    assert list_runs()[0].finished == stream[-1]
    assert len(parsed) <= 3


def test_foreign_files_and_damaged_runs_do_not_disturb(make, stream):
    make("20260101-000000-perceptron-aaaa")
    (paths.runs() / "notes.txt").write_text("mine")
    (paths.runs() / "empty").mkdir()
    (paths.runs() / "zzz" / "events.jsonl").mkdir(parents=True)
    (make("20260102-000000-perceptron-bbbb", []) / "events.jsonl").write_bytes(b"")
    (make("20260103-000000-perceptron-cccc") / "events.jsonl").write_bytes(b"\xff\xfe{\n" * 9)
    make("20260104-000000-perceptron-dddd", stream[3:])
    assert [run.name[-4:] for run in list_runs()] == ["aaaa"]


def test_a_half_written_last_line_leaves_the_line_before_it(make, stream):
    file = make("20260101-000000-perceptron-aaaa", stream[:6]) / "events.jsonl"
    with file.open("ab") as more:
        more.write(to_json(stream[6]).encode()[:40])
    assert list_runs()[0].last == stream[5]


def test_a_run_is_found_by_name_prefix_and_last(make):
    one = make("20260101-000000-perceptron-aaaa")
    two = make("20260102-000000-perceptron-bbbb")
    make("20260102-000000-perceptron-bbbb-copy")
    assert find(one.name) == one
    assert find("20260101") == one
    assert find(two.name) == two
    assert find("last").name == "20260102-000000-perceptron-bbbb-copy"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("2026", "matches 2 runs: 20260102.*20260101"),
        ("20260101-000000-perceptrom-aaaa", r"did you mean 20260101-000000-perceptron-aaaa\?"),
        ("x", "`dlworkbench runs list` lists them"),
        ("", "unknown run"),
        ("../runs", "unknown run"),
    ],
)
def test_a_run_that_is_not_found_is_answered_with_what_there_is(make, name, says):
    make("20260101-000000-perceptron-aaaa")
    make("20260102-000000-perceptron-bbbb")
    with pytest.raises(LessonError, match=says):
        find(name)


def test_within_a_second_the_later_run_is_the_last_whatever_its_lesson(make):
    make("20260101-000000-perceptron-1000")
    make("20260101-000000-iris-2000")
    assert find("last").name == "20260101-000000-iris-2000"
