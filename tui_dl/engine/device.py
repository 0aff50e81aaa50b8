"""The device that trains, and the compiler that suits a model on it."""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from tui_dl import files, paths, surroundings
from tui_dl.engine import compiled_code, heap, placement
from tui_dl.engine.layers import CONVOLUTIONS, flatten

Compile = Literal["auto", "xla", "graph", "keras"]
_LOADING = threading.Lock()
FEW_STEPS = 1000  # as many take the same time in a graph and with XLA's kept program
COMPILE_MODES: tuple[str, ...] = ("auto", "xla", "graph", "keras")


def load() -> None:
    """Import TensorFlow and Keras (seconds); let GPU memory grow instead of allocating all of it.

    What was imported is then excluded from garbage collection, which would traverse all of it again
    and again: 0.2 s each time, during which the screen freezes. One thread imports, others wait:
    two at once would leave TensorFlow half initialized. Raise SurroundingsError, with one line, if
    other code has loaded Keras in a way that no lesson can use.
    """
    with _LOADING:
        _load()
        surroundings.pin_keras()  # each time: a lesson may have changed a setting


@cache
def _load() -> None:
    surroundings.pin_environment()
    compiled_code.begin()
    heap.share_arenas()
    with _stderr_to(paths.log()), surroundings.no_settings_file(), _hidden("sklearn"):
        import keras  # noqa: F401
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")  # it warns when a new run is compiled
        _let_memory_grow(tf.config)
    gc.collect()
    gc.freeze()


@contextmanager
def _hidden(name: str) -> Iterator[None]:
    """Hide a library that Keras would load for wrappers that no lesson uses.

    scikit-learn takes 0.8 s and 60 MB. A lesson can still import it afterwards.
    """
    if name in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules  # None there makes the import fail
    modules[name] = None
    try:
        yield
    finally:
        modules.pop(name, None)


def _let_memory_grow(config: Any) -> None:
    for gpu in config.list_physical_devices("GPU"):
        try:
            config.experimental.set_memory_growth(gpu, True)
        except RuntimeError:
            return  # the device is already in use: its setting is fixed


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """Point descriptor 2 at the log: TensorFlow's C++ code writes to it, whatever the settings."""
    kept, target = os.dup(2), files.open_log(log)
    os.dup2(target.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        target.close()


def describe() -> str:
    """Return the device that trains, such as `CPU (2 cores)` or the GPU's name."""
    return placement.current().name


def choose(model: Any, wanted: Compile, steps: int) -> Literal["xla", "graph", "keras"]:
    """Return the compiler for a model trained for `steps`: `wanted`, or for `auto` the faster one.

    Measured: on a CPU, convolutions are about five times slower with XLA than in the plain graph;
    on a GPU, recurrent layers without XLA use the device library's fused kernels. XLA needs three
    seconds more than the graph to compile batch normalization, and saves a millisecond per step.
    """
    if wanted != "auto":
        return wanted
    slow: tuple[str, ...] = ("LSTM", "GRU") if placement.current().is_gpu else CONVOLUTIONS
    slow += ("BatchNormalization",) if steps < FEW_STEPS else ()
    kinds = [type(layer).__name__ for layer in flatten(model)]
    return "graph" if any(kind.startswith(slow) for kind in kinds) else "xla"
