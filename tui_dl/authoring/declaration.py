"""What is wrong with what a lesson declares: itself, its settings, experiments and views."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_dl import catalog
from tui_dl.errors import ParameterError
from tui_dl.experiment import Experiment
from tui_dl.lesson import Lesson, imported
from tui_dl.parameters import Kind, Parameter

SUMMARY = 100  # characters
LABEL = 16  # characters that the form has room for
HEAVY = {"keras", "tensorflow", "numpy", "sklearn", "gymnasium"}
LIGHT = ("__init__", "settings", "experiments")  # what is loaded before anything trains
NAME = re.compile(r"[a-z0-9.-]+")
WIDGET = re.compile(r"[A-Za-z0-9_-]+")


def itself(lesson: Lesson) -> Iterator[str]:
    """Title, summary, relations."""
    if not lesson.title:
        yield "lesson: it has no title"
    if not lesson.summary.endswith(".") or len(lesson.summary) > SUMMARY:
        yield f"lesson: give a summary of one sentence, {SUMMARY} characters at most"
    known = {each.id for each in catalog.lessons()} | {lesson.id}
    for name in (*lesson.prerequisites, *lesson.read_next):
        if name not in known or name == lesson.id:
            yield f"lesson: it points to {name}, which is no other lesson"


def light(lesson: Lesson) -> Iterator[str]:
    """The workbench lists lessons and makes their forms without NumPy and Keras."""
    for name in LIGHT:
        file = lesson.folder / f"{name}.py"
        text = file.read_text("utf-8") if file.exists() else ""
        for package in sorted(HEAVY & set(imported(text))):
            yield f"{name}: it imports {package}; only model.py and views.py may"


def settings(lesson: Lesson) -> Iterator[str]:
    """Each field explains itself, has bounds, and a default within them."""
    fields = lesson.parameters.fields()
    labels = [field.label for field in fields]
    for field in fields:
        if not re.fullmatch(r"\S.*\.", field.help):
            yield f"settings: {field.name} needs a sentence of help, with a full stop"
        if len(field.label) > LABEL:
            yield f"settings: the label of {field.name} has more than {LABEL} characters"
        if labels.count(field.label) > 1:
            yield f"settings: the label {field.label!r} is used twice"
        yield from _default(field)


def _default(field: Parameter) -> Iterator[str]:
    if field.kind in (Kind.INTEGER, Kind.NUMBER) and None in (field.low, field.high):
        yield f"settings: {field.name} needs bounds, ge and le"
        return
    try:
        same = field.parse(field.format(field.default)) == field.default
    except ParameterError as error:
        yield f"settings: the default is outside the bounds: {error}"
        return
    if not same:
        yield f"settings: the default of {field.name} changes when it is typed"


def training_settings(lesson: Lesson) -> Iterator[str]:
    """What the engine reads: epochs, and for a fitted model batch_size and learning_rate."""
    fields = {field.name: field for field in lesson.parameters.fields()}
    if "seed" in fields:
        yield "settings: every lesson has a seed already; give this field another name"
    counts = () if lesson.explorer else ("epochs",) if lesson.own_loop else ("epochs", "batch_size")
    for name in counts:
        field = fields.get(name)
        if field is None or field.kind is not Kind.INTEGER or (field.low or 0) < 1:
            yield f"settings: a lesson that trains needs {name}, a whole number from 1"
    rate = fields.get("learning_rate")
    if lesson.fitted and not (rate and rate.live):
        yield "settings: a lesson that the engine fits needs learning_rate, with live=True"


def experiments(lesson: Lesson) -> Iterator[str]:
    """There are some; each has a name, a title, possible settings and something to notice."""
    names = [each.name for each in lesson.experiments]
    if not names:
        yield "experiments: there are none; give EXPERIMENTS"
    for each in lesson.experiments:
        if names.count(each.name) > 1 or not NAME.fullmatch(each.name):
            yield f"experiments: {each.name} must be a name of its own, of a-z, 0-9, . and -"
        if not each.title or not re.search(r"[.?!]$", each.notice):
            yield f"experiments: {each.name} needs a title, and a sentence on what to notice"
        yield from _settable(lesson, each)


def _settable(lesson: Lesson, experiment: Experiment) -> Iterator[str]:
    every = [experiment.settings, *(s for c in experiment.claims for s in c.arms.values())]
    for each in every:
        try:
            lesson.parameters.of(each)
        except ParameterError as error:
            yield f"experiments: {experiment.name}: {error}"
    for claim in experiment.claims:
        if "this" in claim.arms or not (claim.text.endswith(".") and claim.published):
            yield (
                f"experiments: claim {claim.row} needs a sentence, what was published, and no arm"
                " named `this`"
            )
        if not claim.shows:
            yield f"experiments: claim {claim.row} shows no metric"


def views(lesson: Lesson) -> Iterator[str]:
    """Their names are different, and such that a widget can have them."""
    if lesson.needs_tensorflow:
        from tui_dl.engine import device

        device.load()  # before views.py imports it: its greetings go to the log
    names = [view.name for view in lesson.views]
    if not names:
        yield "views: there are none; give VIEWS"
    for view in lesson.views:
        if names.count(view.name) > 1 or not WIDGET.fullmatch(view.name):
            yield f"views: {view.name!r} must be a name of its own, of letters, digits, _ and -"
        if not view.title:
            yield f"views: {view.name} has no title"
