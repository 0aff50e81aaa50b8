"""The terms that the theory pages introduce: one sentence each, and the lesson that explains it.

A pack keeps them in `glossary.toml` beside its lessons:

    [[term]]
    name = "learning rate"
    says = "The factor η by which an update multiplies the gradient."
    lesson = "linear-regression"
    synonyms = ["step size"]
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tui_dl import catalog
from tui_dl.errors import LessonError
from tui_dl.text import nearest

FILE = "glossary.toml"


@dataclass(frozen=True)
class Term:
    """A term of the field, what it means in one sentence, and the lesson that introduces it."""

    name: str
    says: str
    lesson: str
    synonyms: tuple[str, ...] = ()


@functools.cache
def terms() -> tuple[Term, ...]:
    """Return the terms of every pack, by name."""
    read = (catalog.or_none(str(pack / FILE), partial(_read, pack)) for pack in catalog.folders())
    found = [term for terms_of_pack in read for term in terms_of_pack or ()]
    return tuple(sorted(found, key=lambda term: term.name.casefold()))


def _read(pack: Path) -> list[Term]:
    file = pack / FILE
    if not file.is_file():
        return []
    entries = tomllib.loads(file.read_text(encoding="utf-8")).get("term", [])
    return [_term(**entry) for entry in entries]


def _term(name: str, says: str, lesson: str, synonyms: Sequence[str] = ()) -> Term:
    texts = (name, says, lesson, *synonyms)
    if isinstance(synonyms, str) or not all(isinstance(text, str) for text in texts):
        raise LessonError(f"{name!r}: name, says and lesson are texts, synonyms a list of texts")
    return Term(name, says, lesson, tuple(synonyms))


@functools.cache
def by_name() -> dict[str, Term]:
    """Return the terms by name and synonym, in small letters."""
    every = [(name, term) for term in terms() for name in (*term.synonyms, term.name)]
    return {name.casefold(): term for name, term in every}


def find(name: str) -> Term | None:
    """Return the term of that name or synonym, in the singular or the plural, or None."""
    wanted = " ".join(name.casefold().split())
    known = by_name()
    forms = (wanted, wanted.removesuffix("s"), wanted.removesuffix("es"), f"{wanted}s")
    return next((known[form] for form in forms if form in known), None)


def term(name: str) -> Term:
    """Return the term of that name or synonym; raise LessonError with the nearest name."""
    found = find(name)
    if found is None:
        hint = nearest(name.casefold(), list(by_name())) or "; `dlworkbench glossary` lists all"
        raise LessonError(f"unknown term {name!r}{hint}")
    return found
