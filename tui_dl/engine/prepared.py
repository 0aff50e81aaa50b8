"""A run that is prepared up to its first step."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tui_dl.engine.placement import Place
from tui_dl.engine.supervised import SupervisedRunner
from tui_dl.lesson import Dataset


def _of_numpy() -> Any:
    return np.random.get_state()


@dataclass(frozen=True)
class Prepared:
    """The data, the compiled runner, its place, and the states of Python's and NumPy's generators.

    Made by `Session.ahead`, for a `Session` of the same lesson, hyperparameters and seed.
    """

    data: Dataset
    runner: SupervisedRunner
    place: Place
    of_python: Any = field(default_factory=random.getstate)
    of_numpy: Any = field(default_factory=_of_numpy)

    def restore_chance(self) -> None:
        """Restore the states of both random generators."""
        random.setstate(self.of_python)
        np.random.set_state(self.of_numpy)
