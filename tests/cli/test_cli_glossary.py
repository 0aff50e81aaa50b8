"""`glossary`, and `theory` with answers and symbols."""

import json


def test_a_term_is_explained(say):
    answer = say("glossary", "step size")
    assert answer.code == 0 and answer.out.startswith("learning rate (also: step size)\n")
    assert "dlworkbench theory linear-regression" in answer.out


def test_all_terms_are_listed_and_printed_as_json(say):
    listed = say("glossary").out.splitlines()
    assert len(listed) > 150 and any(line.startswith("teacher forcing") for line in listed)
    terms = [json.loads(line) for line in say("glossary", "--json").out.splitlines()]
    assert {"term", "meaning", "lesson", "synonyms"} == set(terms[0])


def test_an_unknown_term_is_one_line(say):
    answer = say("glossary", "gradeint")
    assert answer.code == 2 and "did you mean gradient?" in answer.err


def test_answers_come_on_request(say):
    page, answered = say("theory", "perceptron").out, say("theory", "perceptron", "--answers").out
    assert "Which of OR, AND and XOR" in page and "XOR (0.72)" not in page
    assert "XOR (0.72)" in answered


def test_the_table_of_symbols_is_a_page(say):
    assert "| η | the learning rate |" in say("theory", "symbols").out
