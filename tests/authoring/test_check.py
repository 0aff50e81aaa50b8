"""Tests of `lesson check`: it finds each kind of fault in a lesson, and reports nothing else."""

import sys

import pytest

from tui_dl import catalog
from tui_dl.authoring.check import READ, TRIED, findings
from tui_dl.authoring.new import make

SHORT_PAGE = "theory: 110 words; write 400 to 900"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A new lesson, as `lesson new` creates it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield make("my-gate", tmp_path)
    forget()


def forget():
    for module in [m for m in sys.modules if m.split(".")[0] == "my_gate"]:
        del sys.modules[module]


def found(folder, checks=READ):
    forget()
    return list(findings(catalog.lesson(f"{folder}"), checks))


def change(folder, file, old, new):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def test_a_new_lesson_lacks_the_words_of_its_page_alone(folder):
    assert found(folder) == [SHORT_PAGE]


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        ("__init__.py", 'title="My gate"', 'title=""', "lesson: it has no title"),
        ("__init__.py", "built.", "built", "lesson: give a summary"),
        ("__init__.py", '("perceptron",)', '("perceptrn",)', "lesson: it refers to perceptrn"),
        ("__init__.py", '("perceptron",)', '("my-gate",)', "lesson: it refers to my-gate"),
        ("settings.py", "from tui_dl", "import numpy\nfrom tui_dl", "settings: it imports numpy"),
        ("settings.py", "step.", "step", "settings: initial_bias needs a sentence"),
        ("settings.py", ", ge=-10, le=10", "", "settings: initial_bias needs bounds"),
        ("settings.py", "300,", "9000,", "settings: the default is outside"),
        ("settings.py", "le=10", 'le=10, label="seventeen letters"', "settings: the label of"),
        ("settings.py", "le=10", 'le=10, label="epochs"', "settings: the label 'epochs' is used"),
        ("settings.py", "epochs:", "rounds:", "settings: a lesson that trains needs epochs"),
        ("settings.py", "batch_size:", "size:", "settings: a lesson that trains needs batch_size"),
        ("settings.py", "learning_rate:", "rate:", "settings: a lesson that the engine fits"),
        ("settings.py", "batch_size:", "seed:", "settings: every lesson already has a seed"),
        ("settings.py", "batch_size:", "device:", "settings: every lesson already has a device"),
        ("settings.py", "class MyGate", "1 / 0\nclass MyGate", "settings.py cannot be loaded"),
        ("experiments.py", '"slow"', '"fast"', "experiments: fast must be a unique name"),
        ("experiments.py", "move.", "move", "experiments: slow needs a title"),
        ("experiments.py", "learning_rate", "rate", "experiments: slow: unknown hyperparameter"),
        ("theory.en.md", "# My gate", "My gate", "theory: it needs one title"),
        ("theory.en.md", "$$", "```", "theory: it shows no display formula"),
        ("theory.en.md", "```python", "```text", "theory: it shows no code"),
        ("theory.en.md", "b = keras", "c = keras", "theory: no code block is from"),
        ("theory.en.md", "b = keras", "if = keras", "theory: its code is not valid Python"),
        ("theory.en.md", "$b$", "$\\unknown{b}$", "theory: this formula does not fit"),
        ("theory.en.md", "## Sources", "## Books", "theory: it names no sources"),
        ("theory.en.md", "```diagram", "```text", "theory: it has no drawing"),
        ("theory.en.md", "w₂ ────╱", f"w₂ {'─' * 70}╱", "theory: drawing: this line is wider"),
        ("theory.en.md", "## What to try", "## More", "theory: it has no section"),
        ("theory.en.md", "is the bias", "is by chance the bias", "theory: “by chance” reads"),
        ("theory.en.md", "the bias.", "the **momentum**.", "theory: momentum is introduced by"),
        ("theory.en.md", "the bias.", "the [bias](lesson:no).", "theory: there is no lesson 'no'"),
        ("answers.en.md", "-e slow", "-e slwo", "answers: slow: my-gate has no"),
        ("answers.en.md", "initial_bias=5", "initial_bias=50", "answers: start: "),
        ("answers.en.md", "300 epochs all four", "all", "answers: start: the answer gives no"),
        ("answers.en.md", "## start:", "## slow:", "answers: slow: the id is used"),
        ("theory.en.md", "u = x_1 w_1", "u = W x + x_1 w_1", "theory: samples are rows here"),
        ("theory.en.md", "{1 +", "{\\nonsense 1 +", "theory: this formula cannot be drawn"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(folder, file, old, new, finding):
    change(folder, file, old, new)
    assert [line for line in found(folder) if line.startswith(finding)] != []


@pytest.mark.parametrize("file", ["theory.en.md", "settings.py", "experiments.py"])
def test_an_absent_file_is_found(folder, file):
    (folder / file).unlink()
    lines = [line for line in found(folder) if line != SHORT_PAGE]
    assert any(file.split(".")[0] in line for line in lines)


def test_a_run_finds_what_fails_in_it_and_nothing_else(folder):
    assert found(folder, TRIED) == []
    change(folder, "views.py", '"kind": "bars"', '"kind": "bar"')
    change(folder, "views.py", 'return {"wrong"', '1 / 0\n    return {"wrong"')
    drawn, failed = sorted(found(folder, TRIED))[::-1]
    assert drawn == "views: outputs: No picture of kind 'bar' is known here."
    assert failed == "run: one epoch failed: ZeroDivisionError: division by zero"


def test_a_saved_model_whose_class_is_nowhere_is_found(folder):
    inside = "def made():\n    class Unit(keras.layers.Dense): ...\n    return Unit\n\n\n"
    change(folder, "model.py", "def model(", f"{inside}def model(")
    change(folder, "model.py", "keras.layers.Dense(1", "made()(1")
    (finding,) = found(folder, TRIED)
    assert finding.startswith("run: the saved model does not load in a new process")
