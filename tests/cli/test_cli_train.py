"""Tests of `train` with the real engine: event stream, record, exit codes, signals, terminal."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time

import pytest

import lessons.perceptron
from tests.making import changed
from tui_dl import catalog
from tui_dl.events import from_json
from tui_dl.runs.index import list_runs
from tui_dl.runs.reader import read

NOBODY = """
import pwd

def unknown(user):
    raise KeyError(user)

pwd.getpwuid = unknown
from tui_dl.cli import main; main()
"""
TIMES = ("time", "seconds")


def without_times(line):
    return {key: value for key, value in json.loads(line).items() if key not in TIMES}


def test_the_stream_of_a_run(say, home):
    said = say("train", "perceptron", "--json", "-e", "xor", "-p", "epochs=9", "--epochs", 3)
    assert said.code == 0
    started, *middle, finished = (from_json(line) for line in said.out.splitlines())
    assert started.kind == "started"
    assert (started.lesson, started.experiment, started.seed) == ("perceptron", "xor", 0)
    assert started.hyperparameters["gate"] == "xor"  # from the experiment
    assert started.hyperparameters["epochs"] == started.epochs == 3  # --epochs goes before -p
    assert (started.data.train, started.data.validation, started.steps) == (4, 0, 12)
    assert started.device
    assert started.compile in ("xla", "graph", "keras")
    assert {event.kind for event in middle} <= {"progress", "epoch", "note"}
    ends = [event for event in middle if event.kind == "epoch"]
    assert [event.epoch for event in ends] == [1, 2, 3]
    assert all({"loss", "accuracy"} <= set(event.metrics) for event in ends)
    steps = [event.step for event in middle if event.kind == "progress"]
    assert steps == sorted(set(steps))
    assert (finished.kind, finished.status, finished.steps) == ("finished", "completed", 12)
    assert finished.metrics["loss"] == ends[-1].metrics["loss"]
    assert finished.seconds > 0


def test_the_record_is_the_stream_and_the_model_is_kept(say):
    said = say("train", "perceptron", "--json", "--epochs", 2)
    run = read("last")
    told = [event for event in run.events if event.kind != "snapshot"]
    assert told == [from_json(line) for line in said.out.splitlines()]
    assert len(run.snapshots) > 0
    assert run.model is not None
    assert run.status == "completed"
    assert not (run.directory / "writer.json").exists()
    assert "completed" in run.log.read_text()


def test_the_same_seed_gives_the_same_stream_and_another_seed_another(say, toys):
    arguments = ("train", "toy", "--json")
    first, second, other = (
        [without_times(line) for line in say(*arguments, "--seed", seed).out.splitlines()]
        for seed in (5, 5, 6)
    )
    assert first == second
    assert [e["metrics"] for e in first[1:]] != [e["metrics"] for e in other[1:]]


def test_plain_lines_are_few_and_end_with_the_result(say):
    said = say("train", "perceptron", "--epochs", 300)
    first, *middle, last = said.out.splitlines()
    assert said.code == 0
    assert "300 epochs of 4 steps" in first
    assert middle[-1].startswith("epoch 300/300  loss")
    assert len(middle) <= 31
    assert last.startswith("perceptron completed: 300 epochs, 1200 steps")
    assert list_runs()[0].name in last


def test_quiet_is_the_final_line_alone(say):
    said = say("train", "perceptron", "--quiet", "--epochs", 2)
    assert said.out.count("\n") == 1
    assert said.out.startswith("perceptron completed")
    (finished,) = say("train", "perceptron", "--quiet", "--json", "--epochs", 2).objects
    assert finished["kind"] == "finished"


def test_divergence_is_3_and_keeps_its_record(say, toys):
    said = say("train", "toy", "--json", "-p", "scale=1e30")
    assert said.code == 3
    assert said.objects[-1]["status"] == "diverged"
    assert said.err.count("\n") == 1
    assert "Diverged" in said.err
    assert list_runs()[0].status == "diverged"


def test_unreadable_data_is_2_and_leaves_no_run(say, toys, home):
    said = say("train", "toy-unreadable", "--json")
    assert (said.code, said.out) == (2, "")
    assert said.err == "dlworkbench: toy.npz: is not an npz archive, or is damaged\n"
    assert not (home / "runs").exists()


def test_a_failing_lesson_is_1_in_one_line_with_the_log(say, toys, home):
    said = say("train", "toy-broken", "--quiet")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "the shapes do not fit" in said.err
    assert "Traceback" not in said.out + said.err
    log = home / "workbench.log"
    assert str(log) in said.err
    assert "Traceback" in log.read_text()


def test_an_unwritable_home_is_1_in_one_line(say, toys, home):
    home.write_text("a file where the folder should be")
    said = say("train", "toy", "--json")
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    assert str(home) in said.err


class Pipe:
    """A standard output whose reader leaves after some lines."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, lines):
        self.left = lines

    def write(self, text):
        self.left -= text.count("\n")
        if self.left < 0:
            raise BrokenPipeError(32, "Broken pipe")
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


