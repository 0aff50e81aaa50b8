"""What a run trains on, as every way of running its steps gets it."""

from __future__ import annotations

from dataclasses import dataclass

import keras

from tui_dl.engine.batches import Cut, Windows
from tui_dl.engine.timeline import Timeline
from tui_dl.lesson import Dataset


@dataclass(frozen=True)
class Workload:
    """A model, its data, the batches of an epoch and their order over the run.

    Attributes:
        training: The batches of an epoch's training.
        validating: The batches of a validation pass; None if no data is held out.
        timeline: The order of training and validation.
        windows: The shuffled training batches.
    """

    model: keras.Model
    data: Dataset
    training: Cut
    validating: Cut | None
    timeline: Timeline
    windows: Windows
