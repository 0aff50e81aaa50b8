"""Tests of a saved model in another process: it loads, and gives the same answers."""

import subprocess
import sys

import numpy as np
import pytest

import tui_dl
from tests.making import changed
from tui_dl import catalog
from tui_dl.engine.session import Session
from tui_dl.errors import LessonError
from tui_dl.runs.writer import RunWriter

ANSWER = """
import numpy as np
import tui_dl
model = tui_dl.load_model()
print(repr(float(np.sum(model.encoder(np.ones((1, 8, 8), "float32"))))))
"""


def test_a_model_of_a_class_of_its_lesson_loads_and_answers_in_a_new_process():
    kept = []
    lesson = changed(catalog.lesson("vae"), measure=lambda model, data, p: kept.append(model) or {})
    parameters = lesson.parameters.of({"epochs": 1, "units": 8})
    with RunWriter("vae") as writer:
        Session(
            lesson, parameters, compile="graph", emit=writer, views=False,
            save_to=lambda: writer.directory,
        ).run()  # fmt: skip
    answer = float(np.sum(kept[0].encoder(np.ones((1, 8, 8), "float32"))))
    there = subprocess.check_output([sys.executable, "-c", ANSWER], text=True)
    assert float(there) == pytest.approx(answer, rel=1e-6)


def test_what_cannot_be_loaded_is_told_in_one_line(home):
    lesson = catalog.lesson("perceptron")
    with RunWriter("perceptron") as writer:
        Session(lesson, lesson.parameters.of({"epochs": 1}), emit=writer, views=False).run()
    with pytest.raises(LessonError, match="there is no model in"):
        tui_dl.load_model()
    (writer.directory / "model.keras").write_text("no archive")
    with pytest.raises(LessonError, match=r"model\.keras cannot be loaded: ") as told:
        tui_dl.load_model()
    assert "\n" not in str(told.value)
    with pytest.raises(LessonError, match="unknown run"):
        tui_dl.load_model("20200101")
