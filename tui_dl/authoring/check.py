"""All checks of a lesson, one line per finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui_dl.authoring import declaration, page, trial
from tui_dl.errors import LessonError, in_one_line
from tui_dl.lesson import Lesson

Check = Callable[[Lesson], Iterator[str]]

READ: tuple[Check, ...] = (
    declaration.itself,
    declaration.light,
    declaration.settings,
    declaration.training_settings,
    declaration.experiments,
    page.parts,
    page.code,
    page.drawn,
    page.notation,
    page.drawings,
    page.questions,
    page.terms,
    page.links,
    page.language,
)
"""Checks without training or TensorFlow; all lessons together take seconds."""

TRIED: tuple[Check, ...] = (declaration.views, trial.run)
"""Checks that load TensorFlow."""


def findings(lesson: Lesson, checks: tuple[Check, ...] = READ + TRIED) -> Iterator[str]:
    """Yield the findings of each check, each once; an error that stops a check is a finding too."""
    told: set[str] = set()
    for check in checks:
        for finding in _found(check, lesson):
            if finding not in told:
                told.add(finding)
                yield finding


def _found(check: Check, lesson: Lesson) -> Iterator[str]:
    try:
        yield from check(lesson)
    except LessonError as error:
        yield str(error).removeprefix(f"{lesson.id}: ")
    except OSError as error:
        yield f"{error.filename}: {error.strerror}"
    except Exception as error:  # the lesson's own code runs here
        yield in_one_line(error)
