"""Tests that a run that cannot be kept in its place is kept elsewhere, with a message."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from tui_dl import paths
from tui_dl.events import Finished, Note, Snapshot, State
from tui_dl.runs.index import find
from tui_dl.runs.reader import read, read_events
from tui_dl.runs.writer import RunWriter


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A separate temporary folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def limited():
    """Limit the size of this process's files, as if the disk were full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def events_in(directory):
    return list(read_events(directory / "events.jsonl"))


def without_notes(told):
    return [event for event in told if not isinstance(event, Note | State)]


@pytest.mark.parametrize("deleted", [".", "runs"])
def test_a_run_that_is_deleted_while_it_trains_is_kept_whole(stream, home, deleted):
    notes = []
    with RunWriter("perceptron", tell=notes.append) as writer:
        for event in stream[:7]:
            writer(event)
        shutil.rmtree(writer.directory if deleted == "." else home / deleted)
        for event in stream[7:]:
            writer(event)
    run = read(writer.name)
    assert (run.status, run.directory) == ("completed", writer.directory)
    assert without_notes(run.events) == without_notes(stream)
    assert [note.text for note in notes] == [writer.trouble]
    assert "events.jsonl: deleted while it was being written; the run is kept in" in writer.trouble
    assert not (writer.directory / "writer.json").exists()


def test_where_the_runs_cannot_be_made_the_home_is_the_next_place(stream, home):
    home.mkdir(exist_ok=True)
    (home / "runs").write_text("a file in the way")
    with RunWriter("perceptron") as writer:
        for event in stream:
            writer(event)
    assert writer.directory.parent == home / "rescued"
    assert writer.trouble.startswith(f"{home / 'runs'}: ")
    assert without_notes(events_in(writer.directory)) == without_notes(stream)


def test_without_a_home_a_run_is_kept_in_the_temporary_folder(stream, temporary, monkeypatch):
    def unknown():
        raise paths.NoHome

    monkeypatch.setattr(paths, "home", unknown)
    with RunWriter("perceptron") as writer:
        for event in stream:
            writer(event)
    assert writer.directory.parent == temporary
    assert "no home folder" in writer.trouble and str(writer.directory) in writer.trouble
    assert events_in(writer.directory)[-1].status == "completed"


def test_with_no_place_left_the_end_is_still_recorded(stream, limited):
    picture = Snapshot(view="weights", step=3, payload={"values": [0.125] * 4000})
    notes = []
    limited(30_000)
    with RunWriter("perceptron", tell=notes.append) as writer:
        for event in [*stream[:7], picture, picture, *stream[7:]]:
            writer(event)
    run = read(writer.name)
    assert (run.status, run.finished.steps) == ("completed", 12)
    assert run.events[0] == stream[1]
    assert len(notes) == 1 and "File too large; the rest of this run is not kept" in notes[0].text
    assert str(writer.directory / "events.jsonl") in notes[0].text
    assert writer.lost and run.notes[-1].text == writer.trouble


def test_a_line_that_found_no_room_does_not_swallow_the_next(started, limited):
    with RunWriter("perceptron") as writer:
        writer(started())
        limited((writer.directory / "events.jsonl").stat().st_size + 9)
        writer(Note(step=1, text="there is no room for this"))
        limited(resource.RLIM_INFINITY)
        writer(Finished(status="completed", steps=1))
    assert find("last") == writer.directory
    assert (read("last").status, read("last").steps) == ("completed", 1)


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o377])
def test_what_a_run_writes_is_its_owners_alone_whatever_the_umask(stream, home, umask):
    before = os.umask(umask)
    try:
        with RunWriter("perceptron") as writer:
            for event in stream[:-1]:
                writer(event)
            made = [writer.directory, *writer.directory.iterdir()]
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [*made, paths.runs()]}
    finally:
        os.umask(before)
    folders = {"runs", writer.name}
    assert modes == {name: 0o700 if name in folders else 0o600 for name in modes}
    assert {"events.jsonl", "run.log", "writer.json"} < set(modes)


def test_a_run_appears_whole(stream, monkeypatch):
    """A reader never finds a directory without its first event."""
    seen = []
    rename = Path.rename
    monkeypatch.setattr(
        Path, "rename", lambda self, to: (seen.append(events_in(self)), rename(self, to))
    )
    with RunWriter("perceptron") as writer:
        writer(stream[1])
    assert seen == [[stream[1]]]
    assert [each.name for each in paths.runs().iterdir()] == [writer.name]
    assert json.loads((writer.directory / "events.jsonl").read_text())["kind"] == "started"
