"""Tests that the benchmarks compare equal work."""

import sys

import pytest

from benchmarks import commands
from benchmarks.ratios import compare
from benchmarks.workloads import Workload, from_lesson


def test_fit_and_the_engine_validate_in_batches_of_the_same_size(monkeypatch):
    import keras

    sizes = []

    class Count(keras.callbacks.Callback):
        def on_test_begin(self, logs=None):
            sizes.append(0)

        def on_test_batch_end(self, batch, logs=None):
            sizes[-1] += 1

    fit = keras.Model.fit
    monkeypatch.setattr(
        keras.Model, "fit", lambda *args, **how: fit(*args, callbacks=[Count()], **how)
    )
    row = compare(Workload("iris", 1, from_lesson("iris"), 5, 1), repeats=1)
    assert sizes == [1, 1]  # 30 flowers, two calls of fit: not in batches of 5
    assert row["steps"] == 24


def test_the_script_of_a_command_holds_its_settings_and_says_nothing(tmp_path):
    command = commands.Command("iris", values={"units": 7})
    text = commands._exported(command, tmp_path).read_text()
    assert "units: int = 7" in text
    assert "verbose=0" in text
    assert "validation_batch_size=1000" in text


def test_a_command_that_fails_is_not_measured(tmp_path):
    with pytest.raises(RuntimeError):
        commands._spent([sys.executable, "-c", "raise SystemExit(2)"], tmp_path)
