"""`runs fork`: a new run goes on from the state of another one, with other values."""

import json
import shutil

import pytest

from tui_dl import catalog, measurements
from tui_dl.engine import checkpoint
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.runs import owner
from tui_dl.runs.writer import RunWriter

TIMES = ("seconds", "time", "estimate")
IRIS = {"epochs": 6, "batch_size": 20}  # 36 steps
DIGITS = {"epochs": 2, "images": "digits", "units": 16, "batch_size": 64, "hidden_layers": 2}
DIGITS |= {"dropout": 0.2}  # 46 steps
POLICY = {"epochs": 2, "steps_per_epoch": 5, "environments": 4}


def trained(lesson, settings, changes=()):
    """Train, with live values that are set at these steps; return the run's directory."""
    chosen, control = catalog.lesson(lesson), Control()
    control.plan(changes)
    with RunWriter(lesson) as writer:
        Session(
            chosen, chosen.parameters.of(settings), emit=writer, control=control,
            save_to=lambda: writer.directory, code=lambda: measurements.fingerprint(chosen),
        ).run()  # fmt: skip
    return writer.directory


@pytest.fixture
def forked(say, home):
    """Return a function that forks a run and returns the directory of the fork."""

    def fork(run, step, *options):
        before = set((home / "runs").iterdir())
        done = say("runs", "fork", run.name, "--at", step, "--quiet", *options)
        assert done.code == 0, done.err
        (made,) = set((home / "runs").iterdir()) - before
        return made

    return fork


def events(run, after=-1):
    """Return the events after a step, without times and the first one."""
    lines = map(json.loads, (run / "events.jsonl").read_text().splitlines())
    kept = [line for line in lines if line["kind"] != "started" and line.get("step", 1e9) > after]
    return [{name: v for name, v in line.items() if name not in TIMES} for line in kept]


def first(run):
    return json.loads((run / "events.jsonl").read_text().partition("\n")[0])


def notes(run):
    return [event["text"] for event in events(run) if event["kind"] == "note"]


def weights(run):
    import keras

    model = keras.saving.load_model(run / "model.keras", compile=False)
    return [array.tobytes() for array in model.get_weights()]


def goes_on_alike(fork, parent, step):
    """True if a fork has the events of its parent after a step, no others, and its weights."""
    own = [e for e in events(fork) if e["kind"] != "snapshot" or e["step"] != step]
    assert own == events(parent, step)
    assert all(event.get("step", step) >= step for event in events(fork))
    return weights(fork) == weights(parent)


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        pytest.param(30, True, id="within an epoch, with checkpoints"),
        pytest.param(23, False, id="at its end, without", marks=pytest.mark.slow),
    ],
)
def test_a_fork_without_changes_computes_what_its_parent_did(step, kept, forked, monkeypatch):
    monkeypatch.setattr(checkpoint, "INTERVAL", 0 if kept else 1e9)
    parent = trained("batch-normalization", DIGITS)
    assert (parent / "checkpoints").exists() == kept
    fork = forked(parent, step)
    assert goes_on_alike(fork, parent, step)
    assert first(fork)["parent"] == {"run": parent.name, "step": step}
    assert goes_on_alike(forked(fork, 40), fork, 40)  # a fork of a fork


