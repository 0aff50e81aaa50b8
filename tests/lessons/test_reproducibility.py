"""Reproducibility: twins to the last bit, each seed separately, and the page's numbers."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from lessons.reproducibility import LESSON
from lessons.reproducibility.model import NAMES, answers, distance, flat, network, weights
from tui_dl.engine.session import Session
from tui_dl.events import Note, Snapshot

PAGE = LESSON.theory()
WORDS = " ".join(PAGE.split())


def prepared(**values):
    p = LESSON.parameters.of({"units": 16, **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def run(seed=0, **values):
    events = []
    p = LESSON.parameters.of({"units": 16, "epochs": 4, "batch_size": 64, **values})
    finished = Session(LESSON, p, seed=seed, emit=events.append).run()
    assert finished.status == "completed" and not [e for e in events if isinstance(e, Note)]
    return finished.metrics, events


# The page's numbers.


def test_the_worked_generator_is_right_and_on_the_page():
    def sequence(state, count):
        for _ in range(count):
            state = (5 * state + 3) % 16
            yield state

    first, *others = sequence(7, 6)
    assert (first, 38 - 2 * 16) == (6, 6) and "5 · 7 + 3 = 38" in WORDS
    assert f"then {', '.join(map(str, others))}." in WORDS
    assert f"sequence is {', '.join(map(str, sequence(8, 4)))}." in WORDS


def test_the_worked_rounding_is_right_and_on_the_page():
    big, one = np.float32(2**24), np.float32(1)
    assert (big + one) + one == big == 16777216
    assert big + (one + one) == 16777218 == np.nextafter(big, np.float32(np.inf))
    assert "(16777216 + 1) + 1" in WORDS and "16777216 + (1 + 1) = 16777218" in WORDS


def test_the_hash_seed_is_read_when_python_starts():
    code = "import os; os.environ['PYTHONHASHSEED'] = '0'; print(hash('seed'))"
    free = {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"}

    def hashes(environment):
        command = [sys.executable, "-c", code]
        return {subprocess.check_output(command, env=environment) for _ in range(3)}

    assert len(hashes(free)) > 1 and len(hashes(free | {"PYTHONHASHSEED": "0"})) == 1


# Each seed decides one thing.


def test_one_seed_for_all_layers_would_make_equal_layers_equal():
    import keras

    draw = keras.initializers.GlorotUniform
    assert np.array_equal(draw(3)((8, 8)), draw(3)((8, 8)))
    p, _, _ = prepared(units=10)
    square = network(p, "n", 3, 0).get_layer("output").kernel
    assert not np.array_equal(square, draw(6)((10, 10)))
    assert np.array_equal(square, draw(7)((10, 10)))


def test_first_weights_follow_their_seed_alone():
    _, _, model = prepared(order_seed=5, dropout_seed=5)
    first, second = (flat(model, name) for name in NAMES)
    assert np.array_equal(first, second) and len(first) == 65 * 16 + 17 * 10
    _, _, model = prepared(weights_seed=5)
    other = flat(model, "second")
    assert np.array_equal(first, flat(model, "first")) and not np.array_equal(first, other)


def test_the_order_follows_its_seed_and_the_images_stay_the_same():
    _, same, _ = prepared(weights_seed=5)
    assert np.array_equal(same.x[:, 0], same.x[:, 1])
    _, other, _ = prepared(order_seed=5)
    assert other.x.shape == (1437, 2, 8, 8) and other.y.shape == (1437, 2)
    assert np.array_equal(other.x[:, 0], same.x[:, 0])
    assert not np.array_equal(other.x[:, 1], same.x[:, 1])
    assert sorted(x.tobytes() for x in other.x[:, 1]) == sorted(x.tobytes() for x in same.x[:, 1])
    assert np.array_equal(other.held_out.x[:, 0], other.held_out.x[:, 1])


def test_each_network_learns_its_own_images_and_masks():
    """`fit` gives a network in the joint model the weights that it gives the network alone."""
    import keras

    p, data, model = prepared(weights_seed=3, order_seed=4, dropout_seed=5)
    alone = network(p, "alone", 3, 5)
    rule = keras.optimizers.Adam(p.learning_rate, epsilon=2e-7)  # the gradients are twice as large
    alone.compile(rule, "sparse_categorical_crossentropy")
    options = {"batch_size": 32, "shuffle": False, "verbose": 0}
    model.fit(data.x[:256], data.y[:256], **options)
    alone.fit(data.x[:256, 1], data.y[:256, 1], **options)
    together = flat(model, "second")
    expected = np.concatenate([np.ravel(w) for w in alone.get_weights() if w.dtype == "float32"])
    np.testing.assert_allclose(together, expected, atol=1e-5)


# Trained.


@pytest.fixture(scope="module")
def twins():
    return run()


def test_equal_seeds_are_equal_to_the_last_bit(twins):
    metrics, events = twins
    assert metrics["differing"] == metrics["distance"] == metrics["disagree"] == 0
    assert metrics["fingerprint_1"] == metrics["fingerprint_2"]
    tables = [e.payload for e in events if isinstance(e, Snapshot) and e.view == "fingerprints"]
    assert tables[-1]["rows"][0][1:] == tables[-1]["rows"][1][1:]


@pytest.mark.slow
def test_the_same_run_again_gives_the_same_fingerprint_and_another_seed_another(twins):
    again, other = (run(seed=seed)[0]["fingerprint_1"] for seed in (0, 1))
    assert again == twins[0]["fingerprint_1"] != other


@pytest.mark.parametrize("field", ["order_seed", "dropout_seed"])
def test_any_one_seed_parts_them_and_leaves_the_first_alone(field, twins):
    metrics, _ = run(**{field: 1})
    assert metrics["fingerprint_1"] == pytest.approx(twins[0]["fingerprint_1"], abs=1e-3)
    assert metrics["differing"] > 0.5 and metrics["distance"] > 1e-3
    assert abs(metrics["fingerprint_2"] - metrics["fingerprint_1"]) > 1e-3


def test_a_seed_that_nothing_uses_decides_nothing():
    _, data, model = prepared(dropout=0.0, dropout_seed=1)
    model.fit(data.x[:320], data.y[:320], verbose=0)
    assert distance(model) < 1e-5
    _, _, model = prepared(dropout=0.2, dropout_seed=1)
    model.fit(data.x[:320], data.y[:320], verbose=0)
    assert distance(model) > 1e-3


@pytest.mark.slow
def test_a_rounding_error_changes_bits_and_hardly_a_weight():
    metrics, events = run(nudge=1e-7)
    assert metrics["differing"] > 0.1 and 0 < metrics["distance"] < 1e-4
    lines = [e.payload for e in events if isinstance(e, Snapshot) and e.view == "parting"]
    apart = lines[-1]["series"][0]
    assert apart["x"] == [0, 1, 2, 3, 4] and -9 < apart["y"][0] < apart["y"][-1] < -4


# The views.


def test_every_picture_is_plain_data_and_pairs_lie_on_the_diagonal():
    p, data, model = prepared()
    for view in LESSON.views:
        json.dumps(view.draw(model, data, p), allow_nan=False)
    (group,) = LESSON.views[0].draw(model, data, p)["groups"]
    assert group["x"] == group["y"] and len(group["x"]) == 160


def test_the_fingerprint_is_the_page_s_and_a_checksum_sees_more():
    p, data, model = prepared()
    layer = model.get_layer("second").get_layer("hidden")
    kernel = np.array(layer.kernel)
    kernel[0, 0], kernel[1, 1] = kernel[1, 1], kernel[0, 0]  # the sum stays
    layer.kernel.assign(kernel)
    rows = LESSON.views[2].draw(model, data, p)["rows"]
    assert rows[0][1] == rows[1][1] and rows[0][2] != rows[1][2]
    total = sum(np.sum(w, dtype="float64") for w in weights(model, "first"))
    assert float(rows[0][1]) == pytest.approx(total, abs=1e-6)


def test_answers_are_keras_s():
    _, data, model = prepared(weights_seed=1)
    expected = np.argmax(model(data.held_out.x), axis=-1)
    assert np.array_equal(answers(model, data), expected)


def test_the_distance_is_the_page_s():
    _, _, model = prepared()
    for weight in model.get_layer("second").trainable_weights:
        weight.assign(1.5 * np.asarray(weight))
    assert distance(model) == pytest.approx(0.5, rel=1e-5)


def test_rows_and_presets():
    assert LESSON.rows == ("003/seeds",)
    for experiment in LESSON.experiments:
        LESSON.parameters.of(experiment.settings)
