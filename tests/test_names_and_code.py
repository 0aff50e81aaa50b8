"""Names of any text stay in the data folder, and files of any content run no code."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.text import Text

import tui_dl
from tui_dl import catalog, events, paths
from tui_dl.cli.app import run as run_command
from tui_dl.engine.checkpoint import Checkpoint, Checkpoints
from tui_dl.engine.replay import Count, Counter
from tui_dl.engine.saving import save
from tui_dl.errors import LessonError
from tui_dl.measurements import fingerprint
from tui_dl.runs import owner
from tui_dl.runs.index import find, survey
from tui_dl.runs.record import Record
from tui_dl.runs.writer import RunWriter
from tui_dl.tui import saved_pictures

EVIL = ["../../x", "/etc", "..", ".", "a/../../b", "x\0y", "x\ny", "~", "", "\udcff", "x" * 5000]
SLOW = [HealthCheck.function_scoped_fixture]
LESSON = """
from pathlib import Path
Path({canary!r}).touch()
LESSON = None
"""


def said(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command(list(arguments))
    return code, out.getvalue(), err.getvalue()


def started(lesson="perceptron", **changes):
    fields = {
        "lesson": lesson, "hyperparameters": {"gate": "or", "epochs": 1}, "seed": 0,
        "device": "CPU", "compile": "xla", "data": events.Data(name="t", train=4, validation=0),
        "epochs": 1, "steps": 4, "steps_per_epoch": 4, "time": 1.7e9,
    }  # fmt: skip
    return events.Started(**(fields | changes))


def unfinished(**changes):
    """Record a run without an end; return its directory."""
    with RunWriter("perceptron") as writer:
        writer(started(**changes))
        writer(events.Progress(step=2, epoch=1, metrics={"loss": 0.5}))
    return writer.directory


@pytest.fixture
def canary(tmp_path, monkeypatch):
    """A file that hostile code makes; and a package `hostile` in the folder above, which does."""
    file = tmp_path / "ran"
    (tmp_path / "hostile").mkdir()
    (tmp_path / "hostile" / "__init__.py").write_text(LESSON.format(canary=str(file)))
    (tmp_path / "work" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "deep")
    return file


def everything(folder):
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


# Names.


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(name=st.text(max_size=30) | st.sampled_from(EVIL) | st.from_regex(r"[./\\~2]{1,9}"))
def test_a_run_is_found_by_name_within_the_folder_of_runs_or_not_at_all(home, name):
    if not (home / "runs").exists():
        unfinished()
        (home.parent / "x").mkdir()
        (home.parent / "x" / "events.jsonl").write_text(events.to_json(started()) + "\n")
    try:
        found = find(name)
    except LessonError as error:
        assert "\n" not in str(error)
    else:
        assert found.parent == paths.runs() and found in paths.runs().iterdir()


@pytest.mark.parametrize("name", ["../../x", "/etc", "x\0y", "x\ny", ""])
def test_names_on_the_command_line_lead_nowhere(home, tmp_path, monkeypatch, name):
    unfinished()
    monkeypatch.chdir(tmp_path)
    before = everything(tmp_path)
    commands = (
        ("runs", "show", name), ("runs", "resume", name), ("runs", "compare", name, "last"),
        ("runs", "stop", name), ("watch", name), ("attach", name),
        ("runs", "picture", name, "-o", "out.svg"),
        ("runs", "picture", "last", "--view", name or "no", "-o", "out.svg"),
        ("train", "perceptron", "--experiment", name),
        ("theory", name), ("lessons", name or " "), ("export", name), ("data", "fetch", name),
    )  # fmt: skip
    for command in commands:
        code, out, err = said(*command)
        assert (code, err.count("\n")) == (2, 1) and not out, (command, out, err)
        assert "Traceback" not in err
    after = everything(tmp_path)
    after.pop(home / "workbench.log", None)
    assert after == before


def test_a_lesson_named_in_a_record_is_no_folder_to_run_code_from(canary):
    for lesson in ("../../hostile", str(canary.parent / "hostile")):
        run = unfinished(lesson=lesson, experiment="../../hostile")
        for command in (("runs", "resume"), ("runs", "show"), ("watch",), ("runs", "compare")):
            _, _, err = said(*command, run.name)
            assert "Traceback" not in err
        owner.claim(run)
        assert "unknown lesson" in said("attach", run.name)[2]
        with pytest.raises(LessonError, match="unknown lesson"):
            tui_dl.load_model(run.name)
        assert not canary.exists()
    with pytest.raises(LessonError):
        catalog.lesson("../../hostile")  # given by the user: this one runs
    assert canary.exists()


@pytest.mark.parametrize("name", [name for name in EVIL if name != "\udcff"])
def test_a_picture_is_saved_among_the_pictures_whatever_its_metric_is_called(home, name):
    drawing = (f"run-{name}", Text("x"), 20)
    (home / "pictures" / "run-..").mkdir(parents=True)
    files = saved_pictures.save([drawing, drawing], "svg", dark=True)
    assert len(set(files)) == 2
    assert all(file.is_file() and file.parent == paths.pictures() for file in files)


# Files and folders.


def test_a_huge_file_of_the_writer_is_not_read_whole(home):
    run = unfinished()
    with (run / "writer.json").open("wb") as file:
        file.write(b'{"pid": 1, "born": 0, "host": "../../x"}')
        file.truncate(1 << 40)
    assert not owner.lives(run)
    assert said("runs", "list")[0] == 0


@pytest.mark.parametrize("name", ["events.jsonl", "run.log"])
@pytest.mark.parametrize("kind", ["link", "pipe", "device"])
def test_a_run_is_not_written_through_a_link_a_pipe_or_a_device(home, tmp_path, name, kind):
    run = unfinished(code=fingerprint(catalog.lesson("perceptron")))
    mine = tmp_path / "mine"
    mine.write_bytes((run / name).read_bytes() + b"no newline")
    before = mine.read_bytes()
    (run / name).unlink()
    if kind == "pipe":
        os.mkfifo(run / name)
    else:
        (run / name).symlink_to(mine if kind == "link" else "/dev/zero")
    code, _, err = said("runs", "resume", run.name)
    assert (code, err.count("\n")) == (2, 1), err
    with pytest.raises(OSError):
        Record(run)
    assert mine.read_bytes() == before


def test_checkpoints_go_into_no_other_folder(home, tmp_path):
    run, mine = unfinished(), tmp_path / "mine"
    mine.mkdir()
    for number in range(30):
        (mine / f"{number:012d}.npz").write_bytes(b"mine")
    (run / "checkpoints").symlink_to(mine)
    keeper = Checkpoints(lambda: run, Counter())
    keeper.keep(Checkpoint(99, [], {}, {}, Count()))
    keeper.settle()
    assert "is a link" in keeper.trouble and len(list(mine.iterdir())) == 30


class Model:
    def save(self, file):
        file.write_text("model")


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_model_is_not_written_through_a_link_or_a_pipe(home, tmp_path, kind):
    run, mine = unfinished(), tmp_path / "mine"
    mine.write_text("mine")
    if kind == "link":
        (run / "part.keras").symlink_to(mine)
    else:
        os.mkfifo(run / "part.keras")
    trouble = save(Model(), run)
    assert "the model is kept in" in trouble and "\n" not in trouble
    assert mine.read_text() == "mine"


def test_a_link_to_another_file_shows_none_of_it(home, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("user:password\n" * 99)
    run = unfinished()
    (run / "events.jsonl").unlink()
    (run / "events.jsonl").symlink_to(secret)
    for command in (("list",), ("show", run.name), ("resume", run.name)):
        code, out, err = said("runs", *command)
        assert code in (0, 2) and "password" not in out + err
    assert survey().unreadable == [run.name]


# Models.


def packed(run, config, weights=b""):
    """Write a model.keras with this configuration."""
    with zipfile.ZipFile(run / "model.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights)


def layered(layer):
    return {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "config": {"name": "s", "layers": [layer]}, "build_config": {"input_shape": [None, 2]},
    }  # fmt: skip


def named(module, name, registered=None, **config):
    return {
        "module": module, "class_name": name, "registered_name": registered, "config": config,
    }  # fmt: skip


def test_a_hostile_model_runs_no_code(canary, monkeypatch):
    import keras

    monkeypatch.syspath_prepend(canary.parent)
    run, touch = unfinished(), f"touch {canary}"
    layer = keras.layers.Lambda(lambda x, file=str(canary): (os.mknod(file), x)[1])
    keras.Sequential([keras.Input((2,)), layer]).save(run / "model.keras")
    canary.unlink()  # the code ran while the model was built
    with pytest.raises(LessonError, match=r"cannot be loaded.*lambda"):
        tui_dl.load_model(run.name)
    assert not canary.exists()
    for config in (
        named("hostile", "Layer"), layered(named("hostile", "Layer")),
        named("os", "system", command=touch),
        layered(named("builtins", "exec", source=f"open({str(canary)!r}, 'w')")),
        layered(named("keras.utils", "get_file", origin=f"file://{canary}")),
        {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"},
        [], None, 3,
    ):  # fmt: skip
        packed(run, config)
        with pytest.raises(LessonError, match="cannot be loaded") as told:
            tui_dl.load_model(run.name)
        assert "\n" not in str(told.value)
    assert not canary.exists()
