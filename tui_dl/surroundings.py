"""Pins what the user's environment would change: settings of Keras, TensorFlow and warnings.

A run depends on its lesson, its hyperparameters, its seed and the machine. Settings for other
programs, in the environment or in Keras's own file, must neither change its numbers nor break it:

- `~/.keras/keras.json` is not read, as its data format, float type or epsilon would apply here, and
  an invalid file makes the import fail; nor is it created.
- `KERAS_…`, `TF_…` and `XLA_FLAGS` choose backends, kernels, compilers, threads (another order of
  summation: 6e-8 in the loss of mnist-mlp) and limits on epochs, and an unknown flag ends the
  process. Those for folders, memory and messages are kept.
- `SKLEARN_…` and `SCIPY_…` limit working memory and check inputs; an invalid number breaks iris.
- `PYTHONWARNINGS=error` would turn every warning of a library into an error.
- Textual's variables for developers press keys, or close the workbench at once.
- A `COLUMNS` of 0 or an invalid `TERMINAL_WIDTH` makes help and tables empty, or makes them fail.

NumPy's threads (`OMP_NUM_THREADS`), devices (`CUDA_VISIBLE_DEVICES`), locale, colors and hash seed
are kept: no number depends on them, apart from the device's own rounding.
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
    "TF_ENABLE_ONEDNN_OPTS": "0",  # its kernels sum in another order and so round differently
}
KEPT = ("KERAS_HOME", "TF_CPP_", "TF_GPU_", "TF_FORCE_GPU_ALLOW_GROWTH")
DROPPED = (
    "KERAS_", "TF_", "TF2_", "AUTOGRAPH_", "XLA_FLAGS", "NVIDIA_TF32_OVERRIDE",
    "SKLEARN_", "SCIPY_",
    "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_PRESS", "TEXTUAL_SCREENSHOT",
)  # fmt: skip
LIBRARIES = "--xla_gpu_cuda_data_dir="  # where CUDA is installed: does not affect numbers
SIZES = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
_HIDDEN: dict[str, str] = {}  # the user's own values, while Keras is imported with others


class SurroundingsError(Exception):
    """Raised if a library was loaded before it could be pinned; the text is one line."""


def pin() -> None:
    """Pin the environment and the warnings; call this first in a program."""
    pin_environment()
    pin_warnings()
    for name in SIZES:
        if not os.environ.get(name, "1").isdecimal() or not int(os.environ.get(name, "1")):
            del os.environ[name]


def pin_environment() -> None:
    """Remove from the environment what changes numbers. Must run before Keras is imported."""
    for name in [n for n in os.environ if n.startswith(DROPPED) and not n.startswith(KEPT)]:
        if name not in PINNED:
            _drop(name)
    os.environ.update(PINNED)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its C++ code ignores other settings


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
    """Let Keras be imported without its folder, so that it neither reads nor writes its settings.

    Afterwards Keras stores the data sets that a lesson requests in its usual folder.
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
    """Return the user's Keras folder, also while Keras is imported without one."""
    chosen = _HIDDEN.get("KERAS_HOME", os.environ.get("KERAS_HOME", ""))
    # unlike Path.expanduser, this never raises, even if a user has no home
    return Path(os.path.expanduser(chosen or "~/.keras"))  # noqa: PTH111


def pin_keras() -> None:
    """Reset Keras to its own defaults, even if it was imported before or a lesson changed them.

    Raise SurroundingsError if it was loaded with a backend other than TensorFlow.
    """
    import keras

    if keras.config.backend() != "tensorflow":
        loaded = f"other code loaded Keras with the backend {keras.config.backend()}"
        raise SurroundingsError(f"{loaded}; the lessons need TensorFlow: look for a sitecustomize")
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy("float32")
    keras.config.set_max_epochs(None)
    keras.config.set_max_steps_per_epoch(None)
