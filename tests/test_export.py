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
from tui_dl.errors import LessonError
from tui_dl.export import ExportRequest, notebook, script

TRAINED = [lesson.id for lesson in catalog.lessons() if not lesson.explorer]


def exported(name, **settings):
    lesson = catalog.lesson(name)
    return script(ExportRequest(lesson, lesson.parameters.of(settings)))


def ran(text, folder):
    """Return the final metrics that an exported file prints, run by Keras without our code."""
    (folder / ".keras").mkdir()
    settings = {"floatx": "float64", "image_data_format": "channels_first"}
    (folder / ".keras" / "keras.json").write_text(json.dumps(settings))
    hidden = "import sys\nsys.modules['tui_dl'] = sys.modules['lessons'] = None"
    (folder / "sitecustomize.py").write_text(hidden)
    (folder / "exported.py").write_text(text, encoding="utf-8")
    surroundings = {"KERAS_HOME": str(folder / ".keras"), "KERAS_BACKEND": "jax"}
    environment = os.environ | surroundings | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-W", "ignore", "exported.py"]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
    return ast.literal_eval(result.stdout.rstrip().rpartition("final ")[2])


def in_cells(text):
    """Return a program that runs a notebook's cells in order, as Jupyter does."""
    cells = [c["source"] for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    return f"space = {{'__name__': '__main__'}}\nfor cell in {cells!r}:\n    exec(cell, space)\n"


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
        pytest.param("iris", {}, marks=pytest.mark.slow),
        pytest.param(
            "batch-normalization",
            {"epochs": 1, "units": 16, "images": "digits"},
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_exported_lesson_ends_with_the_same_metrics_within_noise(name, settings, tmp_path):
    from tui_dl.engine.session import Session

    lesson = catalog.lesson(name)
    session = Session(lesson, lesson.parameters.of(settings), emit=lambda event: None, views=False)
    here = session.run().metrics
    choice = ExportRequest(lesson, lesson.parameters.of(settings))
    there = ran(script(choice) if name != "perceptron" else in_cells(notebook(choice)), tmp_path)
    assert set(here) <= set(there)
    assert abs(there["loss"] - here["loss"]) < 0.15 * max(0.5, here["loss"])


@pytest.mark.slow
def test_an_exported_file_tells_the_metrics_of_the_weights_it_keeps(tmp_path):
    text = exported("overfitting", keep="best", epochs=40, units=64, learning_rate=0.1)
    told = """
metrics |= {"losses": history.history["val_loss"], "floatx": keras.config.floatx()}
metrics |= {"format": keras.config.image_data_format()}
print("final", metrics)
"""
    metrics = ran(text + told, tmp_path)
    assert metrics["val_loss"] == min(metrics["losses"]) < metrics["losses"][-1]
    assert (metrics["floatx"], metrics["format"]) == ("float32", "channels_last")


@pytest.mark.slow
def test_an_algorithm_of_its_own_runs_alone(tmp_path):
    settings = {name: 2 for name in ("epochs",)}
    metrics = ran(exported("optimizers", **settings), tmp_path)
    assert metrics and all(isinstance(value, float) for value in metrics.values())


def test_a_notebook_holds_the_theory_and_the_script_s_code():
    lesson = catalog.lesson("perceptron")
    made = json.loads(notebook(ExportRequest(lesson, lesson.parameters(), seed=3)))
    cells = made["cells"]
    assert cells[0]["cell_type"] == "markdown" and cells[0]["source"] == lesson.theory()
    codes = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert "SEED = 3" in codes[-1] and "def model(" in codes[-2]
    for code in codes:
        ast.parse(code)


def test_a_notebook_is_of_the_format_it_names():
    """A notebook names format 4.5 and has exactly the keys that its schema requires."""
    lesson = catalog.lesson("overfitting")
    made = json.loads(notebook(ExportRequest(lesson, lesson.parameters())))
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert set(made) == {"nbformat", "nbformat_minor", "metadata", "cells"}
    assert {"name", "display_name"} <= set(made["metadata"]["kernelspec"])
    common = {"cell_type", "id", "metadata", "source"}
    for cell in made["cells"]:
        own = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == common | own
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]) and isinstance(cell["source"], str)
    ids = [cell["id"] for cell in made["cells"]]
    assert len(set(ids)) == len(ids)


def test_the_command_takes_settings_and_never_writes_over_a_file(tmp_path):
    target = tmp_path / "and.py"
    words = ["export", "perceptron", "-p", "gate=and", "--seed", "7", "-o", str(target)]
    runner = CliRunner()
    assert runner.invoke(app, words).exit_code == 0
    text = target.read_text()
    assert 'gate: str = "and"' in text and "SEED = 7" in text
    again = runner.invoke(app, words)
    assert isinstance(again.exception, LessonError) and "already exists" in str(again.exception)
    assert target.read_text() == text