def test_a_reader_that_goes_away_stops_the_run(capsys, monkeypatch):
    from tui_dl.cli.app import run

    monkeypatch.setattr(sys, "stdout", Pipe(2))
    assert run(["train", "perceptron", "--json", "--epochs", "5000"]) == 130
    assert capsys.readouterr().err == ""
    assert list_runs()[0].status == "stopped"
    assert list_runs()[0].steps < 20_000


def read_until(child, kind):
    """Read the lines of a child's output up to the first event of that kind."""
    lines = []
    for line in child.stdout:
        lines.append(line)
        if json.loads(line)["kind"] == kind:
            return lines
    raise AssertionError(f"no {kind} event; it said {child.stderr.read()}")


LONG = ("train", "perceptron", "--epochs", "5000", "--compile", "keras", "--json")  # 20 s
SLOW_TO_COMPILE = ("train", "binary-addition", "--compile", "xla", "--json")


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM]
)
def test_a_signal_stops_the_run_and_keeps_its_record(process, number):
    child = process(*LONG)
    before = read_until(child, "progress")
    child.send_signal(number)
    rest, errors = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert errors == ""
    told = [from_json(line) for line in [*before, *rest.splitlines()]]  # nothing else is printed
    assert (told[0].kind, told[-1].kind, told[-1].status) == ("started", "finished", "stopped")
    run = read("last")
    assert run.status == "stopped"
    assert run.model is not None
    assert run.steps == told[-1].steps > 0
    assert list((run.directory / "checkpoints").glob(f"*{run.steps}.npz"))  # `runs resume` goes on


def hang_up(child):
    """Send what a terminal sends that goes away, once the run has begun."""
    read_until(child, "progress")
    child.send_signal(signal.SIGHUP)


def test_a_run_goes_on_to_its_end_without_its_terminal(process):
    child = process(*LONG[:3], "600", *LONG[4:])
    hang_up(child)
    rest, errors = child.communicate(timeout=60)
    assert (child.returncode, errors) == (0, "")
    assert "finished" not in rest  # nothing is written to where the terminal was
    assert (read("last").status, read("last").steps) == ("completed", 2400)


@pytest.mark.slow
def test_a_hangup_stops_the_run_if_the_user_wants_that(process, home):
    home.mkdir()
    (home / "settings.toml").write_text('on_hangup = "stop"')
    child = process(*LONG)
    hang_up(child)
    child.communicate(timeout=60)
    assert child.returncode == 128 + signal.SIGHUP
    assert read("last").status == "stopped"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('on_hangup = "maybe"', 'on_hangup must be "go-on" or "stop", not \'maybe\''),
        ("on_hangups = 1", "there is no setting 'on_hangups' (did you mean on_hangup?)"),
        ("on_hangup", "is not valid TOML"),
        ("\x00", "is not valid TOML"),
    ],
)
def test_settings_that_cannot_be_used_are_named(say, home, text, why):
    home.mkdir()
    (home / "settings.toml").write_text(text)
    told = say("train", "perceptron", "--epochs", "1")
    assert told.code == 2 and why in told.err and "settings.toml" in told.err


@pytest.mark.slow
def test_a_second_interrupt_leaves_at_once(process):
    child = process(*SLOW_TO_COMPILE)
    read_until(child, "started")  # compiling: the first interrupt has to wait
    child.send_signal(signal.SIGINT)
    time.sleep(0.3)
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    assert child.returncode == 130
    assert list_runs()[0].status in ("interrupted", "stopped")


def test_a_killed_run_lists_and_shows_what_it_had(process, say):
    child = process(*LONG)
    before = read_until(child, "progress")
    assert list_runs()[0].status == "running"
    child.kill()
    rest = child.communicate(timeout=60)[0].splitlines()
    whole = [line for line in [*before, *rest] if line.endswith("}") or line.endswith("\n")]
    (shown,) = say("runs", "show", "last", "--json").objects
    assert (shown["status"], shown["finished"]) == ("interrupted", None)
    assert shown["steps"] >= json.loads(whole[-1])["step"] > 0
    assert say("runs", "list").out.count("interrupted") == 1


