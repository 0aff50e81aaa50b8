"""Checks of a theory page: its parts, its code, its formulas."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token

from tui_dl import catalog, glossary
from tui_dl.authoring.language import translated
from tui_dl.errors import LessonError, ParameterError
from tui_dl.lesson import Lesson
from tui_dl.theory import diagram
from tui_dl.theory.formula import draw, inline
from tui_dl.theory.page import DIAGRAM, LESSON, parser
from tui_dl.theory.questions import CALL, HOW, SECTION

WORDS = range(400, 901)
WIDTH = 88  # columns of the page
WORD = re.compile(r"[^\W\d_][\w’'-]*")
NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|\$[^$]*\$", re.S)
NOT_RUNNING = re.compile(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$", re.S)
BLOCK = re.compile(r"^```python\n(.*?)^```", re.S | re.M)
MARKUP = re.compile(r"\$|\\[A-Za-z]|\^\{|_\{")
COLUMNS = re.compile(r"\b[WUV](_\w|_\{\w+\})? ?[xhzsc](?![a-z])")


def parts(lesson: Lesson) -> Iterator[str]:
    """Check for one title in the first line, a formula, code, sources and 400 to 900 words."""
    page = lesson.theory()
    titles = re.findall(r"^# ", re.sub(r"```.*?```", "", page, flags=re.S), re.M)
    if len(titles) != 1 or not page.startswith("# "):
        yield "theory: it needs one title, `# …`, in its first line"
    if not formulas(page)[0]:
        yield "theory: it shows no display formula, `$$ … $$`"
    if not BLOCK.search(page):
        yield "theory: it shows no code block fenced as python"
    if not (re.search(r"^## Sources$\n+\S", page, re.M) and lesson.sources):
        yield "theory: it names no sources: fill in `## Sources` and the lesson's `sources`"
    own = page.replace(HOW, "").replace(CALL, "")
    words = len(WORD.findall(NOT_PROSE.sub(" ", own)))
    if words not in WORDS:
        yield f"theory: {words} words; write {WORDS[0]} to {WORDS[-1]}"


def code(lesson: Lesson) -> Iterator[str]:
    """Check that a block is the lesson's own code, and that no block is an outdated copy of it."""
    files = lesson.folder.glob("*.py")
    own = {line.strip() for file in files for line in file.read_text("utf-8").splitlines()}
    blocks = BLOCK.findall(lesson.theory())
    foreign = [[line for line in b.splitlines() if line.strip() not in own] for b in blocks]
    if blocks and [] not in foreign:
        yield "theory: no code block is from the lesson"
    for block, lines in zip(blocks, foreign, strict=True):
        if 0 < len(lines) < len(block.splitlines()) / 2:
            yield f"theory: its code differs from the lesson's in `{lines[0].strip()}`"
        try:
            ast.parse(textwrap.dedent(block))
        except SyntaxError as error:
            yield f"theory: its code is not valid Python: {error.msg}"


def drawn(lesson: Lesson) -> Iterator[str]:
    """Check that display formulas can be drawn and inline formulas can be written as text."""
    display, running = formulas(lesson.theory())
    for latex in display:
        if draw(latex) is None:
            yield f"theory: this formula cannot be drawn: {latex}"
        elif draw(latex, WIDTH) is None:
            yield f"theory: this formula is wider than {WIDTH} columns: {latex}"
    for latex in running:
        if "\\" in inline(latex) or "{" in inline(latex):
            yield f"theory: this formula does not fit on a line of text: {latex}"
    for token in tokens(lesson.theory()):
        if token.type == "text" and MARKUP.search(token.content):
            yield f"theory: this formula is left as markup: {token.content}"


def notation(lesson: Lesson) -> Iterator[str]:
    """Check that rows are multiplied by weights, u = xW + b; Wx needs the other shape of W."""
    display, running = formulas(lesson.theory())
    for latex in (*display, *running):
        if COLUMNS.search(latex):
            yield f"theory: samples are rows here, so write xW instead of Wx: {latex}"


