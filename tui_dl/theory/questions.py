"""The questions of a theory page and their answers, from `answers.en.md`.

    ## starts: Do seeds 0, 1 and 2 all learn OR in 30 epochs?

    `-e seed`, with seeds 0, 1 and 2

    Two of them do not. ...

The word before the colon is the question's id, which stays when the question is reworded. The
first paragraph says which experiment or settings show the answer; the rest is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SECTION = re.compile(r"^## What to try$\n+", re.M)
HEAD = re.compile(r"^## ([a-z0-9]+(?:-[a-z0-9]+)*): (.+)$", re.M)
HOW = "Predict, then run: `-e` names an experiment (key `e`), `-p` a field of the form (key `f`)."
CALL = "Press `a` for the next answer."


@dataclass(frozen=True)
class Question:
    """A question with a stable `id`, how to run what shows it, and its answer in Markdown."""

    id: str
    text: str
    run: str
    answer: str


def questions_of(text: str) -> tuple[Question, ...]:
    """Return the questions in the text of an `answers.en.md`."""
    _, *parts = HEAD.split(text)
    found = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return tuple(_question(name, asked, body) for name, asked, body in found)


def _question(name: str, asked: str, body: str) -> Question:
    run, _, answer = body.strip().partition("\n\n")
    return Question(name, asked.strip(), " ".join(run.split()), answer.strip())


def with_questions(page: str, questions: Sequence[Question], revealed: int) -> str:
    """Return a page whose section “What to try” asks the questions and answers the first ones."""
    if not questions:
        return page
    asked = "\n\n".join(_item(i, each, i < revealed) for i, each in enumerate(questions))
    call = f"{HOW} {CALL}" if revealed < len(questions) else HOW
    return SECTION.sub(lambda head: f"{head.group(0)}{call}\n\n{asked}\n\n", page, count=1)


def _item(index: int, question: Question, revealed: bool) -> str:
    shown = f"{index + 1}. **{question.text}**\\\n   {question.run}"
    if not revealed:
        return shown
    answer = "\n".join(f"   {line}".rstrip() for line in question.answer.splitlines())
    return f"{shown}\n\n{answer}"
