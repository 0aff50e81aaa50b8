"""Reproducibility: twins to the last bit, each seed separately, and the page's numbers."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from measuring import trained

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
    assert "(16,777,216 + 1) + 1" in WORDS and "16,777,216 + (1 + 1) = 16,777,218" in WORDS


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
    drawn = [e.payload for e in events if isinstance(e, Snapshot) and e.view == "fingerprints"]
    assert drawn[-1]["title"] == "the two networks are equal to the last bit"
    assert not any("✗" in row.get("marks", ()) for row in drawn[-1]["rows"])


@pytest.mark.slow
def test_the_same_run_again_gives_the_same_fingerprint_and_another_seed_another(twins):
    again, other = (run(seed=seed)[0]["fingerprint_1"] for seed in (0, 1))
    assert again == twins[0]["fingerprint_1"] != other


@pytest.mark.parametrize(
    "field", ["order_seed", pytest.param("dropout_seed", marks=pytest.mark.slow)]
)
def test_any_one_seed_parts_them_and_leaves_the_first_alone(field, twins):
    metrics, _ = run(**{field: 1})
    assert metrics["fingerprint_1"] == pytest.approx(twins[0]["fingerprint_1"], abs=1e-3)
    assert metrics["differing"] > 0.5 and metrics["distance"] > 1e-3
    assert abs(metrics["fingerprint_2"] - metrics["fingerprint_1"]) > 1e-3


@pytest.mark.slow
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
    assert apart["x"] == [0, 1, 2, 3, 4] and 1e-9 < apart["y"][0] < apart["y"][-1] < 1e-4


# The views.


def drawn(name, model, data, p):
    (view,) = (view for view in LESSON.views if view.name == name)
    payload = view.draw(model, data, p)
    json.dumps(payload, allow_nan=False)
    return payload


def test_fingerprints_are_the_losses_the_page_s_sum_and_a_checksum_that_sees_more():
    import keras

    p, data, model = prepared()
    layer = model.get_layer("second").get_layer("hidden")
    kernel = np.array(layer.kernel)
    kernel[20, 0], kernel[21, 1] = kernel[21, 1], kernel[20, 0]  # the sum stays
    layer.kernel.assign(kernel)
    picture = drawn("fingerprints", model, data, p)
    rows = {row["name"]: "".join(row["tokens"]) for row in picture["rows"]}
    assert rows["sum 1"] == rows["sum 2"] and rows["checksum 1"] != rows["checksum 2"]
    total = sum(np.sum(w, dtype="float64") for w in weights(model, "first"))
    assert float(rows["sum 1"]) == pytest.approx(total, abs=1e-6)
    y_hat = model(data.held_out.x, training=False)
    entropy = keras.losses.sparse_categorical_crossentropy(data.held_out.y, y_hat)
    expected = np.asarray(entropy).mean(axis=0)
    assert [float(rows[f"loss {n}"]) for n in (1, 2)] == pytest.approx(expected, rel=1e-5)
    for name, marks in zip(("loss", "sum", "checksum"), picture["rows"][2::3], strict=True):
        pairs = zip(rows[f"{name} 1"], rows[f"{name} 2"], strict=True)
        assert marks["marks"] == ["✗" if a != b else "" for a, b in pairs]
    assert picture["title"].startswith("2 of 1210 weights differ")
    decimals = zip(rows["loss 1"].split(".")[1], rows["loss 2"].split(".")[1], strict=True)
    place = next(n for n, (a, b) in enumerate(decimals, 1) if a != b)
    assert picture["title"].endswith(f"from decimal {place}")


def test_images_read_differently_are_shown_with_both_readings():
    p, data, model = prepared(weights_seed=1)
    read, picture = answers(model, data), drawn("disagreements", model, data, p)
    differ = np.flatnonzero(read[:, 0] != read[:, 1])
    assert picture["title"] == f"{len(differ)} of 360 images read differently" and len(differ) > 8
    for tile, i in zip(picture["tiles"], differ[:8], strict=True):
        assert (
            tile["mark"] == f"{read[i, 0]} | {read[i, 1]}"
            and tile["values"] == data.held_out.x[i, 0].tolist()
        )
        assert tile["label"] == f"is {data.held_out.y[i, 0]}"
    p, data, model = prepared()
    picture = drawn("disagreements", model, data, p)
    assert picture["title"].startswith("0 of 360") and len(picture["tiles"]) == 8
    assert all(
        tile["mark"][0] == tile["mark"][-1] and "=" in tile["mark"] for tile in picture["tiles"]
    )


def test_no_distance_is_drawn_at_the_foot():
    p, data, model = prepared()
    assert drawn("parting", model, data, p)["series"][0]["y"] == [1e-12]
    model.apart = [0.0, 0.25]
    assert drawn("parting", model, data, p)["title"].startswith("distance 0.25 after 1 epochs, 0 ")


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


def test_the_seeding_function_on_the_page_seeds_what_it_says():
    import random

    import keras
    import tensorflow as tf

    block = PAGE.split("```python\n")[1].split("```")[0]
    block = block.replace("    tf.config.experimental.enable_op_determinism()", "    #")
    names = {"random": random, "np": np, "tf": tf}
    exec(block, names)

    def drawn():
        x, y = np.arange(64.0).reshape(64, 1), np.zeros((64, 1))
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        before = [w.ravel() for w in model.get_weights()]
        model.fit(x / 64, y, batch_size=8, verbose=0)
        parts = *before, *[w.ravel() for w in model.get_weights()], np.random.rand(2)
        return np.concatenate(parts)

    names["seed_everything"](4)
    first = drawn()
    assert not np.array_equal(first, drawn())
    names["seed_everything"](4)
    assert np.array_equal(first, drawn())
    random.seed(4)
    assert np.array_equal(first[:3], drawn()[:3])


def medians(experiment, **values):
    runs = [trained("reproducibility", experiment, seed=seed, **values) for seed in (0, 1, 2)]
    return {name: float(np.median([run[name] for run in runs])) for name in runs[0]}


@pytest.mark.slow
@pytest.mark.answer("twins")
@pytest.mark.answer("unused")
@pytest.mark.answer("findings")
def test_the_answers_about_equal_seeds():
    assert -(-1437 // 32) * 30 == 1350
    runs = [trained("reproducibility", "same", seed=seed) for seed in (0, 1, 2)]
    assert [run["differing"] for run in runs] == [0, 0, 0]
    accuracies = [run["val_accuracy_1"] for run in runs]
    assert accuracies == pytest.approx([0.975, 0.958, 0.967], abs=0.008)
    assert max(accuracies) - min(accuracies) > 0.01
    assert "0.958 to 0.975" in WORDS
    assert trained("reproducibility", "no-dropout")["differing"] == 0


@pytest.mark.slow
@pytest.mark.answer("part")
@pytest.mark.answer("agree")
def test_the_answers_about_one_other_seed():
    others = [medians(f"other-{name}") for name in ("weights", "order", "dropout")]
    distances = [other["distance"] for other in others]
    assert distances[0] == pytest.approx(1.39, abs=0.05)
    assert distances[1:] == pytest.approx([0.18, 0.16], abs=0.06)
    assert others[0]["differing"] > 0.999
    disagree = [other["disagree"] for other in others]
    assert disagree == pytest.approx([0.03, 0.01, 0.01], abs=0.012)


@pytest.mark.slow
@pytest.mark.answer("nudge")
def test_the_answer_about_a_nudge():
    small = medians("nudge")
    assert small["disagree"] == 0 and small["differing"] == pytest.approx(0.75, abs=0.15)
    assert 2e-8 < small["distance"] < 2e-6
    large = trained("reproducibility", "nudge", learning_rate=0.05)
    assert 0.1 < large["distance"] < 0.6 and 0.01 < large["disagree"] < 0.07


@pytest.mark.slow
@pytest.mark.answer("compiler")
def test_the_answer_about_another_compiler():
    p = LESSON.parameters()
    run = Session(LESSON, p, compile="graph", emit=lambda event: None, views=False).run()
    assert 0.4 < run.metrics["differing"] < 0.95 and run.metrics["disagree"] == 0
    assert 2e-8 < run.metrics["distance"] < 2e-6
    default = trained("reproducibility", "same")
    assert abs(run.metrics["fingerprint_1"] - default["fingerprint_1"]) > 0.01