def test_a_lesson_in_a_folder_of_no_pack_trains_with_the_same_options(process, tmp_path):
    folder = shutil.copytree(lessons.perceptron.LESSON.folder, tmp_path / "mine")
    change = (folder / "model.py").read_text().replace("lessons.perceptron", "mine")
    (folder / "model.py").write_text(change)
    child = process("train", f"{folder}", "--json", "-p", "epochs=2")
    out, err = child.communicate(timeout=120)
    assert (child.returncode, err) == (0, "")
    kinds = [json.loads(line)["kind"] for line in out.splitlines()]
    assert (kinds[0], kinds[-1]) == ("started", "finished")
    assert kinds.count("epoch") == 2


def in_terminal(*arguments, columns=100, rows=40):
    """Return the screen of a terminal after a command, and the command's exit code."""
    pyte = pytest.importorskip("pyte")
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
    command = [sys.executable, "-m", "tui_dl", *arguments]
    size = {"COLUMNS": str(columns), "LINES": str(rows), "TERM": "xterm-256color"}
    ends = {"stdin": follower, "stdout": follower, "stderr": follower}
    child = subprocess.Popen(command, env=os.environ | size, **ends)
    os.close(follower)
    while True:
        try:
            told = os.read(leader, 65536)
        except OSError:  # the other end was closed
            break
        if not told:
            break
        stream.feed(told)
    os.close(leader)
    return child.wait(timeout=60), [line.rstrip() for line in screen.display], screen


def test_on_a_terminal_there_are_a_bar_a_chart_and_a_table():
    code, lines, screen = in_terminal("train", "perceptron", "-e", "xor", "--epochs", "40")
    text = "\n".join(lines)
    assert code == 0
    assert not screen.cursor.hidden
    bar = next(line for line in lines if "100%" in line)
    assert bar.startswith("epoch 40/40") and "steps/s" in bar
    assert any(line.split() == ["metric", "first", "lowest", "highest", "final"] for line in lines)
    assert any("└" in line for line in lines)
    assert sum("\u2800" <= character <= "\u28ff" for character in text) > 20
    assert "perceptron completed: 40 epochs" in text
    assert "What to notice" in text
    assert "Traceback" not in text


def test_a_disk_that_fills_up_ends_no_run_and_names_the_file(home):
    """A run completes if a limit of 60 kB keeps the record and its copies from being written."""
    command = [sys.executable, "-m", "tui_dl", "train", "perceptron", "--json", "--epochs", "30"]
    most = (60_000, 60_000)
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, most),
    )
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1 and "events.jsonl: File too large" in said.stderr
    finished = from_json(said.stdout.splitlines()[-1])
    assert (finished.status, finished.steps) == ("completed", 120)
    run = read("last")
    assert (run.status, run.steps, run.final) == ("completed", 120, finished.metrics)
    assert run.model is not None


def test_a_model_whose_folder_is_gone_is_kept_elsewhere_and_loads(say, toys, home, monkeypatch):
    def deleted(model, data, p):
        shutil.rmtree(home / "runs")
        return {}

    gone = changed(toys[0], id="gone", measure=deleted, experiments=())
    monkeypatch.setattr(catalog, "lessons", lambda: (gone,))
    said = say("train", "gone", "--quiet")
    assert said.code == 0
    assert said.err.count("\n") == 1 and "model.keras: No such file or directory" in said.err
    (model,) = (home / "rescued").glob("*/model.keras")
    assert str(model.parent) in said.err and stat.S_IMODE(model.stat().st_mode) == 0o600
    assert read("last").status == "completed"
    import keras

    assert keras.saving.load_model(model).count_params() == 3


def test_what_is_trained_is_its_owners_alone(say, toys, home):
    before = os.umask(0)
    try:
        assert say("train", "toy", "--quiet").code == 0
    finally:
        os.umask(before)
    made = [home, *home.rglob("*")]
    assert home / "runs" / list_runs()[0].name / "model.keras" in made
    for path in made:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_unknown_home_is_one_line(tmp_path):
    """Without HOME, and without an entry for the user's id, the error is one line."""
    environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "DLWORKBENCH_HOME")}
    for arguments in (["runs", "list"], ["lessons", "nosuch"], ["data", "list"]):
        said = subprocess.run(
            [sys.executable, "-c", NOBODY, *arguments],
            env=environment, capture_output=True, text=True, cwd=tmp_path,
        )  # fmt: skip
        assert said.returncode in (1, 2) and said.stdout == ""
        assert said.stderr.startswith("dlworkbench: ") and said.stderr.count("\n") == 1
        assert "the log" not in said.stderr
