"""Tests that a reader returns what a writer recorded, whatever happened to the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_dl import events, paths
from tui_dl.errors import LessonError
from tui_dl.events import Finished, Progress, State
from tui_dl.runs import owner
from tui_dl.runs.reader import read, read_events
from tui_dl.runs.writer import RunWriter


def record(told, lesson="perceptron", root=None):
    writer = RunWriter(lesson, root)
    for event in told:
        writer(event)
    return writer


def recorded(told):
    return [event for event in told if not isinstance(event, State)]


def test_a_run_reads_back_as_it_was_told(stream):
    writer = record(stream)
    run = read(writer.name)
    assert list(run.events) == recorded(stream)
    assert run.started.hyperparameters == {"gate": "xor", "epochs": 3}
    assert [event.step for event in run.progress] == list(range(1, 13))
    assert [event.epoch for event in run.epochs] == [1, 2, 3]
    assert [len(run.snapshots), len(run.notes)] == [3, 1]
    assert (run.status, run.finished.steps, run.final["val_loss"]) == ("completed", 12, 2 / 3)


def test_a_name_says_time_and_lesson_and_sorts_by_time():
    names = []
    for _ in range(20):
        names.append(RunWriter("binary-addition").name)
        time.sleep(0.001)
    assert names == sorted(names)
    assert len(set(names)) == 20
    date, clock, rest = names[0].split("-", 2)
    assert (len(date), len(clock)) == (8, 6)
    assert rest[:-4] == "binary-addition-"


def test_a_name_that_is_taken_is_not_given_again(started, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.25)
    names = {record([started()]).name for _ in range(3)}
    assert len(names) == 3


def test_nothing_is_written_before_the_start():
    writer = RunWriter("perceptron")
    writer(State(state="preparing", detail="reading the data"))
    writer.close()
    assert not paths.home().exists() or not any(paths.home().iterdir())


def test_the_directory_is_known_before_it_exists(started):
    writer = RunWriter("perceptron")
    told = writer.directory
    assert not told.exists()
    writer(started())
    assert writer.directory == told
    assert told.parent == paths.runs()
    assert (told / "events.jsonl").is_file()


def test_every_event_is_on_disk_at_once(stream):
    writer = RunWriter("perceptron")
    for count, event in enumerate(recorded(stream), start=1):
        writer(event)
        assert len(list(read_events(writer.directory / "events.jsonl"))) == count


def test_the_log_tells_what_it_waited_for_and_how_it_ended(stream):
    told = [State(state="preparing", detail="loading TensorFlow"), *stream]
    log = record(told).log_file.read_text()
    for words in ("loading TensorFlow", "started perceptron", "set to 0.1", "completed after 12"):
        assert words in log
    assert len(log.splitlines()) == 5


def test_infinite_and_missing_numbers_survive(started):
    metrics = {"loss": float("inf"), "gradient": float("nan")}
    writer = record([started(), Progress(step=1, epoch=1, metrics=metrics)])
    kept = read(writer.name).progress[0].metrics
    assert kept["loss"] == float("inf")
    assert kept["gradient"] != kept["gradient"]


def test_the_loss_is_measured_batch_by_batch_and_everything_else_epoch_by_epoch(stream):
    run = read(record(stream).name)
    assert run.curves.measured("loss") == (list(range(1, 13)), [1 / n for n in range(1, 13)])
    assert run.curves.measured("val_loss") == ([4, 8, 12], [2.0, 1.0, 2 / 3])
    assert run.curves.measured("accuracy") == ([4, 8, 12], [0.5] * 3)
    assert run.curves.measured("unknown") == ([], [])
    assert run.metrics == ("loss", "accuracy", "val_loss")


def test_a_run_is_running_while_its_process_lives(stream):
    writer = record(stream[:8])
    run = read(writer.name)
    assert (run.status, run.finished, run.steps) == ("running", None, 4)
    writer.close()
    assert read(writer.name).status == "interrupted"


def test_a_killed_process_leaves_an_interrupted_run(stream, tmp_path):
    lines = "\n".join(events.to_json(event) for event in stream[1:7])
    code = (
        "import os, sys; from tui_dl.events import from_json\n"
        "from tui_dl.runs.writer import RunWriter\n"
        "writer = RunWriter('perceptron')\n"
        "for line in sys.stdin: writer(from_json(line))\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=lines, text=True, check=False)
    assert done.returncode == -9
    run = read("last")
    assert (run.status, len(run.events), run.steps) == ("interrupted", 6, 4)


def test_a_dead_process_that_nobody_waited_for_is_no_life(tmp_path):
    code = "import sys; from pathlib import Path; from tui_dl.runs import owner\n"
    code += "owner.claim(Path(sys.argv[1])); print(flush=True); sys.stdin.read()"
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    writer.stdout.readline()
    assert owner.lives(tmp_path)
    writer.kill()
    os.waitid(os.P_PID, writer.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    assert not owner.lives(tmp_path)
    writer.communicate()


def changed_owner(writer, **changes):
    file = writer.directory / "writer.json"
    noted = json.loads(file.read_text())
    assert noted["pid"] == os.getpid()
    file.write_text(json.dumps(noted | {k: change(noted[k]) for k, change in changes.items()}))


@pytest.mark.parametrize(
    "changes",
    [
        {"since_boot": lambda text: f"{text.split()[0]} 1"},  # the id was given out again
        {"since_boot": lambda text: f"another-boot {text.split()[1]}"},
        {"since_boot": lambda text: "", "born": lambda born: born - 1000},  # of another system
    ],
)
def test_a_process_id_that_was_given_out_again_is_no_life(stream, changes):
    writer = record(stream[:4])
    changed_owner(writer, **changes)
    assert read(writer.name).status == "interrupted"


@pytest.mark.parametrize("jump", [-86_400, -10, 10, 86_400])
def test_a_clock_that_was_set_ends_no_run(stream, monkeypatch, jump):
    born = psutil.Process.create_time
    writer = record(stream[:4])
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: born(self) + jump)
    assert read(writer.name).status == "running"


def test_the_owner_of_an_earlier_version_is_known(stream):
    writer = record(stream[:4])
    file = writer.directory / "writer.json"
    noted = json.loads(file.read_text())
    del noted["since_boot"]
    file.write_text(json.dumps(noted))
    assert read(writer.name).status == "running"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_damaged_owner_is_no_life(stream, text):
    writer = record(stream[:4])
    (writer.directory / "writer.json").write_text(text)
    assert read(writer.name).status == "interrupted"


def test_the_model_is_found_where_there_is_one(stream):
    writer = record(stream)
    assert read(writer.name).model is None
    (writer.directory / "model.keras").write_bytes(b"weights")
    assert read(writer.name).model == writer.directory / "model.keras"


def test_unknown_fields_and_kinds_of_a_later_version_are_passed_over(stream):
    writer = record(stream)
    file = writer.directory / "events.jsonl"
    first, *rest = file.read_text().splitlines()
    later = json.dumps(json.loads(first) | {"weather": "rain"})
    file.write_text("\n".join([later, '{"kind": "dream", "step": 3}', *rest]) + "\n")
    assert list(read(writer.name).events) == recorded(stream)


def test_a_damaged_line_in_the_middle_costs_only_itself(stream):
    writer = record(stream)
    file = writer.directory / "events.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    lines[5] = b"\xff\x00 not json \xfe\n"
    file.write_bytes(b"".join(lines))
    told = recorded(stream)
    assert list(read(writer.name).events) == told[:5] + told[6:]


def test_a_run_without_its_first_event_says_so(stream):
    writer = record(stream)
    file = writer.directory / "events.jsonl"
    file.write_bytes(b"x" + file.read_bytes())
    with pytest.raises(LessonError, match="first event is damaged"):
        read(writer.name)


metrics = st.dictionaries(st.text(max_size=8), st.floats(allow_nan=False), max_size=3)
steps = st.integers(0, 10**9)
middle = st.one_of(
    st.builds(Progress, step=steps, epoch=steps, metrics=metrics, seconds=st.floats(0, 1e9)),
    st.builds(events.Epoch, step=steps, epoch=steps, metrics=metrics, seconds=st.floats(0, 1e9)),
    st.builds(events.Note, step=steps, text=st.text()),
    st.builds(
        events.Snapshot,
        view=st.text(max_size=8),
        step=steps,
        payload=st.dictionaries(st.text(max_size=5), st.lists(st.integers(), max_size=3)),
    ),
)
ends = st.lists(st.builds(Finished, status=st.just("completed"), metrics=metrics), max_size=1)
SLOW = [HealthCheck.function_scoped_fixture]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(told=st.lists(middle, max_size=6), end=ends, cut=st.floats(0, 1))
def test_any_truncation_reads_as_a_beginning_of_the_events(
    tmp_path_factory, started, told, end, cut
):
    root = tmp_path_factory.mktemp("runs")
    told = [started(), *told, *end]
    writer = record(told, root=root)
    writer.close()
    file = writer.directory / "events.jsonl"
    whole = file.read_bytes()
    assert list(read_events(file)) == told
    file.write_bytes(whole[: round(cut * len(whole))])
    kept = list(read_events(file))
    assert kept == told[: len(kept)]
    assert len(kept) >= file.read_bytes().count(b"\n")
