"""Tests that a compiled program serves every run with the same graph, and no other run."""

import gc

import keras
import numpy as np
import pytest

from tui_dl import catalog
from tui_dl.engine import programs
from tui_dl.engine.session import Session
from tui_dl.events import Epoch

SMALL = {"batch_size": 512, "hidden_layers": 1, "units": 6, "epochs": 2, "images": "digits"}


@pytest.fixture(autouse=True)
def kept(monkeypatch):
    """Remove the programs of other tests."""
    monkeypatch.setattr(programs, "_programs", programs.OrderedDict())
    return programs._programs


def trained(compile, seed=0, **changed):
    """Return the metrics of each epoch of a run with batch normalization and dropout."""
    lesson, events = catalog.lesson("batch-normalization"), []
    settings = lesson.parameters.of(SMALL | changed)
    session = Session(lesson, settings, seed=seed, compile=compile, emit=events.append, views=False)
    assert session.run().status == "completed"
    return [event.metrics for event in events if isinstance(event, Epoch)]


@pytest.mark.slow
@pytest.mark.parametrize("compile", ["graph", "xla"])
def test_a_run_by_another_run_s_program_gives_the_numbers_of_its_own(kept, compile):
    own = [trained(compile, seed=1), trained(compile, seed=1, learning_rate=0.02)]
    assert len(kept) == 1
    kept.clear()
    trained(compile, seed=0)
    assert [trained(compile, seed=1), trained(compile, seed=1, learning_rate=0.02)] == own
    assert len(kept) == 1 and own[0] != own[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"units": 7},
        *(
            pytest.param(changed, marks=pytest.mark.slow)
            for changed in (
                {"momentum": 0.5},
                {"dropout": 0.5},
                {"batch_size": 256},
                {"optimizer": "sgd"},
                {"hidden_layers": 2},
                {"batch_normalization": False},
            )
        ),
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_part_of_the_graph_makes_another_program(kept, changed):
    trained("graph")
    before = set(kept)
    trained("graph", **changed)
    assert set(kept) > before


@pytest.mark.slow
def test_the_two_compilers_have_programs_of_their_own(kept):
    trained("graph")
    trained("xla")
    assert len(kept) == 2


@pytest.mark.slow
def test_only_so_many_programs_are_kept(kept, monkeypatch):
    monkeypatch.setattr(programs, "KEPT", 2)
    for units in (1, 2, 3):
        trained("graph", units=units)
    assert len(kept) == 2
    trained("graph", units=3)
    assert len(kept) == 2


def concrete(layer, size=3):
    import tensorflow as tf

    keras.backend.clear_session()
    made = layer()
    made.build((None, size))
    function = tf.function(made, autograph=False)
    return function.get_concrete_function(tf.TensorSpec((4, size)))


@pytest.mark.parametrize(
    "layer",
    [
        pytest.param(lambda: keras.layers.Dense(2, "relu"), marks=pytest.mark.slow),
        lambda: keras.layers.Lambda(lambda x: keras.ops.cond(x[0, 0] > 0, lambda: x, lambda: -x)),
        lambda: keras.layers.Lambda(
            lambda x: keras.ops.while_loop(lambda x: x[0, 0] < 5, lambda x: (x + 1,), (x,))[0]
        ),
    ],
    ids=["dense", "branches", "loop"],
)
def test_fingerprints_are_alike_for_the_same_graph_alone(layer):
    first = programs.fingerprint(concrete(layer))
    assert first == programs.fingerprint(concrete(layer))
    assert first != programs.fingerprint(concrete(layer, size=5))


def test_constants_and_called_functions_are_part_of_a_fingerprint():
    import tensorflow as tf

    def scaled(factor):
        inner = tf.function(lambda x: x * np.float32(factor), autograph=False)
        outer = tf.function(lambda x: inner(x) + 1, autograph=False)
        return outer.get_concrete_function(tf.TensorSpec((2,)))

    assert programs.fingerprint(scaled(2)) == programs.fingerprint(scaled(2))
    assert programs.fingerprint(scaled(2)) != programs.fingerprint(scaled(3))


def train_policy():
    lesson = catalog.lesson("policy-gradient")
    settings = lesson.parameters.of({"epochs": 1, "steps_per_epoch": 1})
    assert Session(lesson, settings, emit=lambda event: None).run().status == "completed"


@pytest.mark.parametrize(
    "run",
    [pytest.param(lambda: trained("graph"), marks=pytest.mark.slow), train_policy],
    ids=["fitted", "own"],
)
def test_a_run_leaves_no_graph_behind_but_the_kept_program_s(run):
    def graphs():
        gc.collect()
        return sum(type(each).__name__ == "FuncGraph" for each in gc.get_objects())

    run()
    run()
    before = graphs()
    run()
    run()
    assert graphs() == before
