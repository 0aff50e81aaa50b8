"""Tests of `lesson new`: the folder trains at once, also as a pack outside the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tui_dl.authoring.new import make
from tui_dl.errors import LessonError


def command(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "tui_dl", *arguments], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_a_new_lesson_trains_at_once(tmp_path):
    code, out, err = command(tmp_path, "lesson", "new", "my-gate")
    assert (code, err) == (0, "")
    assert out.startswith("made ./my_gate; next: dlworkbench train ./my_gate")
    code, out, err = command(tmp_path, "train", "./my_gate", "--quiet")
    assert (code, err) == (0, "")
    assert out.startswith("my-gate completed: 300 epochs") and "wrong 0" in out


@pytest.mark.slow
def test_a_check_prints_its_findings_alone(tmp_path):
    """The messages that TensorFlow prints when it is loaded are not among the findings."""
    views = make("my-gate", tmp_path) / "views.py"
    views.write_text(views.read_text().replace("import numpy", "import keras\nimport numpy", 1))
    code, out, err = command(tmp_path, "lesson", "check", "./my_gate")
    assert (code, err) == (1, "")
    assert out.splitlines()[-1] == "1 lesson: 1 finding"


def installed(folder, asked_for=False):
    """Let a folder look like one where the package `my_pack` is installed."""
    info = folder / "my_pack-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-pack\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[dlworkbench.lessons]\nmine = my_pack\n")
    if asked_for:
        (info / "REQUESTED").touch()


def test_a_lesson_in_a_pack_is_listed_once_the_pack_is_installed(tmp_path):
    pack = tmp_path / "my_pack"
    pack.mkdir()
    (pack / "__init__.py").touch()
    assert make("my-gate", pack) == pack / "my_gate"
    assert "from my_pack.my_gate.settings import MyGate" in (pack / "my_gate/model.py").read_text()
    installed(tmp_path)
    code, out, err = command(tmp_path, "lessons", "my-gate")
    assert code == 0 and "One sigmoid unit learns NAND" in out and "learning_rate" in out
    assert err.startswith("dlworkbench: first use of the lesson pack mine (my-pack 1, in ")
    assert "its lessons are code that runs with your rights" in err and err.count("\n") == 1
    assert command(tmp_path, "lessons", "my-gate") == (0, out, "")  # once is enough


def test_a_pack_that_the_user_asked_for_is_used_without_a_word(tmp_path):
    (tmp_path / "my_pack.py").touch()
    installed(tmp_path, asked_for=True)
    _, _, err = command(tmp_path, "lessons")
    assert "first use" not in err


def test_the_code_in_the_docs_is_that_of_a_new_lesson(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "writing-a-lesson.md").read_text("utf-8")
    files = re.search(r"new lesson's (.*?) are:", page)[1]
    folder = make("my-gate", tmp_path)
    texts = [(folder / name).read_text() for name in re.findall(r"`(\w+\.py)`", files)]
    assert re.findall(r"^```python\n(.*?)^```", page, re.S | re.M) == texts and texts


@pytest.mark.parametrize("name", ["3x", "a b", "A", "class", "", "-", "a.b"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(LessonError, match="is not a valid lesson name"):
        make(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    make("my-gate", tmp_path)
    (tmp_path / "my_gate" / "model.py").write_text("mine")
    with pytest.raises(LessonError, match="already exists"):
        make("my-gate", tmp_path)
    assert (tmp_path / "my_gate" / "model.py").read_text() == "mine"


def test_a_taken_name_and_an_absent_folder_are_refused(tmp_path):
    with pytest.raises(LessonError, match="lesson iris already exists"):
        make("iris", tmp_path)
    with pytest.raises(LessonError, match="there is no folder"):
        make("my-gate", tmp_path / "absent")
