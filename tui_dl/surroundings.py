"""Pins what the user's surroundings would change: settings of Keras, TensorFlow and warnings.

A run is its lesson, its hyperparameters, its seed and the machine. What a person set for other
programs, in the environment or in Keras's own file, neither changes its numbers nor breaks it:

- `~/.keras/keras.json` is not read, for its data format, float type or epsilon would be ours, and
  an invalid one ends the import; nor is it written where there is none.
- `KERAS_…`, `TF_…` and `XLA_FLAGS` choose backends, kernels, compilers, threads (another order of
  sums: 6e-8 in the loss of mnist-mlp) and limits on epochs, and an unknown flag ends the process.
  Those that say where memory or messages go stay.
- `SKLEARN_…` and `SCIPY_…` bound working memory and check inputs; one that is no number ends iris.
- `PYTHONWARNINGS=error` would make an error of a library's every warning.
- Textual's variables for developers press keys, or end the screen before it opens.
- A `COLUMNS` of 0 or a `TERMINAL_WIDTH` that is no number leaves help and tables empty, or fails.

NumPy's threads (`OMP_NUM_THREADS`), devices (`CUDA_VISIBLE_DEVICES`), locale, colours and hash seed
stay: no number depends on them, apart from the device's own rounding.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from tui_dl import keras_internals

PINNED = {
    "KERAS_BACKEND": "tensorflow",  # the engine compiles TensorFlow's graphs
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its kernels round otherwise, in an order of their own
}
KEPT = ("KERAS_HOME", "TF_CPP_", "TF_GPU_", "TF_FORCE_GPU_ALLOW_GROWTH")
DROPPED = (
    "KERAS_", "TF_", "TF2_", "AUTOGRAPH_", "XLA_FLAGS", "NVIDIA_TF32_OVERRIDE",
    "SKLEARN_", "SCIPY_",
    "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT",
)  # fmt: skip
LIBRARIES = "--xla_gpu_cuda_data_dir="  # where CUDA is installed: no matter of numbers
SIZES = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
_HIDDEN: dict[str, str] = {}  # the user's own values, while Keras is imported with another


class SurroundingsError(Exception):
    """A library is loaded already and cannot be pinned any more; the text is one line."""


def pin() -> None:
    """Pin the environment and the warnings; a program's first act."""
    pin_environment()
    pin_warnings()
    for name in SIZES:
        if not os.environ.get(name, "1").isdecimal() or not int(os.environ.get(name, "1")):
            del os.environ[name]


def pin_environment() -> None:
    """Take out of the environment what changes numbers. Must run before Keras is imported."""
    for name in [n for n in os.environ if n.startswith(DROPPED) and not n.startswith(KEPT)]:
        if name not in PINNED:
            _drop(name)
    os.environ.update(PINNED)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its C++ side greets, past all settings


def _drop(name: str) -> None:
    kept = [flag for flag in os.environ.pop(name).split() if flag.startswith(LIBRARIES)]
    if kept:
        os.environ[name] = " ".join(kept)


def pin_warnings() -> None:
    """Filter warnings as Python does by default, whatever `-W` and `PYTHONWARNINGS` ask for."""
    if not sys.warnoptions:
        return
    warnings.resetwarnings()
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", kind)


@contextlib.contextmanager
def no_settings_file() -> Iterator[None]:
    """While this lasts Keras is imported without its folder: it neither reads nor writes one.

    Afterwards it keeps the data sets that a lesson asks of it where it always does.
    """
    _HIDDEN["KERAS_HOME"] = os.environ.get("KERAS_HOME", "")
    os.environ["KERAS_HOME"] = os.devnull
    try:
        yield
    finally:
        before = _HIDDEN["KERAS_HOME"]
        if before:
            os.environ["KERAS_HOME"] = before
        else:
            del os.environ["KERAS_HOME"]
        del _HIDDEN["KERAS_HOME"]
        keras_internals.set_home(keras_home(), instead_of=os.devnull)


def keras_home() -> Path:
    """Keras's folder as the user has it, also while Keras is imported without one."""
    chosen = _HIDDEN.get("KERAS_HOME", os.environ.get("KERAS_HOME", ""))
    # unlike Path.expanduser, this never raises, as where a user has no home
    return Path(os.path.expanduser(chosen or "~/.keras"))  # noqa: PTH111


def pin_keras() -> None:
    """Reset Keras to its own defaults, even if it was imported before or a lesson changed them.

    Raises SurroundingsError where it was loaded with another backend than TensorFlow.
    """
    import keras

    if keras.config.backend() != "tensorflow":
        loaded = f"Keras was loaded with the backend {keras.config.backend()}, by other code"
        raise SurroundingsError(f"{loaded}; the lessons need TensorFlow: look for a sitecustomize")
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    keras.config.set_max_epochs(None)
    keras.config.set_max_steps_per_epoch(None)
