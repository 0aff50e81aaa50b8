"""Tests of `runs` and `data`: past runs and data sets, for people and for programs."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tui_dl import events
from tui_dl.runs.writer import RunWriter

OFFLINE = """
import socket

def unreachable(*_, **__):
    raise OSError("Network is unreachable")

socket.create_connection = socket.getaddrinfo = socket.socket.connect = unreachable
from tui_dl.cli import main; main()
"""


@pytest.fixture
def make():
    def write(
        loss, *, status="completed", lesson="perceptron", second="distance", **hyperparameters
    ):
        started = events.Started(
            lesson=lesson,
            hyperparameters={"gate": "or", "epochs": 1} | hyperparameters,
            seed=0,
            device="CPU",
            compile="xla",
            data=events.Data(name="table", train=4, validation=0),
            epochs=1,
            steps=4,
            steps_per_epoch=4,
        )
        writer = RunWriter(lesson)
        writer(started)
        writer(events.Progress(step=2, epoch=1, metrics={"loss": 2 * loss}, seconds=0.5))
        writer(events.Epoch(epoch=1, step=4, metrics={"loss": loss}, seconds=1.0))
        if status:
            metrics = {"loss": loss, second: 0.25}
            writer(events.Finished(status=status, metrics=metrics, steps=4, epochs=1, seconds=1.0))
        writer.close()
        return writer.name

    return write


def test_no_runs_yet_says_what_to_do(say):
    said = say("runs")
    assert (said.code, said.err) == (0, "")
    assert "dlworkbench train" in said.out
    assert say("runs", "list", "--json").out == ""


def test_runs_are_listed(say, make):
    names = [make(0.5), make(0.25, status=None), make(0.125, lesson="iris", status="diverged")]
    rows = [line.split() for line in say("runs", "list").out.splitlines()[1:]]
    assert [row[0] for row in rows] == names[::-1]
    assert [row[1] for row in rows] == ["diverged", "interrupted", "completed"]
    listed = say("runs", "list", "--json", "--lesson", "perceptron").objects
    assert [run["run"] for run in listed] == names[1::-1]
    assert [run["metrics"]["loss"] for run in listed] == [0.25, 0.5]
    assert [run["status"] for run in listed] == ["interrupted", "completed"]
    assert len(say("runs", "list", "-n", "1", "--json").objects) == 1


def test_what_stands_beside_the_loss_is_named_above_or_beside_where_lessons_differ(say, make):
    make(0.5)
    make(0.5, status=None)
    heading, unfinished, finished = (line.split() for line in say("runs").out.splitlines())
    assert heading[4:6] == ["loss", "distance"] and "metric" not in heading
    assert (unfinished[4:], finished[4:]) == (["0.5"], ["0.5", "0.25"])
    make(0.5, lesson="policy-gradient", second="return")
    heading, *rows = (line.split() for line in say("runs").out.splitlines())
    assert heading[5] == "metric"
    assert [row[5:] for row in rows] == [["return", "0.25"], [], ["distance", "0.25"]]


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_on_a_terminal_no_word_of_the_list_is_broken(look, make, columns):
    names = [make(0.5, lesson="learning-rate-schedules", second="accuracy"), make(0.25)]
    lines, code = look("runs", "list", columns=columns)
    heading, *rows = [line for line in lines if line]
    assert code == 0 and len(rows) == 2
    assert [row.split()[0] for row in rows] == names[::-1]
    assert [row.split()[1] for row in rows] == ["completed", "completed"]
    end = heading.index("loss") + 4 if "loss" in heading else None
    assert all(row[:end].rstrip().endswith(("0.25", "0.5")) for row in rows if end)
    assert ("experiment" in heading) == (columns == 200)


def test_on_a_narrow_terminal_compared_runs_are_numbered(look, make):
    names = [make(0.5, lesson="learning-rate-schedules"), make(0.25, gate="xor")]
    lines, _ = look("runs", "compare", *names)
    assert [line.split() for line in lines if "2026" in line or "-0" in line][:2] == [
        ["1", names[0]], ["2", names[1]],
    ]  # fmt: skip
    assert ["status", "completed", "completed"] in [line.split() for line in lines]


def mortal():
    """Drop the capabilities that let root ignore file modes; called before a command."""
    drop, override, search = 24, 1, 2
    for capability in (override, search):
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


def test_a_run_that_may_not_be_read_is_named_and_the_others_are_shown(make, home):
    names = [make(0.5), make(0.25), make(0.125)]
    (home / "runs" / names[0]).chmod(0)
    (home / "runs" / names[2] / "events.jsonl").chmod(0)

    def run(*arguments):
        command = [sys.executable, "-m", "tui_dl", *arguments]
        return subprocess.run(command, capture_output=True, text=True, preexec_fn=mortal)

    try:
        listed, shown = run("runs", "list", "--json"), run("runs", "show", "last", "--json")
        refused = run("runs", "show", names[2])
    finally:
        (home / "runs" / names[0]).chmod(0o700)
    assert [json.loads(line)["run"] for line in listed.stdout.splitlines()] == [names[1]]
    assert listed.stderr == f"dlworkbench: 2 unreadable: {names[0]}, {names[2]}\n"
    assert json.loads(shown.stdout)["run"] == names[1]
    assert refused.returncode == 2
    assert refused.stderr == f"dlworkbench: run {names[2]} cannot be read: Permission denied\n"


def test_what_json_says_of_a_run_is_what_a_new_process_reads(make, process):
    first, second = make(0.5), make(float("nan"), gate="xor", status="diverged")
    shown, err = process("runs", "show", first, "--json").communicate(timeout=60)
    assert err == ""
    run = json.loads(shown)
    assert (run["run"], run["status"], run["steps"]) == (first, "completed", 4)
    assert run["started"]["hyperparameters"] == {"gate": "or", "epochs": 1}
    assert run["finished"]["metrics"] == run["metrics"] == {"loss": 0.5, "distance": 0.25}
    compared, err = process("runs", "compare", first, second, "--json").communicate(timeout=60)
    assert err == ""
    both = json.loads(compared, parse_constant=pytest.fail)
    assert both["differs"] == {"gate": ["or", "xor"]}
    assert both["metrics"]["loss"] == [0.5, "NaN"]


def test_a_run_is_shown(say, make):
    name = make(0.5, gate="xor")
    (shown,) = say("runs", "show", "last", "--json").objects
    assert (shown["run"], shown["status"], shown["steps"]) == (name, "completed", 4)
    assert shown["started"]["hyperparameters"] == {"gate": "xor", "epochs": 1}
    assert [epoch["metrics"] for epoch in shown["epochs"]] == [{"loss": 0.5}]
    assert shown["finished"]["metrics"] == {"loss": 0.5, "distance": 0.25}
    text = say("runs", "show", name).out
    for words in ("gate=xor", "completed", "4 of 4 steps", "distance"):
        assert words in text


def test_an_interrupted_run_shows_what_it_had(say, make):
    make(0.5, status=None)
    (shown,) = say("runs", "show", "last", "--json").objects
    assert (shown["status"], shown["finished"]) == ("interrupted", None)
    assert (shown["steps"], shown["metrics"]) == (4, {"loss": 0.5})
    assert "interrupted" in say("runs", "show", "last").out


def test_runs_are_compared_where_they_differ(say, make):
    first, second = make(0.5), make(0.25, gate="xor")
    (compared,) = say("runs", "compare", first, second, "--json").objects
    assert compared["runs"] == [first, second]
    assert compared["differs"] == {"gate": ["or", "xor"]}
    assert compared["metrics"]["loss"] == [0.5, 0.25]
    text = say("runs", "compare", first, second).out
    assert "xor" in text
    assert "epochs" not in text


def test_a_run_is_not_compared_with_itself(say, make):
    make(0.5)
    said = say("runs", "compare", "last", "last")
    assert said.code == 2
    assert "two or more runs" in said.err


def test_data_sets_are_listed(say):
    states = {each["name"]: each["state"] for each in say("data", "list", "--json").objects}
    assert (states["iris"], states["digits"], states["mnist"]) == ("embedded", "embedded", "absent")
    assert "dlworkbench data fetch mnist" in say("data").out


def test_a_present_file_is_neither_fetched_nor_touched(say, home):
    file = home / "data" / "mnist.npz"
    file.parent.mkdir(parents=True)
    x, y = np.full((2, 28, 28), 255, "uint8"), np.arange(2, dtype="uint8")
    np.savez(file, x_train=x, y_train=y, x_test=x, y_test=y)
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    said = say("data", "fetch", "mnist")
    assert (said.code, said.out) == (0, f"{file}\n")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_an_unusable_file_is_bad_input_and_stays(say, home):
    file = home / "data" / "mnist.npz"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not an archive")
    said = say("data", "fetch", "mnist")
    assert said.code == 2
    assert str(file) in said.err
    assert file.read_bytes() == b"not an archive"


def test_a_pipe_is_refused_wherever_files_are_looked_for(process, home, tmp_path):
    for file in (home / "data" / "mnist.npz", tmp_path / "keras" / "datasets" / "cifar10.npz"):
        file.parent.mkdir(parents=True)
        os.mkfifo(file)
    out, err = process("data", "list").communicate(timeout=120)  # nobody writes into the pipe
    assert err == ""
    assert out.count("cannot be read (it is not a regular file)") == 2


def test_offline_is_a_failure_in_one_line():
    """Offline, a download fails with one line; a separate process checks start-up messages too."""
    command = [sys.executable, "-c", OFFLINE, "data", "fetch", "mnist"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    said = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.count("\n") == 1
    assert "mnist could not be" in said.stderr
