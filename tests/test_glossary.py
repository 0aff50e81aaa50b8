"""The glossary: its terms, its command, and that the pages introduce what it says."""

import pytest

from tui_dl import catalog, glossary
from tui_dl.errors import LessonError


def test_every_term_has_a_sentence_and_a_lesson():
    names = [name.casefold() for t in glossary.terms() for name in (t.name, *t.synonyms)]
    assert len(names) == len(set(names)) and len(glossary.terms()) >= 150
    for term in glossary.terms():
        assert term.says.endswith(".") and term.says[0].isupper(), term
        assert catalog.find(term.lesson), term


@pytest.mark.parametrize("name", ["learning rate", "Step  size", "learning rates", "SGD"])
def test_terms_are_found_by_synonym_and_in_the_plural(name):
    found = glossary.find(name)
    assert found and found.lesson == "linear-regression"


def test_an_unknown_term_names_the_nearest():
    assert glossary.find("quark") is None
    with pytest.raises(LessonError, match=r"did you mean gradient\?"):
        glossary.term("gradeint")


@pytest.mark.parametrize(
    "text",
    [
        "[[term]]\nname = 'a'\nmeans = 'odd'",
        "[[term]]\nname = 3\nsays = 'Odd.'\nlesson = 'iris'",
        "[[term]]\nname = 'a'\nsays = 'Odd.'\nlesson = 'iris'\nsynonyms = 'ab'",
        "term = 'odd'",
    ],
)
def test_a_broken_glossary_of_a_pack_leaves_the_others(text, tmp_path, monkeypatch, caplog):
    (tmp_path / "glossary.toml").write_text(text)
    (own,) = catalog.folders()
    monkeypatch.setattr(catalog, "folders", lambda: [tmp_path, own])
    glossary.terms.cache_clear()
    try:
        assert len(glossary.terms()) >= 150
    finally:
        glossary.terms.cache_clear()
    assert "glossary.toml could not be loaded" in caplog.text
