"""What holds for every lesson: the page, the formulas, the form, the experiments, the rows."""

import ast
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

import lessons
from tui_dl import catalog
from tui_dl.parameters import Kind
from tui_dl.theory.formula import draw, inline
from tui_dl.theory.page import parser

LESSONS = catalog.lessons()
EVERY = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)

# Every promise of the curriculum, by row.
LEDGER = tomllib.loads((Path(lessons.__file__).parent / "ledger.toml").read_text("utf-8"))
LIGHT = """
import pkgutil, sys
import lessons

for module in pkgutil.walk_packages(lessons.__path__, "lessons."):
    __import__(module.name)
from tui_dl import catalog
for lesson in catalog.lessons():
    lesson.parameters.fields(), lesson.theory(), lesson.code()
heavy = {"tensorflow", "keras", "sklearn", "gymnasium", "matplotlib", "textual"}
print(sorted(heavy & set(sys.modules)))
"""


def tokens(markdown):
    """Every token of a page, those in running text too."""
    for token in parser().parse(markdown):
        yield token
        yield from token.children or ()


def formulas(markdown):
    """Display formulas and those in running text, as they stand on the page."""
    display = [t.content.strip() for t in tokens(markdown) if t.type.startswith("math_block")]
    without_code = re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$", "", markdown, flags=re.S)
    return display, re.findall(r"\$([^$]+)\$", without_code)


def prose(markdown):
    """The page's words without code blocks and formulas."""
    return re.sub(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$", " ", markdown, flags=re.S)


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


# The theory page.


@EVERY
def test_the_page_has_a_fair_length(lesson):
    words = re.findall(r"[^\W\d_][\w’'-]*", prose(lesson.theory()))
    assert 400 <= len(words) <= 900


@EVERY
def test_the_page_has_one_title_a_formula_code_and_sources(lesson):
    page = lesson.theory()
    assert len(re.findall(r"^# ", re.sub(r"```.*?```", "", page, flags=re.S), re.M)) == 1
    assert page.startswith("# ")
    assert formulas(page)[0] and re.search(r"^```python$", page, re.M)
    assert re.search(r"^## Sources$\n+\S", page, re.M)
    assert lesson.sources


@EVERY
def test_code_on_the_page_is_the_lesson_s_own(lesson):
    """At least one block is; of the others, those that show something else share few lines."""
    files = lesson.folder.glob("*.py")
    own = {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}
    blocks = re.findall(r"^```python\n(.*?)^```", lesson.theory(), re.S | re.M)
    foreign = [[line for line in b.splitlines() if line.strip() not in own] for b in blocks]
    assert [] in foreign
    pairs = zip(blocks, foreign, strict=True)
    assert [lines for b, lines in pairs if 0 < len(lines) < len(b.splitlines()) / 2] == []
    for block in blocks:
        ast.parse(textwrap.dedent(block))


@EVERY
def test_every_display_formula_is_drawn(lesson):
    display, _ = formulas(lesson.theory())
    assert [latex for latex in display if draw(latex) is None] == []
    assert [latex for latex in display if draw(latex, 88) is None] == [], "wider than the page"


@EVERY
def test_every_formula_in_running_text_is_text(lesson):
    _, running = formulas(lesson.theory())
    assert running
    assert [latex for latex in running if "\\" in inline(latex) or "{" in inline(latex)] == []


@EVERY
def test_rows_are_multiplied_by_weights_and_not_weights_by_columns(lesson):
    """u = xW + b on every page: the other order needs the other shape of W."""
    other_order = re.compile(r"\b[WUV](_\w|_\{\w+\})? ?[xhzsc](?![a-z])")
    display, running = formulas(lesson.theory())
    assert [latex for latex in [*display, *running] if other_order.search(latex)] == []


@EVERY
def test_no_formula_is_left_as_markup(lesson):
    texts = [t.content for t in tokens(lesson.theory()) if t.type == "text"]
    assert [text for text in texts if re.search(r"\$|\\[A-Za-z]|\^\{|_\{", text)] == []


# The form.


@EVERY
def test_hyperparameters_explain_themselves(lesson):
    fields = lesson.parameters.fields()
    assert [f.name for f in fields if not re.fullmatch(r"\S.*\.", f.help)] == []
    assert [f.name for f in fields if len(f.label) > 16] == [], "wider than the form's labels"
    assert len({f.label for f in fields}) == len(fields)


@EVERY
def test_hyperparameters_have_bounds_and_a_default_within_them(lesson):
    for field in lesson.parameters.fields():
        if field.kind in (Kind.INTEGER, Kind.NUMBER):
            assert field.low is not None and field.high is not None, field.name
        assert field.parse(field.format(field.default)) == field.default
    assert lesson.parameters() == lesson.parameters.of({})


@EVERY
def test_hyperparameters_have_what_the_engine_reads(lesson):
    names = {field.name: field for field in lesson.parameters.fields()}
    assert "seed" not in names, "the form has a field of that name already"
    if lesson.explorer:
        assert lesson.views
        return
    assert names["epochs"].kind is Kind.INTEGER and names["epochs"].low >= 1
    if not lesson.train:
        assert names["batch_size"].kind is Kind.INTEGER and names["batch_size"].low >= 1
        assert names["learning_rate"].live


# Experiments, views, relations.


@EVERY
def test_experiments_can_be_set(lesson):
    assert lesson.experiments
    for experiment in lesson.experiments:
        lesson.parameters.of(experiment.settings)
        for claim in experiment.claims:
            assert "this" not in claim.arms
            for settings in claim.arms.values():
                lesson.parameters.of(settings)


@EVERY
def test_experiments_say_what_to_notice_and_what_was_published(lesson):
    assert len({e.name for e in lesson.experiments}) == len(lesson.experiments)
    for experiment in lesson.experiments:
        assert re.fullmatch(r"[a-z0-9.-]+", experiment.name)
        assert experiment.title and re.search(r"[.?!]$", experiment.notice), experiment.name
        for claim in experiment.claims:
            assert claim.text.endswith(".") and claim.published and claim.shows, claim.row


@EVERY
def test_views_have_names_that_widgets_can_have(lesson):
    names = [view.name for view in lesson.views]
    assert names and len(set(names)) == len(names)
    assert [n for n in names if not re.fullmatch(r"[A-Za-z_-][A-Za-z0-9_-]*", n)] == []
    assert all(view.title for view in lesson.views)


@EVERY
def test_a_lesson_points_to_lessons(lesson):
    known = {each.id for each in LESSONS}
    pointed = (*lesson.prerequisites, *lesson.read_next)
    assert set(pointed) <= known and lesson.id not in pointed


def test_no_lesson_needs_itself_in_the_end():
    needs = {lesson.id: set(lesson.prerequisites) for lesson in LESSONS}
    while free := [name for name, wanted in needs.items() if not wanted & needs.keys()]:
        for name in free:
            del needs[name]
    assert needs == {}


@EVERY
def test_a_lesson_is_named_after_its_folder(lesson):
    assert lesson.id == lesson.folder.name.replace("_", "-")
    assert lesson.title and lesson.summary.endswith(".") and len(lesson.summary) <= 100
    assert lesson.track in catalog.TRACKS
