"""Checks of what a lesson declares: itself, its settings, experiments and views."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui_dl import catalog
from tui_dl.errors import ParameterError
from tui_dl.experiment import Experiment
from tui_dl.lesson import Lesson, imported
from tui_dl.parameters import OF_RUN, Kind, Parameter

SUMMARY = 100  # characters
LABEL = 16  # characters that the form has room for
HEAVY = {"keras", "tensorflow", "numpy", "sklearn", "gymnasium"}
LIGHT = ("__init__", "settings", "experiments")  # modules that are loaded before anything trains
NAME = re.compile(r"[a-z0-9.-]+")
WIDGET = re.compile(r"[A-Za-z0-9_-]+")


def itself(lesson: Lesson) -> Iterator[str]:
    """Check title, summary and relations."""
    if not lesson.title:
        yield "lesson: it has no title"
    if not lesson.summary.endswith(".") or len(lesson.summary) > SUMMARY:
        yield f"lesson: give a summary of one sentence, {SUMMARY} characters at most"
    known = {each.id for each in catalog.lessons()} | {lesson.id}
    for name in (*lesson.prerequisites, *lesson.read_next):
        if name not in known or name == lesson.id:
            yield f"lesson: it refers to {name}, which is not another lesson"


def light(lesson: Lesson) -> Iterator[str]:
    """Check that the modules for the lesson list and the form import neither NumPy nor Keras."""
    for name in LIGHT:
        file = lesson.folder / f"{name}.py"
        text = file.read_text("utf-8") if file.exists() else ""
        for package in sorted(HEAVY & set(imported(text))):
            yield f"{name}: it imports {package}; only model.py and views.py may"


def settings(lesson: Lesson) -> Iterator[str]:
    """Check that each field has help, bounds, and a default within them."""
    fields = lesson.parameters.fields()
    labels = [field.label for field in fields]
    for field in fields:
        if not re.fullmatch(r"\S.*\.", field.help):
            yield f"settings: {field.name} needs a sentence of help that ends with a full stop"
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
        yield f"settings: the default of {field.name} is not read back as it is written"


def training_settings(lesson: Lesson) -> Iterator[str]:
    """Check the engine's fields: epochs, and for a fitted model batch_size and learning_rate."""
    fields = {field.name: field for field in lesson.parameters.fields()}
    for name in OF_RUN:
        if name in fields:
            yield f"settings: every lesson already has a {name}; rename this field"
    counts = () if lesson.explorer else ("epochs",) if lesson.own_loop else ("epochs", "batch_size")
    for name in counts:
        field = fields.get(name)
        if field is None or field.kind is not Kind.INTEGER or (field.low or 0) < 1:
            yield f"settings: a lesson that trains needs {name}, a whole number from 1"
    rate = fields.get("learning_rate")
    if lesson.fitted and not (rate and rate.live):
        yield "settings: a lesson that the engine fits needs learning_rate, with live=True"


def experiments(lesson: Lesson) -> Iterator[str]:
    """Check that there are experiments, each with a name, a title, valid settings and a notice."""
    names = [each.name for each in lesson.experiments]
    if not names:
        yield "experiments: none found; define EXPERIMENTS"
    for each in lesson.experiments:
        if names.count(each.name) > 1 or not NAME.fullmatch(each.name):
            yield f"experiments: {each.name} must be a unique name of a-z, 0-9, . and -"
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
                f"experiments: claim {claim.row} needs a sentence, a published result, and no arm"
                " named `this`"
            )
        if not claim.shows:
            yield f"experiments: claim {claim.row} shows no metric"


def views(lesson: Lesson) -> Iterator[str]:
    """Check that view names differ and are valid widget names."""
    if lesson.needs_tensorflow:
        from tui_dl.engine import device

        device.load()  # before views.py imports it, so that its start-up messages go to the log
    names = [view.name for view in lesson.views]
    if not names:
        yield "views: none found; define VIEWS"
    for view in lesson.views:
        if names.count(view.name) > 1 or not WIDGET.fullmatch(view.name):
            yield f"views: {view.name!r} must be a unique name of letters, digits, _ and -"
        if not view.title:
            yield f"views: {view.name} has no title"
