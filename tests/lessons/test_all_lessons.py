"""Tests for every lesson: page, formulas, form, experiments, rows."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lessons
from tui_dl import catalog
from tui_dl.authoring.check import READ, TRIED, findings
from tui_dl.authoring.declaration import views

LESSONS = catalog.lessons()
EVERY = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)

# Every row of the curriculum.
LEDGER = tomllib.loads((Path(lessons.__file__).parent / "ledger.toml").read_text("utf-8"))
LIGHT = """
import sys
from tui_dl import catalog

for lesson in catalog.lessons():
    lesson.parameters.fields(), lesson.experiments, lesson.theory(), lesson.code
    lesson.explorer, lesson.needs_tensorflow
heavy = {"tensorflow", "keras", "sklearn", "gymnasium", "matplotlib", "textual", "numpy"}
print(sorted(heavy & set(sys.modules)))
"""


def test_the_lessons_are_those_of_the_ledger():
    assert {lesson.id for lesson in LESSONS} == {row["lesson"] for row in LEDGER.values()}
    assert len(LEDGER) == 103


@EVERY
def test_a_lesson_carries_its_rows_of_the_ledger_topics_taught_and_claims_measured(lesson):
    rows = {row: kept for row, kept in LEDGER.items() if kept["lesson"] == lesson.id}
    claims = {c.row: c for e in lesson.experiments for c in e.claims}
    assert set(lesson.teaches) == {row for row, kept in rows.items() if kept["kind"] == "topic"}
    assert set(claims) == {row for row, kept in rows.items() if kept["kind"] == "claim"}
    for row, claim in claims.items():
        assert rows[row]["published"] == claim.published


@EVERY
def test_an_error_of_a_source_is_taught_as_such(lesson):
    for row, kept in LEDGER.items():
        if kept["lesson"] == lesson.id and "error" in kept:
            told = lesson.theory() + " ".join(c.why for e in lesson.experiments for c in e.claims)
            assert re.search(r"article|source", told), row


def test_no_row_is_carried_twice():
    rows = [row for lesson in LESSONS for row in lesson.rows]
    assert sorted(set(rows)) == sorted(rows)


def test_no_lesson_loads_a_framework_before_it_runs():
    result = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stdout + result.stderr[-2000:]


@EVERY
def test_nothing_is_wrong_with_what_can_be_read(lesson):
    """The static checks find no fault in page, formulas, code, settings, experiments, relations."""
    assert list(findings(lesson, READ)) == []


@EVERY
def test_every_answer_has_a_test_of_its_figure(lesson):
    tests = Path(__file__).with_name(f"test_{lesson.folder.name}.py").read_text("utf-8")
    marked = set(re.findall(r'mark\.answer\("([a-z0-9-]+)"\)', tests))
    assert marked == {question.id for question in lesson.questions}


@EVERY
def test_sources_are_told_apart(lesson):
    """What the article claimed, what is measured here, and what the literature says."""
    sources = (lesson.folder / "theory.en.md").read_text("utf-8").split("## Sources")[-1]
    first, measured, literature = re.findall(r"^- \*\*([A-Za-z ]+)", sources, re.M)
    assert first in ("Study article", "Study articles")
    assert (measured, literature) == ("Measured here", "Literature")


@EVERY
def test_views_have_names_and_titles(lesson):
    assert list(views(lesson)) == []


@pytest.mark.slow
@EVERY
def test_an_epoch_is_trained_every_view_drawn_and_the_model_loads_in_a_new_process(lesson):
    if lesson.id != "cifar10-cnn":  # minutes per epoch
        assert list(findings(lesson, TRIED)) == []


def test_no_lesson_needs_itself_in_the_end():
    needs = {lesson.id: set(lesson.prerequisites) for lesson in LESSONS}
    while free := [name for name, wanted in needs.items() if not wanted & needs.keys()]:
        for name in free:
            del needs[name]
    assert needs == {}


def test_the_tracks_are_those_that_are_sorted():
    assert {lesson.track for lesson in LESSONS} == set(catalog.TRACKS)
