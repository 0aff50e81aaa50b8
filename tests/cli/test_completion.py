"""Tests of completion by the shells' protocol: one candidate per line, at any width."""

from __future__ import annotations

import json
import re

import pytest

from tui_dl import catalog
from tui_dl.cli import app

LESSONS = {lesson.id for lesson in catalog.lessons()}
EXPORT = {"--param", "--experiment", "--run", "--seed", "--to", "--output", "--help"}


@pytest.fixture(params=["20", "80", "400"])
def completed(request, monkeypatch, capsys):
    """Return the completions that a shell gets for a line, as lines."""
    monkeypatch.setenv("COLUMNS", request.param)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")

    def ask(shell, line):
        monkeypatch.setenv("_DLWORKBENCH_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        with pytest.raises(SystemExit):
            app.run([])
        return capsys.readouterr().out.rstrip("\n").split("\n")

    return ask


@pytest.mark.parametrize(("line", "known"), [("train ", LESSONS), ("export iris --", EXPORT)])
def test_every_line_is_one_candidate(completed, line, known):
    line = f"dlworkbench {line}"
    assert set(completed("bash", line)) == known
    assert {each.partition("\t")[0] for each in completed("fish", line)} == known
    zsh = [re.fullmatch(r'(?:_arguments .*\()?"(.+?)":".+"(?:\)\)\')?', each) for each in
           completed("zsh", line)]  # fmt: skip
    assert {each[1] for each in zsh} == known


def test_help_keeps_its_brackets_and_loses_its_line_breaks(completed, monkeypatch):

    monkeypatch.setattr(
        "tui_dl.runs.index.list_runs", lambda: [_Run("20260101-a"), _Run("20260101\nb")]
    )
    lines = completed("fish", "dlworkbench runs show 2")
    assert lines == ["20260101-a\tiris [/] [0, 1], completed"]


def test_the_hyperparameters_of_a_run_are_completed(completed, home):
    started = {"kind": "started", "lesson": "iris", "hyperparameters": {}, "seed": 0}
    started |= {"device": "CPU", "compile": "xla", "epochs": 1, "steps": 1, "steps_per_epoch": 1}
    run = home / "runs" / "20260101-000000-iris-0000"
    run.mkdir(parents=True)
    data = {"name": "iris", "train": 120, "validation": 30}
    (run / "events.jsonl").write_text(json.dumps(started | {"data": data}) + "\n")
    for line in ("runs fork last --at 3 -p learn", "runs fork 2026 -p learn"):
        assert completed("bash", f"dlworkbench {line}") == ["learning_rate="]
    assert completed("bash", "dlworkbench runs fork none -p learn") == [""]


class _Run:
    lesson, status = "iris\n[/] [0,\x1b 1]", "completed"

    def __init__(self, name):
        self.name = name
