"""`runs resume`: a record that ends anywhere becomes that of the whole run."""

import json
import shutil

import numpy as np
import pytest

from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.resumption import resumption
from tui_dl.runs import owner
from tui_dl.runs.reader import read

TIMES = ("seconds", "time", "estimate")
RUN = ("train", "iris", "--epochs", 12, "-p", "batch_size=20", "--quiet")


def told(run):
    """Return the recorded events without their times."""
    return [without_times(line) for line in (run / "events.jsonl").read_text().splitlines()]


def without_times(line):
    return {name: v for name, v in json.loads(line).items() if name not in TIMES}


def weights(run):
    import keras

    model = keras.saving.load_model(run / "model.keras", compile=False)
    return [array.tobytes() for array in model.get_weights()]


def only_run(home):
    (run,) = (home / "runs").glob("[0-9]*")
    return run


@pytest.fixture
def whole(say, home):
    """A completed run, moved out of the home."""
    assert say(*RUN).code == 0
    run = only_run(home)
    return run.rename(home / "whole")


@pytest.fixture
def cut_off(whole, home):
    """Return a function that records the run up to a byte, as if its process had died there."""

    def run(size):
        copy = home / "runs" / "20260101-000000-iris-0000"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        (copy / "model.keras").unlink()
        file = copy / "events.jsonl"
        file.write_bytes(file.read_bytes()[:size])
        return copy

    return run


def ends(whole, several):
    """Return places to cut: within a line, and if `several`, at ends of lines, too."""
    data = (whole / "events.jsonl").read_bytes()
    first = data.index(b"\n") + 1
    chosen = np.random.default_rng(0).integers(first, len(data) - 1, 6)
    last = data.rstrip(b"\n").rindex(b"\n") + 1  # without the last event
    return [first, first + 1, *chosen.tolist(), last] if several else chosen[:1].tolist()


@pytest.mark.parametrize("several", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_record_that_ends_anywhere_becomes_whole(several, whole, cut_off, say):
    for size in ends(whole, several):
        run = cut_off(size)
        done = say("runs", "resume", "last", "--quiet")
        assert done.code == 0, done.err
        assert told(run) == told(whole)
        assert weights(run) == weights(whole)
        assert not (run / owner.FILE).exists()


def test_a_stopped_run_goes_on(whole, cut_off, say):
    data = (whole / "events.jsonl").read_bytes()
    run = cut_off(len(data) // 2)
    lines = (run / "events.jsonl").read_bytes().rpartition(b"\n")[0] + b"\n"
    stop = {"kind": "finished", "status": "stopped"}
    (run / "events.jsonl").write_bytes(lines + json.dumps(stop).encode() + b"\n")
    assert say("runs", "resume", run.name, "--quiet").code == 0
    assert told(run) == told(whole)


def test_the_time_of_training_goes_on(whole, cut_off, say):
    run = cut_off((whole / "events.jsonl").stat().st_size // 2)
    say("runs", "resume", "last", "--quiet")
    seconds = [
        line["seconds"]
        for line in map(json.loads, (run / "events.jsonl").read_text().splitlines())
        if line["kind"] in ("progress", "epoch", "finished")
    ]
    assert seconds == sorted(seconds)


@pytest.mark.slow
def test_a_live_value_is_set_again_where_it_was_set(home, say):
    """The rate is changed at the first step, and the record ends after that."""
    from tui_dl import catalog, measurements
    from tui_dl.engine.control import Control
    from tui_dl.engine.session import Session
    from tui_dl.runs.writer import RunWriter

    lesson, control = catalog.lesson("iris"), Control()
    control.plan([(30, {"learning_rate": 0.2})])
    with RunWriter("iris") as writer:
        Session(
            lesson, lesson.parameters.of({"epochs": 12, "batch_size": 20}), emit=writer,
            control=control, save_to=lambda: writer.directory,
            code=lambda: measurements.fingerprint(lesson),
        ).run()  # fmt: skip
    run = only_run(home)
    before = told(run), weights(run)
    assert any(event.get("changes") == {"learning_rate": 0.2} for event in before[0])
    file = run / "events.jsonl"
    for share in (0.9, 0.2):
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])
        (run / "model.keras").unlink()
        done = say("runs", "resume", "last", "--quiet")
        assert done.code == 0, done.err
        if share == 0.9:  # the change is still in the record
            assert (told(run), weights(run)) == before


def test_why_a_run_is_not_resumed_is_one_line(whole, cut_off, say, monkeypatch):
    finished = cut_off(10_000_000)
    assert "it has ended (completed)" in say("runs", "resume", "last").err

    run = cut_off((whole / "events.jsonl").stat().st_size // 2)
    lines = (run / "events.jsonl").read_bytes().splitlines(keepends=True)
    older = json.loads(lines[0])
    for code, why in (("", "of an earlier version"), ("abc", "has changed")):
        older["code"] = code
        (run / "events.jsonl").write_bytes(json.dumps(older).encode() + b"\n" + b"".join(lines[1:]))
        refused = say("runs", "resume", "last")
        assert refused.code == 2 and why in refused.err and refused.err.count("\n") == 1
    owner.claim(finished)
    refused = say("runs", "resume", "last")
    assert refused.code == 2 and "still running" in refused.err
    assert say("runs", "resume", "nothing").code == 2


def test_a_run_is_resumed_by_one_process_alone(whole, cut_off, say):
    from tui_dl.resumption import resumption
    from tui_dl.runs.writer import RunWriter

    cut_off((whole / "events.jsonl").stat().st_size // 2)
    found = resumption("last")
    first = found.writer(lambda event: None)
    owner.release(found.directory)  # between the question and the claim
    assert isinstance(first, RunWriter)
    refused = say("runs", "resume", "last")
    assert refused.code == 2 and "is being resumed already" in refused.err
    first.close()
    assert say("runs", "resume", "last", "--quiet").code == 0


def test_a_run_that_is_stopped_before_it_goes_on_keeps_its_record(cut_off, whole):
    data = (whole / "events.jsonl").read_bytes()
    run = cut_off(data.index(b"\n", len(data) // 2) + 1)
    before = told(run)
    found, control = resumption(run.name), Control()
    control.stop()
    with found.writer(print) as writer:
        session = Session(
            found.lesson, found.parameters, seed=found.started.seed, emit=writer, control=control,
            save_to=run, replay=found.replay(writer),
        )  # fmt: skip
        assert session.run().status == "stopped"
    assert told(run) == before
    assert read(run.name).status == "interrupted"
    assert resumption(run.name)
