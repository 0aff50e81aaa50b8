"""The locations of the workbench's files; no other module defines any."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs

from tui_dl.surroundings import keras_home


class NoHome(OSError):
    """Raised if the user's data folder cannot be determined."""

    def __str__(self) -> str:
        return "this user has no home folder; set DLWORKBENCH_HOME to a folder for runs and data"


def home() -> Path:
    """Return the user's data folder: `DLWORKBENCH_HOME` or the platform's own. Raise NoHome."""
    chosen = os.environ.get("DLWORKBENCH_HOME")
    try:
        folder = chosen or platformdirs.user_data_dir("dlworkbench", appauthor=False)
        path = Path(folder).expanduser()
    except RuntimeError:  # neither HOME nor an entry for this user
        raise NoHome from None
    if not (chosen or path.is_absolute()):  # other versions of platformdirs return such a path
        raise NoHome
    return path


def runs() -> Path:
    """Return the folder of the run directories."""
    return home() / "runs"


def settings() -> Path:
    """Return the file of the user's settings."""
    return home() / "settings.toml"


def told_packs() -> Path:
    """Return the file that lists the lesson packs that the user was told of."""
    return home() / "packs.txt"


def spare(run: str) -> list[Path]:
    """Return other places for a run whose directory cannot be written, the best one first."""
    found = []
    with contextlib.suppress(OSError):  # no home
        found.append(home() / "rescued" / run)
    with contextlib.suppress(OSError):  # no writable temporary folder
        found.append(Path(tempfile.gettempdir()) / f"dlworkbench-{run}")
    return found


def data() -> Path:
    """Return the folder for the user's own data files, such as mnist.npz."""
    return home() / "data"


def pictures() -> Path:
    """Return the folder of the pictures saved from the screen."""
    return home() / "pictures"


def measurements() -> Path:
    """Return the folder of the results of `reproduce`."""
    return home() / "measurements"


def keras_cache() -> Path:
    """Return the folder of the data sets that Keras downloaded."""
    return keras_home() / "datasets"


def compiled_code() -> Path:
    """Return the folder in which `train` caches what XLA has compiled."""
    return home() / "compiled"


def log() -> Path:
    """Return the workbench's log file, also for library output; the null device without a home."""
    try:
        return home() / "workbench.log"
    except NoHome:
        return Path(os.devnull)


def log_hint() -> str:
    """Return `; see the log: PATH` to end a message with, or "" if there is no log file."""
    try:
        return f"; see the log: {log()}" if log().is_file() else ""
    except OSError:  # a folder that cannot be read
        return ""