@pytest.mark.parametrize(
    ("lesson", "settings", "step"),
    [
        ("policy-gradient", POLICY, 4),
        pytest.param(
            "overfitting",
            {"epochs": 12, "early_stopping": "true", "keep": "best"},
            21,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_so_does_one_that_is_computed_from_its_first_step(lesson, settings, step, forked):
    parent = trained(lesson, settings)
    fork = forked(parent, step)
    own = [e for e in events(fork) if e["kind"] != "snapshot" or e["step"] != step]
    assert own == events(parent, step) and len(own) > 2


@pytest.mark.slow
def test_a_learning_rate_acts_from_the_step_on_and_the_parents_live_values_stay(forked):
    plain = trained("iris", IRIS)
    changed = trained("iris", IRIS, [(20, {"learning_rate": 0.2})])
    fork = forked(plain, 20, "-p", "learning_rate=0.2")
    assert goes_on_alike(fork, changed, 20) and weights(fork) != weights(plain)
    later = forked(changed, 27)
    assert goes_on_alike(later, changed, 27)
    assert first(later)["hyperparameters"]["learning_rate"] == 0.2


def test_an_own_loop_sets_live_values_at_the_step(forked, say):
    plain = trained("policy-gradient", POLICY)
    changed = trained("policy-gradient", POLICY, [(4, {"temperature": 2.0})])
    fork = forked(plain, 4, "-p", "temperature=2")
    assert goes_on_alike(fork, changed, 4) and weights(fork) != weights(plain)
    assert goes_on_alike(forked(fork, 7), changed, 7)
    refused = say("runs", "fork", plain.name, "--at", 4, "-p", "units=3")
    assert refused.code == 2 and "temperature" in refused.err and refused.err.count("\n") == 1


@pytest.mark.slow
def test_what_fits_is_kept_and_what_does_not_starts_again(forked):
    parent = trained("batch-normalization", DIGITS | {"dropout": 0.0})
    (note,) = notes(forked(parent, 30, "-p", "optimizer=sgd", "-p", "learning_rate=0.05"))
    assert note.startswith("The optimizer starts again")
    dropped = forked(parent, 30, "-p", "dropout=0.3")
    assert not notes(dropped) and weights(dropped) != weights(parent)


@pytest.mark.slow
def test_other_batches_start_at_the_epoch_and_epochs_may_be_more_or_fewer(forked):
    parent = trained("iris", IRIS)
    smaller = forked(parent, 20, "-p", "batch_size=10")
    assert "Epoch 4 starts" in notes(smaller)[0]
    told = events(smaller)
    assert (told[0]["step"], told[-1]["steps"], told[-1]["epochs"]) == (36, 72, 6)
    more, fewer = (forked(parent, 20, "-p", f"epochs={epochs}") for epochs in (8, 4))
    ends = [[e["step"] for e in events(run) if e["kind"] == "epoch"] for run in (more, fewer)]
    assert ends == [[24, 30, 36, 42, 48], [24]]
    losses = [[e["metrics"] for e in events(run) if e["kind"] == "epoch"] for run in (more, parent)]
    assert losses[0][:3] == losses[1][3:]


@pytest.mark.slow
def test_callbacks_start_where_other_values_do(forked):
    parent = trained("overfitting", {"epochs": 12})
    fork = forked(parent, 21, "-p", "l2=0.01")
    assert "callbacks" in notes(fork)[1] and events(fork)[0]["step"] == 20
    assert [e["epoch"] for e in events(fork) if e["kind"] == "epoch"] == list(range(6, 13))


def test_why_a_run_is_not_forked_is_one_line_and_nothing_is_written(say, home):
    run = trained("iris", IRIS)
    lines = {
        ("--at", "0"): "1 to 36", ("--at", "-1"): "1 to 36", ("--at", "37"): "1 to 36",
        ("--at", "36"): "epochs=7", ("--at", "20", "-p", "epochs=3"): "epochs=4",
        ("--at", "9", "-p", "units=3"): "shapes", ("--at", "9", "-p", "unit=3"): "units",
        ("--at", "9", "-p", "learning_rate=99"): "1e-5 to 10", ("--at", "9", "-p", "x"): "NAME",
    }  # fmt: skip
    for options, word in lines.items():
        refused = say("runs", "fork", run.name, *options)
        assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
        assert word in refused.err
    record = (run / "events.jsonl").read_text()
    for code, why in (("", "of an earlier version"), ("abc", "has changed")):
        older = json.dumps(first(run) | {"code": code})
        (run / "events.jsonl").write_text(older + "\n" + record.partition("\n")[2])
        refused = say("runs", "fork", "last", "--at", 9)
        assert refused.code == 2 and why in refused.err and refused.err.count("\n") == 1
    assert list((home / "runs").iterdir()) == [run]
    assert say("train", "tensors", "--quiet").code == 0
    assert "tensors does not train" in say("runs", "fork", "last", "--at", 1).err


def cut_off(run, size):
    """Shorten the record of a run as if its process had died there."""
    file = run / "events.jsonl"
    file.write_bytes(file.read_bytes()[:size])
    (run / "model.keras").unlink(missing_ok=True)
    owner.release(run)


@pytest.mark.parametrize(
    ("lesson", "settings", "step", "value"),
    [
        pytest.param("iris", IRIS, 20, "learning_rate=0.2", marks=pytest.mark.slow),
        pytest.param("iris", IRIS, 20, "batch_size=10", marks=pytest.mark.slow),
        ("policy-gradient", POLICY, 4, "temperature=2"),
    ],
)
def test_a_killed_fork_is_resumed(lesson, settings, step, value, forked, say, home):
    parent = trained(lesson, settings)
    fork = forked(parent, step, "-p", value)
    whole = events(fork), weights(fork)
    data = (fork / "events.jsonl").read_bytes()
    lines = data.splitlines(keepends=True)
    begun = len(lines[0] + lines[1])  # a note about the batches, if there is one
    for size in (len(data) * 3 // 4, len(lines[0])):
        cut_off(fork, size)
        done = say("runs", "resume", fork.name, "--quiet")
        assert done.code == 0, done.err
        assert (events(fork), weights(fork)) == whole
    parent.rename(home / "gone")
    cut_off(fork, begun)
    done = say("runs", "resume", fork.name, "--quiet")
    assert done.code == (0 if lesson == "iris" else 2)  # from its own first checkpoint
    cut_off(fork, begun)
    shutil.rmtree(fork / "checkpoints", ignore_errors=True)
    refused = say("runs", "resume", fork.name, "--quiet")
    assert refused.code == 2 and refused.err.count("\n") == 1
    assert f"its parent {parent.name} is gone" in refused.err


@pytest.mark.slow
def test_a_fork_is_shown_with_the_curve_of_its_parent(forked, look):
    parent = trained("iris", IRIS)
    forked(parent, 20, "-p", "learning_rate=0.1")
    lines, code = look("runs", "show", "last", columns=100)
    assert code == 0
    assert any(
        line.split() == ["forked", "from", parent.name, "at", "step", "20"] for line in lines
    )
    assert any("· parent" in line for line in lines)
    shutil.rmtree(parent)
    lines, code = look("runs", "show", "last", columns=100)
    assert code == 0 and not any("· parent" in line for line in lines)


def test_the_json_of_a_fork_begins_at_its_step(say):
    parent = trained("iris", IRIS)
    done = say("runs", "fork", parent.name, "--at", 20, "--json")
    kinds = [event["kind"] for event in done.objects]
    assert (done.code, kinds[0], kinds[-1]) == (0, "started", "finished")
    assert done.objects[0]["parent"] == {"run": parent.name, "step": 20}
    assert done.objects[1]["step"] == 21
