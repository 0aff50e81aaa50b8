"""`runs resume` after the disk has damaged a checkpoint: said in one line, and no step is lost."""

import errno
import json
import shutil

import pytest

from tui_dl.engine import checkpoint, fit_loop
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.events import Note, State
from tui_dl.resumption import resumption

TIMES = ("seconds", "time", "estimate")
RUN = ("train", "perceptron", "--epochs", 30, "--quiet")


def told(run):
    """Return the recorded events without their times."""
    lines = map(json.loads, (run / "events.jsonl").read_text().splitlines())
    return [{name: v for name, v in line.items() if name not in TIMES} for line in lines]


def cut(run, share):
    """Shorten the record, as if its process had died there."""
    file = run / "events.jsonl"
    data = file.read_bytes()
    file.write_bytes(data[: data.index(b"\n", int(len(data) * share)) + 1])
    (run / "model.keras").unlink(missing_ok=True)


def notes(events):
    return [event["text"] for event in events if event["kind"] == "note"]


@pytest.fixture
def often(monkeypatch):
    """Write a checkpoint after every chunk of a few steps, before the run goes on."""
    keep = checkpoint.Checkpoints.keep

    def at_once(self, state):
        keep(self, state)
        self._writing.result()

    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    monkeypatch.setattr(checkpoint.Checkpoints, "keep", at_once)
    monkeypatch.setattr(fit_loop, "CHUNK_SECONDS", 1e-9)


@pytest.fixture(scope="module")
def trained():
    """Copies of the trained run, at most one."""
    return []


@pytest.fixture
def whole(say, home, often, trained, tmp_path_factory):
    """A completed run with many checkpoints."""
    if not trained:
        assert say(*RUN).code == 0
        (run,) = (home / "runs").iterdir()
        assert len(checkpoint.written(run)) > 3
        trained.append(shutil.copytree(run, tmp_path_factory.mktemp("trained") / run.name))
        return run
    return shutil.copytree(trained[0], home / "runs" / trained[0].name)


def damage(run):
    """Truncate the latest checkpoint that the record reaches; return its name."""
    latest = max(line.get("step", 0) for line in told(run))
    file = next(f for f in checkpoint.written(run) if int(f.stem) <= latest)
    for later in checkpoint.written(run):
        if int(later.stem) > latest:
            later.unlink()
    file.write_bytes(file.read_bytes()[:100])
    return file.name


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_used(whole, say, home):
    before = told(whole)
    cut(whole, 0.7)
    name = damage(whole)
    done = say("runs", "resume", "last", "--quiet")
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert done.err.startswith(f"dlworkbench: damaged checkpoint {name}: the run goes on from step")
    after = told(whole)
    assert [event for event in after if event not in before] == [
        event for event in after if event["kind"] == "note" and name in event["text"]
    ]
    assert [event for event in after if event in before] == before

    cut(whole, 0.9)  # the note is in the record now, and comes no second time
    kept = notes(told(whole))
    again = say("runs", "resume", "last", "--quiet")
    assert again.code == 0
    assert [event for event in told(whole) if event in before] == before
    assert len(kept) == 1 and kept == notes(told(whole))[:1]


def test_without_a_sound_checkpoint_the_run_starts_over(whole, say):
    before = told(whole)
    cut(whole, 0.7)
    for file in checkpoint.written(whole):
        file.write_bytes(b"half")
    done = say("runs", "resume", "last", "--json")
    assert done.code == 0
    assert ": the run starts over" in done.err and done.err.count("\n") == 1
    assert [event for event in told(whole) if event["kind"] != "note"] == before
    said = [line["text"] for line in done.objects if line["kind"] == "note"]
    assert len(said) == 1 and said == notes(told(whole))


def test_no_step_is_lost_whenever_the_resumed_run_is_stopped(whole):
    cut(whole, 0.7)
    damage(whole)
    before = (whole / "events.jsonl").read_bytes()
    for moment in (State, Note):  # before it has caught up with the record, and after that
        found, control = resumption(whole.name), Control()
        with found.writer(print) as writer:

            def tell(event, moment=moment, control=control, writer=writer):
                writer(event)
                if isinstance(event, moment) and getattr(event, "state", "") != "preparing":
                    control.stop()

            Session(
                found.lesson, found.parameters, seed=found.started.seed, emit=tell,
                control=control, save_to=whole, replay=found.replay(writer),
            ).run()  # fmt: skip
        after = (whole / "events.jsonl").read_bytes()
        assert after.startswith(before)
        assert (after == before) == (moment is State)


def test_a_half_written_checkpoint_or_model_of_a_killed_process_does_no_harm(whole, say):
    before = told(whole)
    cut(whole, 0.7)
    folder = whole / checkpoint.FOLDER
    shutil.copy(checkpoint.written(whole)[0], folder / ".999")
    (folder / ".999").write_bytes((folder / ".999").read_bytes()[:50])
    (whole / "part.keras").write_bytes(b"PK half")
    done = say("runs", "resume", "last", "--quiet")
    assert (done.code, done.err, told(whole)) == (0, "", before)
    assert not (whole / "part.keras").exists()


def test_a_checkpoint_that_cannot_be_written_is_said_and_the_run_completes(
    say, home, often, monkeypatch
):
    def full(state):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checkpoint, "packed", full)
    done = say(*RUN)
    assert (done.code, done.err.count("\n")) == (0, 1)
    assert "No space left on device; no checkpoint was written after that" in done.err
    (run,) = (home / "runs").glob("[0-9]*")
    assert told(run)[-1]["status"] == "completed"
    assert "no checkpoint was written" in notes(told(run))[-1]
