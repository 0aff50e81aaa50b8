"""A separate home for every test, and runs to put there."""

from __future__ import annotations

import pytest

from tui_dl import events


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DLWORKBENCH_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def started():
    def make(lesson="perceptron", **changes):
        fields = {
            "lesson": lesson,
            "hyperparameters": {"gate": "xor", "epochs": 3},
            "seed": 0,
            "device": "CPU",
            "compile": "xla",
            "data": events.Data(name="table", train=4, validation=0),
            "epochs": 3,
            "steps": 12,
            "steps_per_epoch": 4,
            "time": 1.5,
        }
        return events.Started(**(fields | changes))

    return make


@pytest.fixture
def stream(started):
    """Return the events of a whole run of three epochs."""
    told = [events.State(state="preparing"), started()]
    for epoch in (1, 2, 3):
        for step in range(4 * epoch - 3, 4 * epoch + 1):
            metrics = {"loss": 1 / step, "accuracy": 0.5}
            told.append(events.Progress(step=step, epoch=epoch, metrics=metrics, seconds=step))
        metrics = {"loss": 1 / epoch, "accuracy": 0.5, "val_loss": 2 / epoch}
        told.append(events.Epoch(epoch=epoch, step=4 * epoch, metrics=metrics, seconds=4 * epoch))
        told.append(events.Snapshot(view="weights", step=4 * epoch, payload={"kind": "bars"}))
    told.append(events.Note(step=12, text="learning rate set to 0.1"))
    final = {"loss": 1 / 3, "val_loss": 2 / 3}
    told.append(
        events.Finished(status="completed", metrics=final, steps=12, epochs=3, seconds=12.0)
    )
    return told
