"""Saves a trained model in the run directory or in a spare place, and loads it again."""

from __future__ import annotations

import logging
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from tui_dl import files, paths
from tui_dl.engine import device
from tui_dl.errors import LessonError
from tui_dl.lesson import Lesson

LOG = logging.getLogger(__name__)
MODEL = "model.keras"


def save(model: Any, folder: Path) -> str:
    """Write model.keras into a run directory, or else into a place from `paths.spare`.

    Return one line that says what went wrong and where the model is now, or "".
    """
    wrong = ""
    for place in (folder, *paths.spare(folder.name)):
        try:
            if place != folder:
                files.make_folder(place)
            _write(model, place)
        except Exception as error:  # Keras may raise anything
            LOG.exception("the model could not be saved in %s", place)
            wrong = wrong or f"{place / MODEL}: {_reason(error)}"
            with suppress(OSError):  # the folder was made for nothing
                place.rmdir()
        else:
            return wrong and f"{wrong}; the model is kept in {place}"
    return f"{wrong}; the model could not be saved"


def _write(model: Any, folder: Path) -> None:
    """Write model.keras, whole or not at all, for its owner only. Raise whatever Keras raises."""
    part = folder / "part.keras"
    try:
        FileIO(part, "w", opener=files.opener).close()  # private before there is anything to read
        model.save(part)
        with FileIO(part, "r+") as file:
            files.sync(file)
        part.replace(folder / MODEL)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def load(file: Path, lesson: Lesson) -> Any:
    """Load the model that `save` wrote for a run of this lesson, in this or another process.

    Code in the file is not run: Keras refuses lambdas, and finds only its own classes and those
    that are registered. Raise LessonError if there is no such file or it cannot be loaded.
    """
    device.load()
    _ = lesson.data  # loads the module in which the model's classes are defined
    import keras

    if not file.is_file():
        raise LessonError(f"there is no model in {file.parent}")
    try:
        return keras.saving.load_model(file, safe_mode=True)
    except Exception as error:  # Keras may raise anything
        raise LessonError(f"{file} cannot be loaded: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return str(getattr(error, "strerror", None) or first)[:300]
