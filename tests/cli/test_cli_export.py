"""Tests of `export`: each option has its effect, and another process can read the output."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys

import pytest

from tui_dl import catalog, events
from tui_dl.cli.app import run
from tui_dl.cli.display import JsonLines
from tui_dl.cli.lessons import describe
from tui_dl.cli.output import as_json
from tui_dl.runs.writer import RunWriter


@pytest.fixture
def iris_run():
    """The name of a run of iris with five epochs and seed 3."""
    writer = RunWriter("iris")
    with writer:
        writer(
            events.Started(
                lesson="iris", hyperparameters={"epochs": 5, "learning_rate": 0.5}, seed=3,
                device="CPU", compile="xla", data=events.Data(name="iris", train=4, validation=0),
                epochs=5, steps=5, steps_per_epoch=1,
            )
        )  # fmt: skip
    return writer.name


def written(text):
    """Return the hyperparameters and the seed of an exported file."""
    values = dict(re.findall(r"^    (\w+): \w+ = (.*)$", text, re.M))
    return values | {"seed": re.search(r"^SEED = (\d+)$", text, re.M)[1]}


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        ("", {}),
        ("--seed 7", {"seed": "7"}),
        ("--seed 0", {"seed": "0"}),
        ("-p epochs=9 --seed 7", {"epochs": "9", "seed": "7"}),
    ],
)
def test_what_is_given_beside_a_run_goes_before_it(say, iris_run, options, changed):
    found = written(say("export", "iris", "--run", iris_run, *options.split()).out)
    expected = {"epochs": "5", "learning_rate": "0.5", "seed": "3"} | changed
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("export iris --run last -e smaller", "--run and -e"),
        ("train iris -p epochs=1 -p epochs=2", "epochs is given twice"),
        ("export iris -p epochs=1 -p epochs=2", "epochs is given twice"),
        ("train policy-gradient --compile xla", "--compile has no effect"),
        ("train tensors --compile graph", "--compile has no effect"),
        ("reproduce two-layer-network --compile keras", "--compile has no effect"),
    ],
)
def test_an_option_that_would_have_no_effect_is_refused(say, iris_run, words, says):
    said = say(*words.split())
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path):
    target = tmp_path / "iris.py"
    limited = f"ulimit -f 1; exec {sys.executable} -m tui_dl export iris -o {target}"
    done = subprocess.run(["sh", "-c", limited], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{target} cannot be written" in done.stderr
    assert not target.exists()


@pytest.fixture(params=["latin-1", "ascii"])
def bytes_of(request, monkeypatch):
    """Return the bytes that a command writes to a terminal that is not UTF-8."""

    def command(*words):
        stream = io.TextIOWrapper(io.BytesIO(), request.param)
        monkeypatch.setattr(sys, "stdout", stream)
        assert run(list(words)) == 0
        stream.flush()
        return stream.buffer.getvalue()

    return command


def test_a_file_is_utf_8_whatever_the_terminal_s_encoding(bytes_of):
    script = bytes_of("export", "overfitting")
    ast.parse(script)  # which would read the bytes as UTF-8
    page = catalog.lesson("overfitting").theory()
    assert "λ w²" in script.decode() and not page.isascii()
    assert bytes_of("theory", "overfitting", "--raw").decode() == page
    book = json.loads(bytes_of("export", "overfitting", "--to", "notebook").decode())
    assert book["cells"][0]["source"] == page


def test_json_is_escaped_where_the_terminal_is_not_utf_8(bytes_of):
    described = bytes_of("lessons", "--json").decode("ascii")
    everyday = [describe(each) for each in catalog.lessons()]
    assert [json.loads(line) for line in described.splitlines()] == json.loads(json.dumps(everyday))
    listed = bytes_of("data", "list", "--json").decode("ascii")
    assert any("×" in json.loads(line)["title"] for line in listed.splitlines())


def test_events_are_escaped_where_the_terminal_is_not_utf_8():
    out = io.TextIOWrapper(io.BytesIO(), "latin-1")
    JsonLines(out).show(events.Note(step=1, text="η set to 8×8"))
    assert json.loads(out.buffer.getvalue().decode("ascii"))["text"] == "η set to 8×8"


def test_a_name_that_is_no_text_is_json_all_the_same():
    assert json.loads(as_json("\udcff/ö\U0001f600")) == "\udcff/ö\U0001f600"
    as_json("\udcff").encode()


def test_an_exported_script_is_piped_as_utf_8(process):
    child = process("export", "overfitting", PYTHONIOENCODING="latin-1")
    command = [sys.executable, "-c", "import ast, sys; ast.parse(sys.stdin.buffer.read())"]
    subprocess.run(command, stdin=child.stdout, check=True)
