"""The only module that knows where the workbench's files lie."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

from tui_dl.surroundings import keras_home


class NoHome(OSError):
    """Nothing tells where the user's data folder is."""

    def __str__(self) -> str:
        return "this user has no home folder; set DLWORKBENCH_HOME to a folder for runs and data"


def home() -> Path:
    """The user's data folder: `DLWORKBENCH_HOME`, or the platform's own place. Raises NoHome."""
    chosen = os.environ.get("DLWORKBENCH_HOME")
    try:
        folder = chosen or platformdirs.user_data_dir("dlworkbench", appauthor=False)
        path = Path(folder).expanduser()
    except RuntimeError:  # neither HOME nor an entry for this user
        raise NoHome from None
    if not (chosen or path.is_absolute()):  # as other versions of platformdirs have it
        raise NoHome
    return path


def runs() -> Path:
    """Where run directories lie."""
    return home() / "runs"


def spare(run: str) -> list[Path]:
    """Where a run is kept whose own directory cannot be written, the best place first."""
    found = []
    with contextlib.suppress(OSError):  # no home
        found.append(home() / "rescued" / run)
    with contextlib.suppress(OSError):  # no temporary folder that can be written
        found.append(Path(tempfile.gettempdir()) / f"dlworkbench-{run}")
    return found


def data() -> Path:
    """Where a person puts data files of their own, such as mnist.npz."""
    return home() / "data"


def measurements() -> Path:
    """What `reproduce` has measured already."""
    return home() / "measurements"


def keras_cache() -> Path:
    """Where Keras keeps the data sets it downloaded."""
    return keras_home() / "datasets"


def compiled_code() -> Path:
    """Where `train` keeps what XLA has compiled."""
    return home() / "compiled"


def log() -> Path:
    """The workbench's own log, which also catches what libraries print; nowhere without a home."""
    try:
        return home() / "workbench.log"
    except NoHome:
        return Path(os.devnull)


def log_hint() -> str:
    """`; the log: PATH`, to end a message with, or nothing where no log could be written."""
    try:
        return f"; the log: {log()}" if log().is_file() else ""
    except OSError:  # a folder that may not be looked into
        return ""