def drawings(lesson: Lesson) -> Iterator[str]:
    """Check that there is a drawing in characters, which fits and has an ASCII form."""
    blocks = [t.content for t in tokens(lesson.theory()) if t.info.strip() == DIAGRAM]
    if not blocks:
        yield "theory: it has no drawing: add a block fenced as diagram"
    for block in blocks:
        yield from (f"theory: drawing: {fault}" for fault in diagram.faults(block))


def questions(lesson: Lesson) -> Iterator[str]:
    """Check that there are questions, each with settings that show the answer, and a figure."""
    if not SECTION.search(lesson.theory()):
        yield "theory: it has no section `## What to try`, where the questions of answers.en.md go"
    if len(lesson.questions) < 2:
        yield "answers: ask two questions or more in answers.en.md, each as `## id: Question?`"
    names = [each.id for each in lesson.questions]
    for each in lesson.questions:
        where = f"answers: {each.id}"
        if names.count(each.id) > 1:
            yield f"{where}: the id is used twice"
        if not re.search(r"\d", each.answer):
            yield f"{where}: the answer gives no figure"
        yield from (f"{where}: {fault}" for fault in _run_faults(lesson, each.run))


def _run_faults(lesson: Lesson, run: str) -> Iterator[str]:
    """Check what is in backquotes: experiments, settings, names of views and fields."""
    codes = re.findall(r"`([^`]+)`", run)
    if not codes:
        yield "say which experiment (`-e NAME`) or setting (`-p NAME=VALUE`) shows the answer"
    for code in codes:
        options = dict(zip(code.split()[::2], code.split()[1::2], strict=False))
        try:
            if name := options.get("-e"):
                lesson.experiment(name)
            if "-p" in options:
                pairs = [word.partition("=") for word in code.split() if "=" in word]
                fields = {field.name: field for field in lesson.parameters.fields()}
                lesson.parameters.of({n: fields[n].parse(v) for n, _, v in pairs})
        except (LessonError, ParameterError) as error:
            yield str(error)
        except KeyError as error:
            yield f"there is no hyperparameter {error}"


def terms(lesson: Lesson) -> Iterator[str]:
    """Check that a term in bold is introduced here; elsewhere it is a link to its lesson."""
    inline = [t.children or [] for t in parser().parse(lesson.theory()) if t.type == "inline"]
    bold = {
        text.content
        for children in inline
        for start, text in pairwise(children)
        if start.type == "strong_open" and text.type == "text"
    }
    known = {name: term for name in bold if (term := glossary.find(name))}
    for name, term in sorted(known.items()):
        if term.lesson != lesson.id:
            yield f"theory: {name} is introduced by {term.lesson}: link to it instead of bold"
    for term in glossary.terms():
        if term.lesson == lesson.id and term not in known.values():
            yield f"glossary: the page does not introduce {term.name} in bold"


def links(lesson: Lesson) -> Iterator[str]:
    """Check that links to lessons lead somewhere."""
    for address in re.findall(rf"\]\({LESSON}([^)#]*)", lesson.theory()):
        if catalog.find(address) is None:
            yield f"theory: there is no lesson {address!r} to link to"


def language(lesson: Lesson) -> Iterator[str]:
    """Check summary, page, answers and experiments for phrases that read as translated."""
    yield from (f"lesson: summary: {fault}" for fault in translated(lesson.summary))
    yield from (f"theory: {fault}" for fault in translated(lesson.theory()))
    for each in lesson.questions:
        yield from (f"answers: {each.id}: {fault}" for fault in translated(each.answer))
    for experiment in lesson.experiments:
        text = f"{experiment.title}.\n\n{experiment.notice}"
        yield from (f"experiments: {experiment.name}: {fault}" for fault in translated(text))


def formulas(markdown: str) -> tuple[list[str], list[str]]:
    """Return the display formulas, and those in running text."""
    display = [t.content.strip() for t in tokens(markdown) if t.type.startswith("math_block")]
    return display, re.findall(r"\$([^$]+)\$", NOT_RUNNING.sub("", markdown))


def tokens(markdown: str) -> Iterator[Token]:
    """Yield every token of a page, including those in running text."""
    for token in parser().parse(markdown):
        yield token
        yield from token.children or ()
