"""The `glossary` command."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tui_dl import glossary as book
from tui_dl.cli import options
from tui_dl.cli.output import print_json, print_table


def complete_term(incomplete: str) -> options.Items:
    """Return the terms with what they mean."""
    return [(t.name, t.says) for t in book.terms() if t.name.startswith(incomplete)]


Name = Annotated[
    str | None,
    typer.Argument(
        metavar="TERM", autocompletion=complete_term, help="Show this term or synonym only."
    ),
]


def glossary(term: Name = None, json: options.Json = False) -> None:
    """List the terms of the theory pages, or explain one of them."""
    found = [book.term(term)] if term else book.terms()
    if json:
        for each in found:
            print_json(_plain(each))
    elif term:
        (one,) = found
        also = f" (also: {', '.join(one.synonyms)})" if one.synonyms else ""
        print(f"{one.name}{also}\n{one.says}\nIntroduced in: dlworkbench theory {one.lesson}")
    else:
        rows = [(each.name, each.lesson, each.says) for each in found]
        print_table(("term", "lesson", "meaning"), rows)


def _plain(term: book.Term) -> dict[str, Any]:
    return {
        "term": term.name,
        "meaning": term.says,
        "lesson": term.lesson,
        "synonyms": term.synonyms,
    }
