"""The only module that knows where the workbench's files lie."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from tui_dl.surroundings import keras_home


def home() -> Path:
    """The user's data folder: `DLWORKBENCH_HOME`, or the platform's own place."""
    chosen = os.environ.get("DLWORKBENCH_HOME")
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_data_dir("dlworkbench", appauthor=False))


def runs() -> Path:
    """Where run directories lie."""
    return home() / "runs"


def data() -> Path:
    """Where a person puts data files of their own, such as mnist.npz."""
    return home() / "data"


def measurements() -> Path:
    """What `reproduce` has measured already."""
    return home() / "measurements"


def keras_cache() -> Path:
    """Where Keras keeps the data sets it downloaded."""
    return keras_home() / "datasets"


def log() -> Path:
    """The workbench's own log, which also catches what libraries print."""
    return home() / "workbench.log"
