"""The private parts of Keras that the workbench uses, each with its reason.

`tests/test_internals.py` fails once Keras offers a public way; then remove the call here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def create_variables(model: keras.Model, batch: Any) -> None:
    """Create all variables of a compiled model: weights, optimizer and metrics.

    `fit` does so before its first step. Nothing public creates the metrics' variables without
    training on a batch, and a compiled step must not create any.
    """
    model._symbolic_build(data_batch=batch)


def set_home(folder: Path, instead_of: str) -> None:
    """Set the folder of Keras's data sets, if it is `instead_of`.

    Keras reads KERAS_HOME once, when it is imported, for its settings and for its data sets.
    """
    config: Any = sys.modules.get("keras.src.backend.config")
    if getattr(config, "_KERAS_DIR", "") == instead_of:
        config._KERAS_DIR = str(folder)
