"""What is recorded reaches the disk, whatever else happens on the same disk and clock."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_dl import events, files, paths
from tui_dl.events import Finished, Note, Progress
from tui_dl.runs import syncing
from tui_dl.runs.index import survey
from tui_dl.runs.reader import read, read_events
from tui_dl.runs.writer import RunWriter

PATIENCE = 30  # seconds


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def name_of(descriptor):
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


@pytest.fixture
def synced(monkeypatch):
    """The sizes that event files had when they were synced to disk, in bytes."""
    sizes = []
    fsync = os.fsync

    def sync(descriptor):
        if name_of(descriptor).endswith("events.jsonl"):
            sizes.append(os.fstat(descriptor).st_size)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    return sizes


def point(step):
    return Progress(step=step, epoch=1, metrics={"loss": 0.5})


def test_events_are_synced_soon_without_waiting_for_the_end(started, synced, monkeypatch):
    monkeypatch.setattr(syncing, "INTERVAL", 0.01)
    with RunWriter("perceptron") as writer:
        writer(started())
        for step in range(1, 4):
            writer(point(step))
            until(
                lambda: synced and synced[-1] == (writer.directory / "events.jsonl").stat().st_size
            )


def test_many_events_are_synced_together_and_all_of_them_at_the_end(started, synced, monkeypatch):
    monkeypatch.setattr(syncing, "INTERVAL", 1e6)
    with RunWriter("perceptron") as writer:
        writer(started())
        until(lambda: synced)
        for step in range(1, 1001):
            writer(point(step))
        assert len(synced) == 1
        writer(Finished(status="completed", steps=1000))
    assert len(synced) == 2
    assert synced[-1] == (writer.directory / "events.jsonl").stat().st_size


def test_a_new_run_s_name_is_synced_too(started, monkeypatch):
    names = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (names.append(name_of(fd)), fsync(fd)))
    with RunWriter("perceptron") as writer:
        writer(started())
    assert {str(writer.directory), str(writer.directory.parent)} <= set(names)


def test_a_disk_that_fails_to_sync_is_reported_once_and_the_run_goes_on(stream, monkeypatch):
    def broken(descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)
    notes = []
    with RunWriter("perceptron", tell=notes.append) as writer:
        for event in stream:
            writer(event)
    file = writer.directory / "events.jsonl"
    said = f"{file}: Input/output error; check the disk, which may not keep this run"
    assert [note.text for note in notes] == [writer.trouble] == [said]
    assert read("last").status == "completed" and not writer.lost
    assert list(read_events(file)) == stream[1:]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_without_syncs_is_no_trouble(stream, monkeypatch, number):
    def without(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", without)
    with RunWriter("perceptron") as writer:
        for event in stream:
            writer(event)
    assert (writer.trouble, read("last").status) == ("", "completed")


def test_a_run_moves_from_a_disk_with_read_and_write_errors(stream, home, monkeypatch):
    write = files.write

    def broken(file, data):
        if str(home / "runs") in str(file.name):
            write(file, data[: len(data) // 2])
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(file.name))
        write(file, data)

    notes = []
    with RunWriter("perceptron", tell=notes.append) as writer:
        for event in stream[:7]:
            writer(event)
        before = (writer.directory / "events.jsonl").read_bytes()
        old = writer.directory
        monkeypatch.setattr(files, "write", broken)
        for event in stream[7:]:
            writer(event)
    assert writer.directory.parent == home / "rescued"
    assert [note.text for note in notes] == [writer.trouble]
    assert "Input/output error; the run is kept in" in writer.trouble
    kept = list(read_events(writer.directory / "events.jsonl"))
    assert [event for event in kept if event not in notes] == stream[1:]
    assert before.startswith((old / "events.jsonl").read_bytes())
    assert read(old.name).started == stream[1]


def test_runs_named_in_the_same_moment_are_both_kept(stream, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.25)
    notes = []
    writers = [RunWriter("perceptron", tell=notes.append) for _ in range(3)]
    for event in stream:
        for writer in writers:
            writer(event)
    assert len({writer.directory for writer in writers}) == 3 and not notes
    for writer in writers:
        assert writer.directory.parent == paths.runs()
        assert list(read(writer.name).events) == stream[1:]


WRITER = """
import sys, time
time.time = lambda: 1_800_000_000.25
from tui_dl.events import Note, from_json
from tui_dl.runs.writer import RunWriter
told = [from_json(line) for line in sys.stdin.readline().split("\\t")]
writer = RunWriter("perceptron", tell=lambda note: sys.exit(note.text))
print(flush=True)
sys.stdin.readline()
for event in told:
    writer(event)
print(writer.directory)
"""


def test_five_processes_write_their_runs_in_one_moment_while_others_are_listed(stream, home):
    told = "\t".join(events.to_json(event) for event in stream) + "\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    children = [
        subprocess.Popen([sys.executable, "-c", WRITER], text=True, **pipes) for _ in range(5)
    ]
    for child in children:
        child.stdin.write(told)
        child.stdin.flush()
    for child in children:
        child.stdout.readline()
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    while any(child.poll() is None for child in children):
        assert survey().complaint == ""
    said = [child.communicate() for child in children]
    assert [err for _, err in said] == [""] * 5
    assert len({out for out, _ in said}) == 5
    assert [run.status for run in survey().runs] == ["completed"] * 5
    for run in survey().runs:
        assert list(read(run.name).events) == stream[1:]
    assert sorted(each.name for each in (home / "runs").iterdir()) == sorted(
        run.name for run in survey().runs
    )


def test_the_clock_may_be_set_back_during_a_run(stream, monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    with RunWriter("perceptron") as first:
        for event in stream[:5]:
            first(event)
        now[0] -= 86_400 * 400
        with RunWriter("perceptron") as second:
            for event in stream:
                second(event)
        for event in stream[5:]:
            first(event)
    assert {run.status for run in survey().runs} == {"completed"}
    assert len(survey().runs) == 2
    assert not any(isinstance(e, Note) and "kept in" in e.text for e in read(first.name).events)
