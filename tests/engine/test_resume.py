"""A run that was killed at any moment ends, once resumed, like one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys
from tui_dl.engine import checkpoint
checkpoint.INTERVAL = 0.1
from tui_dl.cli import main
main()
"""
RUNS = {
    "binary-addition": ["epochs=3"],
    "batch-normalization": ["epochs=6", "images=digits", "dropout=0.2"],
    "learning-rate-schedules": ["epochs=60", "schedule=plateau", "images=digits"],
    "overfitting": ["epochs=200", "early_stopping=true", "keep=best"],
    "policy-gradient": ["epochs=2"],
    "q-network": ["epochs=8"],
}
TIMES = ("seconds", "time", "estimate")


def started(home, *arguments):
    """Start the program in a home of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | {"DLWORKBENCH_HOME": str(home)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def train(lesson):
    return ["train", lesson, *(word for pair in RUNS[lesson] for word in ("-p", pair)), "--quiet"]


def run_of(home):
    (run,) = (home / "runs").glob("[0-9]*")
    return run


def events(run):
    """Return the events without their times."""
    lines = map(json.loads, (run / "events.jsonl").read_text().splitlines())
    return [{k: v for k, v in line.items() if k not in TIMES} for line in lines]


def weights(run):
    """Return the arrays of the saved model's weights."""
    keras = pytest.importorskip("keras")
    return keras.saving.load_model(run / "model.keras", compile=False).get_weights()


def wait_for_lines(process, home, lines):
    """Wait until a run has recorded that many events, or has ended."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        for file in (home / "runs").glob("[0-9]*/events.jsonl"):
            if file.read_bytes().count(b"\n") >= lines:
                return
        time.sleep(0.002)


def kill_and_resume(lesson, home, lines, delay=0.0):
    """Kill a run once it has recorded that many events and a moment later; resume it to its end."""
    process = started(home, *train(lesson))
    wait_for_lines(process, home, lines)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    resumed = started(home, "runs", "resume", "last", "--quiet")
    said, _ = resumed.communicate(timeout=180)
    return resumed.returncode, said


def agrees(home, whole):
    """Compare a resumed run with one that was not interrupted: events and weights, bit for bit."""
    run, other = run_of(home), run_of(whole)
    assert events(run) == events(other)
    for mine, theirs in zip(weights(run), weights(other), strict=True):
        assert mine.dtype == theirs.dtype and mine.tobytes() == theirs.tobytes()


def whole_run(lesson, home):
    process = started(home, *train(lesson))
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return home


@pytest.mark.parametrize("lesson", ["batch-normalization", "policy-gradient"])
def test_a_killed_run_is_resumed_to_the_same_end(lesson, tmp_path):
    whole = whole_run(lesson, tmp_path / "whole")
    count = len(events(run_of(whole)))
    code, said = kill_and_resume(lesson, tmp_path / "killed", count // 2)
    assert code == 0, said
    agrees(tmp_path / "killed", whole)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", RUNS)
def test_a_run_killed_at_any_of_ten_moments_is_resumed_to_the_same_end(lesson, tmp_path):
    whole = whole_run(lesson, tmp_path / "whole")
    count, chance = len(events(run_of(whole))), random.Random(lesson)
    for number in range(10):
        home = tmp_path / str(number)
        code, said = kill_and_resume(
            lesson, home, chance.randint(1, count - 1), chance.random() / 20
        )
        if code == 2 and "has ended" in said:  # it was faster
            continue
        assert code == 0, said
        agrees(home, whole)
