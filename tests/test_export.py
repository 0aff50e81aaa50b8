"""Exported lessons: they compile, hold nothing of ours, and train to the same end."""

import ast
import json
import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tui_dl import catalog
from tui_dl.cli.app import app
from tui_dl.export import Choice, notebook, script
from tui_dl.lesson import LessonError

TRAINED = [lesson.id for lesson in catalog.lessons() if not lesson.explorer]


def exported(name, **settings):
    lesson = catalog.lesson(name)
    return script(Choice(lesson, lesson.parameters.of(settings)))


def ran(text, folder):
    """The final metrics that a stand-alone file prints, run away from the workbench's code."""
    file = folder / "exported.py"
    file.write_text(text)
    command = [sys.executable, "-W", "ignore", str(file)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": ""}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
    return ast.literal_eval(result.stdout.rstrip().rpartition("final ")[2])


@pytest.mark.parametrize("name", TRAINED)
def test_every_lesson_that_trains_exports_to_valid_python(name):
    text = exported(name)
    compile(text, name, "exec")
    assert not re.search(r"^\s*(from|import) (tui_dl|lessons)\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", TRAINED)
def test_every_name_of_an_exported_file_is_defined(name, tmp_path):
    file = tmp_path / "exported.py"
    file.write_text(exported(name))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", str(file)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("perceptron", {"gate": "and", "epochs": 20}),
        ("iris", {}),
        ("batch-normalization", {"epochs": 1, "units": 16, "images": "digits"}),
    ],
)
def test_an_exported_lesson_ends_with_the_same_metrics_within_noise(name, settings, tmp_path):
    from tui_dl.engine.session import Session

    lesson = catalog.lesson(name)
    session = Session(lesson, lesson.parameters.of(settings), emit=lambda event: None, views=False)
    here = session.run().metrics
    there = ran(exported(name, **settings), tmp_path)
    assert set(here) <= set(there)
    assert abs(there["loss"] - here["loss"]) < 0.15 * max(0.5, here["loss"])


def test_an_algorithm_of_its_own_runs_alone(tmp_path):
    settings = {name: 2 for name in ("epochs",)}
    metrics = ran(exported("optimizers", **settings), tmp_path)
    assert metrics and all(isinstance(value, float) for value in metrics.values())


def test_a_notebook_holds_the_theory_and_the_script_s_code():
    lesson = catalog.lesson("perceptron")
    made = json.loads(notebook(Choice(lesson, lesson.parameters(), seed=3)))
    cells = made["cells"]
    assert cells[0]["cell_type"] == "markdown" and cells[0]["source"] == lesson.theory()
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    assert "SEED = 3" in code and "def model(" in code
    compile(code, "notebook", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_the_command_takes_settings_and_never_writes_over_a_file(tmp_path):
    target = tmp_path / "and.py"
    words = ["export", "perceptron", "-p", "gate=and", "--seed", "7", "-o", str(target)]
    runner = CliRunner()
    assert runner.invoke(app, words).exit_code == 0
    text = target.read_text()
    assert 'gate: str = "and"' in text and "SEED = 7" in text
    again = runner.invoke(app, words)
    assert isinstance(again.exception, LessonError) and "exists already" in str(again.exception)
    assert target.read_text() == text
