"""Tests that the fused step gives the weights and metrics of `model.fit(shuffle=False)`.

Tolerances: the graph runs Keras's own operations in Keras's order, so only float32 rounding
remains (1e-6 relative); XLA fuses and reorders sums, which grows to 2e-4 over some 100 steps.
Dropout: XLA has its own random bits, so XLA is compared with `compile(jit_compile=True)`.
"""

import itertools
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from tui_dl.engine.control import Control
from tui_dl.engine.report import Report
from tui_dl.engine.runner import RunContext
from tui_dl.engine.snapshots import SnapshotRecorder
from tui_dl.engine.supervised import SupervisedRunner
from tui_dl.events import Epoch
from tui_dl.lesson import Dataset, Split

EPOCHS, BATCH = 3, 16
TOLERANCE = {"graph": 1e-6, "xla": 2e-4}
FAST = [("sgd", "graph"), ("one stretch", "graph"), ("batch norm", "xla")]


def flat(rng):
    x = rng.random((75, 4), "float32")  # 75 = 4·16 + 11: the last batch is partial
    y = (x.sum(1) > 2).astype("int32")
    return Dataset("flat", x[:59], y[:59], Split(x[59:], y[59:]))


def whole(rng):
    """Return data without validation or a partial batch: one stretch per epoch."""
    x = rng.random((32, 4), "float32")
    return Dataset("whole", x, (x.sum(1) > 2).astype("int32"))


def sequences(rng):
    x = rng.random((43, 6, 2), "float32")
    y = x.cumsum(1).mean(2, keepdims=True)
    return Dataset("sequences", x[:35], y[:35], Split(x[35:], y[35:]))


def dense(*layers, optimizer="sgd", jit=False):
    body = [keras.layers.Dense(8, "tanh"), *layers, keras.layers.Dense(2, "softmax")]
    model = keras.Sequential([keras.Input((4,)), *body])
    model.compile(
        optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=jit
    )
    return model


def sgd(jit):
    return dense(optimizer=keras.optimizers.SGD(0.3, momentum=0.9), jit=jit)


def adam(jit):
    return dense(optimizer=keras.optimizers.Adam(0.02), jit=jit)


def batch_norm(jit):
    return dense(keras.layers.BatchNormalization(), optimizer=keras.optimizers.SGD(0.1), jit=jit)


def schedule(jit):
    decay = keras.optimizers.schedules.CosineDecay(0.5, 12)
    return dense(optimizer=keras.optimizers.SGD(decay), jit=jit)


def dropout(jit):
    return dense(keras.layers.Dropout(0.4, seed=5), optimizer=keras.optimizers.SGD(0.1), jit=jit)


def lstm(jit):
    cells = [keras.layers.LSTM(5, return_sequences=True), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((6, 2)), *cells])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"], jit_compile=jit)
    return model


CASES = {
    "sgd": (sgd, flat), "one stretch": (sgd, whole), "adam": (adam, flat),
    "lstm": (lstm, sequences),
    "batch norm": (batch_norm, flat), "schedule": (schedule, flat), "dropout": (dropout, flat),
}  # fmt: skip


def fused(model, data, mode):
    events = []
    trainer = SupervisedRunner(
        model, data, batch_size=BATCH, epochs=EPOCHS, mode=mode, shuffle=False
    )
    trainer.prepare()
    report = Report(events.append, trainer.timeline.steps)
    pictures = SnapshotRecorder(SimpleNamespace(views=()), None, data, report, wanted=False)
    assert trainer.run(RunContext(Control(), report, pictures)) == "completed"
    return [event for event in events if isinstance(event, Epoch)]


def pairs(cases, fast):
    """Pair each case with both compilers; all but the `fast` pairs are slow."""
    for pair in itertools.product(cases, ("graph", "xla")):
        yield pytest.param(*pair, marks=[pytest.mark.slow] * (pair not in fast))


@pytest.mark.parametrize(
    ("case", "mode"), pairs(("one stretch", "lstm", "batch norm"), [("one stretch", "xla")])
)
def test_the_same_in_two_parts(case, mode, monkeypatch):
    monkeypatch.setattr("tui_dl.engine.fused.LARGE", 0)
    test_same_weights_and_metrics_as_fit(case, mode)


@pytest.mark.parametrize(("case", "mode"), pairs(CASES, FAST))
def test_same_weights_and_metrics_as_fit(case, mode):
    make, data_of = CASES[case]
    data = data_of(np.random.default_rng(7))

    keras.utils.set_random_seed(3)
    reference = make(mode == "xla")
    history = reference.fit(
        data.x, data.y, BATCH, EPOCHS, verbose=0, shuffle=False,
        validation_data=None if data.validation is None else (data.held_out.x, data.held_out.y),
    ).history  # fmt: skip

    keras.utils.set_random_seed(3)
    model = make(False)
    epochs = fused(model, data, mode)

    close = {"rtol": TOLERANCE[mode], "atol": TOLERANCE[mode]}
    for ours, theirs in zip(model.get_weights(), reference.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **close)
    for name, values in history.items():
        np.testing.assert_allclose([e.metrics[name] for e in epochs], values, **close)
    assert set(epochs[0].metrics) == set(history)


def test_keras_mode_is_the_same_run():
    data = flat(np.random.default_rng(7))
    results = []
    for mode in ("graph", "keras"):
        keras.utils.set_random_seed(3)
        model = sgd(False)
        results.append((fused(model, data, mode)[-1].metrics, model.get_weights()))
    assert results[0][0] == pytest.approx(results[1][0], rel=1e-5)
    for ours, theirs in zip(results[0][1], results[1][1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_preparing_changes_nothing():
    data = flat(np.random.default_rng(7))
    keras.utils.set_random_seed(3)
    model = dense(keras.layers.BatchNormalization(), keras.layers.Dropout(0.5, seed=1))
    before = [v.numpy() for v in model.variables]
    trainer = SupervisedRunner(model, data, batch_size=BATCH, epochs=1, mode="graph")
    trainer.prepare()
    for old, new in zip(before, model.variables, strict=False):
        np.testing.assert_array_equal(old, new.numpy())
    assert int(model.optimizer.iterations) == 0
