"""Questions and answers, drawings, the search, and phrases that read as translated."""

from io import StringIO

import pytest
from rich.console import Console

from tui_dl import catalog
from tui_dl.authoring.language import translated
from tui_dl.theory import diagram
from tui_dl.theory.page import Page
from tui_dl.theory.questions import CALL, HOW, questions_of, with_questions
from tui_dl.theory.search import hits

ANSWERS = """\
## starts: Do all seeds learn OR?

`-e seed`,
seeds 0 and 1

None does.

Because 30 epochs are few.

## more-steps: Do more epochs help?

`-p epochs=300`

Yes: 0.08.
"""
PAGE = "# Page\n\nText.\n\n## What to try\n\nWatch it.\n\n## Sources\n\nA book.\n"


def shown(markdown, width=72, **options):
    out = StringIO()
    Console(file=out, width=width).print(Page(markdown, **options))
    return out.getvalue()


def test_questions_have_an_id_a_way_to_run_and_an_answer():
    first, second = questions_of(ANSWERS)
    assert (first.id, first.text) == ("starts", "Do all seeds learn OR?")
    assert first.run == "`-e seed`, seeds 0 and 1"
    assert first.answer == "None does.\n\nBecause 30 epochs are few."
    assert second.id == "more-steps" and second.answer == "Yes: 0.08."
    assert questions_of("no questions here") == ()


def test_answers_are_revealed_one_at_a_time():
    asked = questions_of(ANSWERS)
    pages = [with_questions(PAGE, asked, n) for n in range(3)]
    for n, page in enumerate(pages):
        assert "Do all seeds learn OR?" in page and "Do more epochs help?" in page
        assert ("None does." in page, "Yes: 0.08." in page) == (n > 0, n > 1)
        assert (CALL in page) == (n < 2) and HOW in page
        assert page.index("Do more") < page.index("Watch it.") < page.index("## Sources")
    assert with_questions(PAGE, (), 0) == PAGE


def test_a_question_its_settings_and_its_answer_are_set_apart():
    page = with_questions(PAGE, questions_of(ANSWERS), 2)
    rows = [row.strip() for row in shown(page).splitlines()]
    start = rows.index("1 Do all seeds learn OR?")
    assert rows[start : start + 9] == [
        "1 Do all seeds learn OR?",
        "-e seed, seeds 0 and 1",
        "",
        "None does.",
        "",
        "Because 30 epochs are few.",
        "",
        "2 Do more epochs help?",
        "-p epochs=300",
    ]


def test_a_drawing_keeps_its_columns_and_has_an_ascii_form():
    drawing = "xᵗ ──▶ ( Σ ) ──▶ ŷ\n        ╲ δ₁"
    page = f"```diagram\n{drawing}\n```\n"
    lines = [line.rstrip() for line in shown(page).splitlines() if line.strip()]
    left = len(lines[0]) - len(lines[0].lstrip())
    assert [line[left:] for line in lines] == drawing.splitlines()
    plain = shown(page, characters=False)
    assert "xt --> ( S ) --> y" in plain and plain.isascii()
    assert not list(diagram.faults(drawing))


def test_what_spoils_a_drawing_is_named():
    assert "wider than 71" in next(diagram.faults("─" * 72))
    assert "no ASCII form: 漢" in next(diagram.faults("漢"))


def test_words_are_found_with_their_heading():
    pages = {
        "one": "# A\n\nThe **gate** of $x$.\n\n## B\n\n```\n# gate\n```\n",
        "two": "# C\n\nno\n",
    }
    found = list(hits("GATE", pages))
    assert [(h.page, h.heading, h.text) for h in found] == [
        ("one", "a", "The gate of x."),
        ("one", "b", "gate"),
    ]
    assert list(hits("  ", pages)) == []
    (long,) = hits("needle", {"p": f"{'word ' * 50}needle {'word ' * 50}"})
    assert len(long.text) < 150 and long.text.startswith("… ") and "needle" in long.text


@pytest.mark.parametrize(
    "text",
    [
        "It picks an arm by chance.",
        "Who knows one number can guess the other.",
        "The first weights are small.",
        "How good that is, the regret tells.",
        "Whoever reads this is lost.",
    ],
)
def test_translated_phrases_are_found(text):
    assert len(list(translated(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "It picks an arm at random.",
        "`by chance` is code, and *Learning by heart* (1999) is a title.",
        "Who wrote this page?",
        "Regret measures how good that is.",
    ],
)
def test_plain_sentences_pass(text):
    assert not list(translated(text))


def test_terms_in_bold_become_links_where_they_are_known():
    page = Page("A **gate** and a **door**.", known={"gate": "gate"}.get)
    console = Console(file=StringIO(), width=60)
    links = {s.text: s.style.link for s in console.render(page) if s.style and s.style.link}
    assert links == {"gate": "term:gate"}


def test_every_lesson_of_the_track_comes_after_its_prerequisites():
    places = {lesson.id: i for i, lesson in enumerate(catalog.lessons())}
    tracks = {lesson.id: lesson.track for lesson in catalog.lessons()}
    for lesson in catalog.lessons():
        for name in lesson.prerequisites:
            assert places[name] < places[lesson.id], f"{lesson.id} comes before {name}"
        for name in lesson.read_next:
            if tracks[name] == lesson.track:
                assert places[name] > places[lesson.id], f"{name} comes before {lesson.id}"
