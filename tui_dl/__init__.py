"""The deep learning workbench: theory, hyperparameters and live training in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

__version__ = "0.2.0"


def load_model(run: str = "last", lesson: str | None = None) -> keras.Model:
    """Return the model that a run has saved; `run` is its name, a prefix of it, or `last`.

    `lesson` is the folder of a lesson that is in no installed pack. If a model uses classes of its
    lesson, Keras finds them only once the lesson's module is loaded, so this function loads it.
    Raise LessonError if there is no such run, or it has no model.
    """
    from tui_dl import catalog
    from tui_dl.engine.saving import load
    from tui_dl.runs.index import find
    from tui_dl.runs.reader import read_start
    from tui_dl.runs.record import MODEL

    of = catalog.lesson(lesson) if lesson else catalog.recorded(read_start(run).lesson)
    return load(find(run) / MODEL, of)
