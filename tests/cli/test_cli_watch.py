"""Runs without a terminal: `--detach` starts one, `watch` follows it."""

import json
import os
import signal
import threading
import time

import psutil
import pytest

from tui_dl import events
from tui_dl.runs.index import list_runs
from tui_dl.runs.reader import read
from tui_dl.runs.writer import RunWriter

DATA = events.Data(name="toy", train=4, validation=0)
STARTED = events.Started(
    lesson="iris", hyperparameters={}, experiment=None, seed=0, device="CPU", compile="xla",
    data=DATA, epochs=2, steps=4, steps_per_epoch=2, layers=[], time=1.7e9,
)  # fmt: skip
STEPS = [events.Epoch(epoch=n, step=2 * n, metrics={"loss": 1 / n}, seconds=n) for n in range(1, 3)]
END = events.Finished(status="completed", metrics={"loss": 0.5}, steps=4, epochs=2, seconds=2.0)
WITHOUT_END = [STARTED, *STEPS]


@pytest.fixture
def written(home):
    """Write events in a thread while the test watches."""
    writers = []

    def write(told):
        writer = RunWriter("iris")
        writers.append(writer)
        writer(told[0])
        threading.Thread(target=lambda: [time.sleep(0.05) or writer(e) for e in told[1:]]).start()
        return writer

    yield write
    for writer in writers:
        writer.close()


def test_watching_shows_what_is_written_until_the_end(written, say):
    written([*WITHOUT_END, END])
    told = say("watch", "--json")
    assert told.code == 0
    assert [line["kind"] for line in told.objects] == ["started", "epoch", "epoch", "finished"]
    again = say("watch", "last")
    assert again.out.splitlines()[-1].startswith("iris completed: 2 epochs, 4 steps")


def test_a_run_whose_process_is_gone_is_called_interrupted(written, say):
    written([STARTED]).close()
    told = say("watch", "last")
    assert told.code == 1
    assert "was interrupted; `dlworkbench runs resume" in told.err


def test_without_a_run_that_goes_on_there_is_nothing_to_watch(written, say):
    written([STARTED]).close()
    told = say("watch")
    assert (told.code, told.out) == (2, "")
    assert "no run goes on" in told.err and told.err.count("\n") == 1


def test_the_end_of_watching_does_not_end_the_run(process, written):
    written(WITHOUT_END)
    child = process("watch", "--json")
    assert json.loads(child.stdout.readline())["kind"] == "started"
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    assert child.returncode == 130
    assert list_runs()[0].status == "running"


def test_a_detached_run_goes_on_in_a_group_of_its_own(process):
    child = process("train", "perceptron", "--epochs", "400", "--compile", "keras", "--detach")
    name, errors = child.communicate(timeout=120)
    assert (child.returncode, errors) == (0, "")
    run = read(name.strip())
    assert run.status == "running"
    pid = json.loads((run.directory / "writer.json").read_text())["pid"]
    assert os.getsid(pid) == pid != os.getsid(0)
    assert not [f for f in psutil.Process(pid).open_files() if f.path.startswith("/dev/pts")]
    watching = process("watch", name.strip(), "--quiet")
    said, errors = watching.communicate(timeout=120)
    assert (watching.returncode, errors) == (0, "")
    assert read(name.strip()).status == "completed" and run.name in said


def test_what_hinders_a_detached_run_is_said_here(process, home):
    child = process("train", "perceptron", "--epochs", "0", "--detach")
    said, errors = child.communicate(timeout=60)
    assert (child.returncode, said) == (2, "")
    assert "0 is not allowed" in errors and errors.count("\n") == 1
    assert list_runs() == []


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_a_detached_run_displays_nothing_and_says_what_does(option, say):
    said = say("train", "perceptron", "--detach", option)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert f"leave it out, and follow the run with `dlworkbench watch {option}`" in said.err
    assert list_runs() == []


@pytest.mark.slow
def test_a_fork_can_be_detached(process, say):
    assert say("train", "perceptron", "--epochs", 4, "--quiet").code == 0
    child = process("runs", "fork", "last", "--at", "4", "-p", "learning_rate=0.5", "--detach")
    name, errors = child.communicate(timeout=120)
    assert (child.returncode, errors) == (0, "")
    assert say("watch", name.strip(), "--quiet").code == 0
    run = read(name.strip())
    assert (run.status, run.steps) == ("completed", 16) and run.started.parent.step == 4


def elsewhere(run, seconds):
    """Make it look as if another host writes the run and gave a sign of life that long ago."""
    file = run.directory / "writer.json"
    file.write_text(json.dumps({"pid": 1, "born": 0.0, "host": "gpu-box"}))
    os.utime(file, (time.time() - seconds,) * 2)


def test_a_run_of_another_host_is_listed_with_its_last_sign_of_life(written, say):
    run = written([STARTED])
    elsewhere(run, 12)
    listed = say("runs", "list").out
    assert "running on gpu-box, last sign of life 0:12 ago" in listed
    for command in (("runs", "resume"), ("runs", "stop"), ("attach",)):
        refused = say(*command, "last")
        assert refused.code == 2 and refused.err.count("\n") == 1
        assert "gpu-box" in refused.err or "still running" in refused.err


def test_a_host_that_is_silent_no_longer_counts_as_running(written, say):
    elsewhere(written([STARTED]), 600)
    (row,) = say("runs", "list", "--json").objects
    assert (row["status"], row["where"]) == (
        "interrupted",
        "on gpu-box, last sign of life 10:00 ago",
    )
