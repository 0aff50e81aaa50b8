"""Tests of messages about lessons and bad input: one line, an exit code, nothing written."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from tui_dl import __version__
from tui_dl.cli import app
from tui_dl.cli.output import as_json, short


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("train percepton", r"unknown lesson 'percepton' (did you mean perceptron?)"),
        ("train perceptron -p gtae=xor", "'gtae' (did you mean gate?)"),
        ("train perceptron -p epochs=0", "give a whole number from 1 to 5000"),
        ("train perceptron -p epochs=ten", "'ten' is not a whole number"),
        ("train perceptron -p gate=nor", "or, and, xor"),
        ("train perceptron -p epochs", "-p takes NAME=VALUE"),
        ("train perceptron -p =3", "-p takes NAME=VALUE"),
        ("train perceptron --epochs 999999", "1 to 5000"),
        ("train perceptron --epochs many", "--epochs"),
        ("train perceptron --experiment xr", "no experiment 'xr' (did you mean xor?)"),
        ("train perceptron --compile xl", "'auto', 'xla', 'graph', 'keras'"),
        ("train perceptron --seed -1", "--seed"),
        ("train perceptron --sed 1", "--seed"),
        ("train", "LESSON"),
        ("trian perceptron", "'train'"),
        ("theory percepton", "did you mean perceptron"),
        ("lessons percepton", "did you mean perceptron"),
        ("open percepton", "did you mean perceptron"),
        ("reproduce percepton", "did you mean perceptron"),
        ("reproduce --seeds 0", "--seeds"),
        ("runs show last", "no runs yet"),
        ("runs compare last last", "no runs yet"),
        ("runs list --lesson percepton", "did you mean perceptron"),
        ("data fetch mnits", "did you mean mnist"),
        ("data fetch iris", "embedded"),
        ("data fetch", "NAME"),
    ],
)
def test_bad_input_is_answered_by_one_line_and_nothing_written(say, home, arguments, says):
    said = say(*arguments.split())
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("dlworkbench: ")
    assert said.err.count("\n") == 1
    assert says in said.err
    assert not home.exists()


def test_without_a_terminal_the_workbench_names_the_commands(say, home):
    said = say()
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "dlworkbench lessons" in said.err
    assert "train" in said.err
    assert not home.exists()


def test_a_dumb_terminal_is_refused(say, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    said = say("open", "perceptron")
    assert said.code == 2
    assert "TERM=dumb" in said.err


def test_the_version(say):
    assert say("--version").out == f"dlworkbench {__version__}\n"


def test_lessons_are_listed_for_people_and_for_programs(say):
    for_people, for_programs = say("lessons"), say("lessons", "--json")
    ids = [each["id"] for each in for_programs.objects]
    assert "perceptron" in ids
    assert [line.split()[0] for line in for_people.out.splitlines()[1:]] == ids


def test_a_lesson_is_described_with_what_train_accepts(say):
    (lesson,) = say("lessons", "perceptron", "--json").objects
    fields = {field["name"]: field for field in lesson["hyperparameters"]}
    assert fields["gate"]["choices"] == ["or", "and", "xor"]
    assert (fields["epochs"]["low"], fields["epochs"]["high"]) == (1, 5000)
    assert fields["learning_rate"]["live"] is True
    assert "xor" in [experiment["name"] for experiment in lesson["experiments"]]
    text = say("lessons", "perceptron").out
    assert "learning_rate" in text
    assert "1 to 5000" in text
    assert "gate=xor" in text


def test_a_piped_theory_page_is_its_markdown(say, toys, monkeypatch):
    monkeypatch.setattr(type(toys[0]), "theory", lambda self, answers=0: "# Toy\n\n$$ y = w x $$\n")
    assert say("theory", "toy").out == "# Toy\n\n$$ y = w x $$\n"


def test_a_lesson_without_a_page_says_so(say, toys):
    said = say("theory", "toy")
    assert said.code == 2
    assert "no readable theory page" in said.err


def test_an_unexpected_failure_is_one_line_and_a_log(say, home, monkeypatch):
    def fail():
        raise ZeroDivisionError("a bug\nof ours")

    monkeypatch.setattr("tui_dl.catalog.lessons", fail)
    said = say("lessons")
    assert (said.code, said.out) == (1, "")
    log = home / "workbench.log"
    assert said.err == f"dlworkbench: a bug of ours; see the log: {log}\n"
    assert "Traceback" in log.read_text()
    assert "ZeroDivisionError" in log.read_text()


def test_an_unwritable_log_does_not_hide_the_failure(say, home, monkeypatch):
    home.write_text("a file where the folder should be")
    monkeypatch.setattr("tui_dl.catalog.lessons", lambda: 1 / 0)
    said = say("lessons")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "division by zero" in said.err


def test_ctrl_c_in_any_command_is_130(say, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_dl.catalog.lessons", interrupt)
    assert say("lessons").code == 130


class Closed(io.StringIO):
    """A pipe whose reader has left."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


def test_a_closed_pipe_is_quiet(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", Closed())
    assert app.run(["lessons"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("name", "value"), [("TERMINAL_WIDTH", "wide"), ("COLUMNS", "0")])
def test_help_is_shown_whatever_size_the_environment_names(process, name, value):
    out, err = process("--help", **{name: value}).communicate(timeout=60)
    assert err == ""
    assert "reproduce" in out


def test_output_in_ascii_never_raises(process):
    child = process("data", PYTHONIOENCODING="ascii", LC_ALL="C")
    out, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, "")
    assert "8x8" in out and out.isascii()


def test_nothing_heavy_is_loaded_for_help_and_lessons():
    code = (
        "import sys; from tui_dl.cli.app import run\n"
        "codes = [run([a]) for a in ('--help', 'lessons', 'runs', 'data')]\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'textual', 'gymnasium', 'plotext'}\n"
        "sys.exit(repr((codes, heavy & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "([0, 0, 0, 0], set())"


@pytest.mark.parametrize(
    ("words", "index", "expected"),
    [
        ("dlworkbench train percep", 2, {"perceptron"}),
        ("dlworkbench train perceptron -p g", 4, {"gate="}),
        ("dlworkbench train perceptron --experiment xo", 4, {"xor"}),
        ("dlworkbench runs show la", 3, {"last"}),
    ],
)
def test_the_shell_completes(words, index, expected, monkeypatch, capsys):
    monkeypatch.setenv("_DLWORKBENCH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(index))
    with pytest.raises(SystemExit):
        app.run([])
    assert set(capsys.readouterr().out.split()) == expected


def test_numbers_that_json_lacks_become_words():
    line = as_json({"a": [float("nan"), float("inf")], "b": (-float("inf"), 1.5)})
    assert json.loads(line) == {"a": ["NaN", "Infinity"], "b": ["-Infinity", 1.5]}


def test_short_values():
    assert [short(v) for v in (None, True, 3, 0.123456, "x")] == ["", "on", "3", "0.1235", "x"]
