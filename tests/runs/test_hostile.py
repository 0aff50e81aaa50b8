"""Event files may hold anything: no value, line or file stops a reader or a command."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_dl import files, paths
from tui_dl.cli.app import run
from tui_dl.errors import LessonError
from tui_dl.events import to_json
from tui_dl.runs import thinned
from tui_dl.runs.index import find, list_runs, survey
from tui_dl.runs.reader import read

NAME = "20260101-000000-perceptron-aaaa"
PROGRESS = b'{"kind":"progress","step":%d,"epoch":1,"metrics":{"loss":%f},"seconds":1.0}\n'


def put(content, name=NAME):
    directory = paths.runs() / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "events.jsonl").write_bytes(content)
    return directory


def begin(started, **changes):
    """Return the first line, with values that a Started of ours could not hold."""
    return json.dumps(json.loads(to_json(started())) | changes).encode() + b"\n"


def said(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    return code, out.getvalue(), err.getvalue()


def controls(text):
    """Return the characters that a terminal could take for a command, except our line ends."""
    unsafe = {character for character in text if unicodedata.category(character) in ("Cc", "Cs")}
    return (unsafe - {"\n"}) | (set(text) & set("\u061c\u200e\u200f\u202a\u202d\u202e\u2066\u2069"))


@pytest.mark.parametrize("time", [math.nan, math.inf, 1e300, -5.0, 10**400])
def test_a_time_that_is_none_costs_neither_the_run_nor_its_place_among_others(started, time):
    put(begin(started, time=time), "20260301-000000-perceptron-aaaa")
    put(begin(started, time=1.7e9), "20260101-000000-perceptron-bbbb")
    assert [run.name[-4:] for run in list_runs()] == ["bbbb", "aaaa"]
    assert said("runs", "list")[0] == 0
    code, out, _ = said("runs", "show", "20260301")
    assert code == 0 and "gate=xor" in out


def test_the_last_run_is_the_one_that_began_last_whatever_it_is_called(started):
    put(begin(started, time=1.7e9), "zzz, the good one")
    put(begin(started, time=1.71e9), "20250101-000000-perceptron-aaaa")
    assert find("last").name == "20250101-000000-perceptron-aaaa"
    assert [run.name for run in list_runs()][-1] == "zzz, the good one"


def test_a_time_of_the_future_does_not_stay_the_last_for_ever(started):
    put(begin(started, time=8e9), "20250101-000000-perceptron-aaaa")
    put(begin(started, time=1.7e9), "20240101-000000-perceptron-bbbb")
    assert find("last").name.endswith("bbbb")


def test_a_step_past_all_bounds_costs_its_own_line(started):
    huge = PROGRESS.replace(b"%d", b"1" + b"0" * 400) % 1.0
    put(begin(started) + huge + PROGRESS % (7, 0.5))
    assert (read(NAME).steps, list_runs()[0].steps) == (7, 7)


def test_numbers_and_texts_of_settings_are_bounded(started):
    settings = {"gate": "[/]" + "x" * 10**6, "n": 10**400, "deep": json.loads("[" * 90 + "]" * 90)}
    put(begin(started, hyperparameters=settings))
    kept = read(NAME).started.hyperparameters
    assert len(kept["gate"]) < 10_000 and kept["n"] == math.inf
    code, out, _ = said("runs", "show", NAME)
    assert code == 0 and "[/]xxx" in out


def test_a_thousand_metrics_are_not_all_kept(started):
    many = {f"m{number}": 1.0 for number in range(10_000)}
    line = {"kind": "progress", "step": 1, "epoch": 1, "metrics": many}
    put(begin(started) + json.dumps(line).encode() + b"\n")
    assert len(read(NAME).metrics) == len(list_runs()[0].metrics) == 100


def test_a_line_without_end_is_passed_over_and_not_kept(started, monkeypatch):
    monkeypatch.setattr(files, "LINE", 1 << 12)
    put(begin(started) + b"x" * 10_000 + b"\n" + PROGRESS % (3, 0.5) + b"y" * 100_000)
    assert read(NAME).steps == list_runs()[0].steps == 3


def test_a_long_file_is_thinned_and_keeps_both_ends(started, monkeypatch):
    monkeypatch.setattr(thinned, "LINES", 100)
    many = b"".join(PROGRESS % (step, 1 / step) for step in range(1, 5001))
    put(begin(started) + many + b'{"kind":"finished","status":"completed","steps":5000}\n')
    run = read(NAME)
    steps = [event.step for event in run.progress]
    assert 50 <= len(steps) <= 101 and steps == sorted(steps)
    assert (steps[0], steps[-1], run.status, run.told) == (1, 5000, "completed", 5002)
    assert "of 5,002 are shown" in said("runs", "show", NAME)[1]


def test_pictures_are_not_read_where_they_are_not_shown(started):
    picture = b'{"kind":"snapshot","view":"w","step":1,"payload":{}}\n'
    put(begin(started) + picture * 5 + PROGRESS % (1, 0.5))
    run = read(NAME, pictures=False)
    assert (len(run.snapshots), len(run.progress), run.told) == (0, 1, 7)


@pytest.mark.parametrize("name", ["events.jsonl", "writer.json"])
def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(started, name):
    directory = put(begin(started))
    (directory / name).unlink(missing_ok=True)
    os.mkfifo(directory / name)
    assert len(survey().unreadable) == (name == "events.jsonl")


def test_damaged_runs_are_counted_and_named_and_do_not_disturb_the_others(started):
    put(begin(started), "20260101-000000-perceptron-good")
    put(begin(started)[:40], "cut")
    put(PROGRESS % (1, 0.5), "headless")
    put(b"\xff\x00\xfe" * 99, "foreign\x1b[31m")
    (put(b"", "looped") / "events.jsonl").unlink()
    (paths.runs() / "looped" / "events.jsonl").symlink_to("events.jsonl")
    code, out, err = said("runs", "list")
    assert (code, out.count("\n")) == (0, 2)
    assert err == "dlworkbench: 4 unreadable: cut, foreign\ufffd[31m, headless, looped\n"
    assert said("runs", "show", "last")[0] == 0
    assert said("runs", "show", "looped")[0] == said("runs", "show", "cut")[0] == 2


def test_where_no_run_can_be_read_that_is_what_is_said(started):
    put(b"{", "cut")
    with pytest.raises(LessonError, match="no run can be read; 1 unreadable: cut"):
        find("last")
    assert said("runs", "list") == (0, "", "dlworkbench: 1 unreadable: cut\n")


EVIL = "a\x1b]0;title\x07b\x9b31mc\u202ed\re"


def test_no_control_character_reaches_the_terminal(started):
    data = {"name": EVIL, "train": 1, "validation": 0}
    layer = {"name": EVIL, "type": EVIL, "output": EVIL, "parameters": 1}
    texts = {"experiment": EVIL, "device": EVIL, "compile": EVIL, "data": data, "layers": [layer]}
    first = begin(started, lesson=EVIL, hyperparameters={EVIL: EVIL}, **texts)
    note = json.dumps({"kind": "note", "step": 1, "text": EVIL}).encode() + b"\n"
    metrics = {"loss": 1.0, EVIL: 2.0}
    end = {"kind": "finished", "status": "failed", "metrics": metrics, "message": EVIL}
    names = ["one" + EVIL.replace("/", ""), "two\x1b[2J"]
    for name in names:
        put(first + note + json.dumps(end).encode() + b"\n", name)
    commands = [("list",), ("show", names[0]), ("show", "\x1b[2J"), ("compare", *names)]
    for command in commands:
        for json_too in ([], ["--json"]):
            code, out, err = said("runs", *command, *json_too)
            assert code in (0, 2) and not controls(out + err)
    assert json.loads(said("runs", "show", names[1], "--json")[1])["run"] == names[1]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    | st.sampled_from([10**400, -(2**63), 1e308, "[/]", "\x1b[2J", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner,
    max_size=3), max_leaves=5,
)  # fmt: skip
FIELDS = [
    "lesson", "hyperparameters", "experiment", "seed", "device", "compile", "data", "epochs",
    "steps", "steps_per_epoch", "layers", "estimate", "time", "step", "epoch", "metrics",
    "seconds", "view", "payload", "text", "status", "message",
]  # fmt: skip
KINDS = ["started", "progress", "epoch", "snapshot", "note", "finished", "state", "dream"]
WHOLE = {
    "lesson": "perceptron", "hyperparameters": {}, "seed": 0, "device": "CPU", "compile": "xla",
    "data": {"name": "d", "train": 1, "validation": 0}, "epochs": 1, "steps": 1, "time": 1.7e9,
    "steps_per_epoch": 1, "step": 1, "epoch": 1, "metrics": {"loss": 1.0}, "text": "",
    "status": "completed", "view": "w", "payload": {},
}  # fmt: skip


@st.composite
def shaped(draw):
    """Return a line of an event's shape, with some of its fields replaced by anything."""
    odd = draw(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=2))
    return json.dumps({"kind": draw(st.sampled_from(KINDS))} | WHOLE | odd).encode()


LINES = st.lists(shaped() | st.binary(max_size=30), max_size=6)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW)
@given(lines=LINES, sound=st.booleans())
def test_whatever_a_file_holds_the_commands_answer(started, lines, sound):
    put(b"\n".join([begin(started).strip(), *lines] if sound else lines))
    for command in (("list",), ("list", "--json"), ("show", NAME), ("show", "last", "--json")):
        code, out, err = said("runs", *command)
        assert code in (0, 2) and not controls(out + err)
        if "--json" in command:
            assert all(isinstance(json.loads(line), dict) for line in out.splitlines())
    assert len(list_runs()) + len(survey().unreadable) == 1
