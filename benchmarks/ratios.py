"""The engine against Keras `fit`: one process, in turns, medians of pairs, steady state.

Both do the same work: the same model, the same number of training steps, batches in an order that
each draws and gathers within its time, validation in batches of the same size, no output. Both are
compiled before the clock starts, `fit` as Keras chooses (`jit_compile="auto"`).
"""

from __future__ import annotations

import time
from statistics import median
from types import SimpleNamespace
from typing import Any

from benchmarks.workloads import Workload
from tui_dl.engine import device
from tui_dl.engine.batches import VALIDATION_BATCH
from tui_dl.engine.control import Control
from tui_dl.engine.report import Report
from tui_dl.engine.runner import RunContext
from tui_dl.engine.snapshots import SnapshotRecorder
from tui_dl.engine.supervised import SupervisedRunner
from tui_dl.lesson import Dataset

REPEATS = 5
LONG = 10_000  # steps of a run whose speed per step matters


def compare(workload: Workload, repeats: int = REPEATS) -> dict[str, Any]:
    """Return the median seconds of a run of `fit` and of the engine, and their ratio."""
    reference, data = workload.make()
    model, _ = workload.make()
    trainer = SupervisedRunner(
        model,
        data,
        batch_size=workload.batch_size,
        epochs=workload.epochs,
        mode=device.choose(model, "auto", LONG),
    )
    trainer.prepare()
    _pair(reference, trainer, data, workload)  # traces Keras, warms the caches
    pairs = [_pair(reference, trainer, data, workload) for _ in range(repeats)]
    keras_seconds, our_seconds = (median(column) for column in zip(*pairs, strict=True))
    steps = trainer.timeline.steps
    return {
        "workload": workload.name,
        "compile": trainer.mode,
        "steps": steps,
        "keras_ms_per_step": 1e3 * keras_seconds / steps,
        "engine_ms_per_step": 1e3 * our_seconds / steps,
        "ratio": median(theirs / own for theirs, own in pairs),
        "goal": workload.goal,
    }


def _pair(
    reference: Any, trainer: SupervisedRunner, data: Dataset, workload: Workload
) -> tuple[float, float]:
    return _fit(reference, data, workload), _engine(trainer, data)


def _fit(model: Any, data: Dataset, workload: Workload) -> float:
    held_out = data.validation and (data.validation.x, data.validation.y)
    began = time.perf_counter()
    model.fit(
        data.x,
        data.y,
        batch_size=workload.batch_size,
        epochs=workload.epochs,
        verbose=0,
        validation_data=held_out,
        validation_batch_size=VALIDATION_BATCH,
    )
    return time.perf_counter() - began


def _engine(trainer: SupervisedRunner, data: Dataset) -> float:
    trainer._windows._coming.clear()  # or the last run's batches would be used again
    events: list[Any] = []
    report = Report(events.append, trainer.timeline.steps)
    pictures = SnapshotRecorder(SimpleNamespace(views=()), None, data, report, wanted=False)  # type: ignore[arg-type]
    began = time.perf_counter()
    trainer.run(RunContext(Control(), report, pictures))
    return time.perf_counter() - began
