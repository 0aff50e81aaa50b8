"""Batch normalization: the page's numbers and formulas, against Keras's layer in both modes."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import history, trained

from lessons.batch_normalization import LESSON
from lessons.batch_normalization.views import layer_inputs
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
BATCH = np.array([2.0, 4.0, 4.0, 10.0])
EPSILON = 0.001


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def normalized(x, mu, variance, gamma=1.0, beta=0.0):
    return gamma * (x - mu) / np.sqrt(variance + EPSILON) + beta


def view(name, p, data, model):
    return next(v for v in LESSON.views if v.name == name).draw(model, data, p)


def test_the_worked_batch_is_right_and_on_the_page():
    mu, variance = BATCH.mean(), BATCH.var()
    hat = normalized(BATCH, mu, variance)
    assert (mu, variance) == (5, 9)
    assert f"{np.sqrt(variance + EPSILON):.4f}" == "3.0002"
    numbers = [", ".join(f"{v:.3f}" for v in values) for values in (hat, 2 * hat + 1)]
    assert numbers == ["-1.000, -0.333, -0.333, 1.667", "-1.000, 0.333, 0.333, 4.333"]
    moving = 0.01 * mu, 0.99 + 0.01 * variance
    assert moving == pytest.approx((0.05, 1.08))
    inference = f"{normalized(10, *moving):.3f}"
    assert inference == "9.570"
    assert all(text in PAGE for text in ("3.0002", *numbers, "= 0.05", "= 1.08", inference))
    assert all(f"{0.99**steps:.3f}" in PAGE for steps in (45, 225))


def test_keras_gives_the_worked_numbers_in_both_modes():
    import keras

    layer, x = keras.layers.BatchNormalization(), BATCH.reshape(4, 1).astype("float32")
    trained = np.asarray(layer(x, training=True)).ravel()
    np.testing.assert_allclose(trained, [-1, -1 / 3, -1 / 3, 5 / 3], atol=1e-3)
    assert float(layer.moving_mean[0]) == pytest.approx(0.05)
    assert float(layer.moving_variance[0]) == pytest.approx(1.08)
    assert float(layer(x, training=False)[3, 0]) == pytest.approx(9.570, abs=5e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 40), st.floats(0, 0.999), st.integers(0, 2**16))
def test_the_hand_formula_is_keras_s_layer(m, alpha, seed):
    import keras

    rng = np.random.default_rng(seed)
    x = rng.normal(3, 5, (m, 2)).astype("float32")
    gamma, beta = rng.normal(size=(2, 2)).astype("float32")
    layer = keras.layers.BatchNormalization(momentum=alpha)
    layer.build(x.shape)
    layer.set_weights([gamma, beta, np.zeros(2), np.ones(2)])
    mu, variance = x.mean(axis=0), x.var(axis=0)  # divided by m, not m - 1
    trained = layer(x, training=True)
    np.testing.assert_allclose(trained, normalized(x, mu, variance, gamma, beta), atol=2e-4)
    moving = (1 - alpha) * mu, alpha + (1 - alpha) * variance
    np.testing.assert_allclose(layer.moving_mean, moving[0], atol=1e-4)
    np.testing.assert_allclose(layer.moving_variance, moving[1], rtol=1e-4)
    inferred = layer(x, training=False)
    np.testing.assert_allclose(inferred, normalized(x, *moving, gamma, beta), rtol=1e-3, atol=1e-3)


def test_the_scale_of_weights_leaves_the_output_and_divides_the_gradient():
    import tensorflow as tf

    rng = np.random.default_rng(0)
    h, w, target = (tf.constant(rng.normal(size=s)) for s in ((50, 6), (6, 4), (50, 4)))

    def slope(weights):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            z = h @ weights
            mean, variance = tf.nn.moments(z, 0)
            y = (z - mean) / tf.sqrt(variance)
            loss = tf.reduce_mean((y - target) ** 2)
        return y, tape.gradient(loss, weights)

    (y, g), (scaled, smaller) = slope(w), slope(10 * w)
    np.testing.assert_allclose(y, scaled, atol=1e-9)
    np.testing.assert_allclose(g, 10 * smaller, rtol=1e-6, atol=1e-12)


def test_the_switch_changes_the_layers_and_the_count():
    _, _, on = prepared()
    _, _, off = prepared(batch_normalization=False)
    kinds = [type(layer).__name__ for layer in on.layers[1:5]]
    assert kinds == ["Dense", "BatchNormalization", "ReLU", "Dropout"]
    assert not any("Batch" in type(layer).__name__ for layer in off.layers)
    weights = 64 * 128 + 3 * 128 * 128
    assert on.count_params() == weights + 4 * 4 * 128 + 129 * 10
    assert off.count_params() == weights + 4 * 128 + 129 * 10
    assert sum(int(np.prod(w.shape)) for w in on.non_trainable_weights[::1]) >= 2 * 4 * 128


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_first_weights_are_as_spread_as_asked(scale):
    _, _, model = prepared(initial_scale=scale)
    for kernel, n in ((model.layers[1].kernel, 64), (model.layers[5].kernel, 128)):
        assert np.std(kernel) == pytest.approx(scale * np.sqrt(2 / n), rel=0.05)


def test_the_form_s_numbers_reach_the_model():
    _, _, model = prepared(optimizer="sgd", learning_rate=0.2, momentum=0.5, dropout=0.3)
    assert type(model.optimizer).__name__ == "SGD"
    assert float(model.optimizer.learning_rate) == pytest.approx(0.2)
    assert model.get_layer("norm_4").momentum == 0.5
    assert model.layers[4].rate == 0.3


@pytest.mark.parametrize("switch", [True, False])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(switch):
    p, data, model = prepared(batch_normalization=switch)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_one_unit_is_drawn_before_and_after_it_is_normalized():
    p, data, model = prepared(hidden_layers=2)
    norm = model.get_layer("norm_1")
    norm.gamma.assign(np.full(128, 2.0))
    norm.beta.assign(np.full(128, 1.0))
    picture = view("one-unit", p, data, model)
    before, after = picture["panels"]
    z = data.x[:128].reshape(128, -1) @ model.get_weights()[0][:, 0]
    reach = before["x_range"][1]
    y = normalized(z, z.mean(), z.var(), 2.0, 1.0)
    for panel, unit in ((before, z), (after, y)):
        counts, _ = np.histogram(unit, 41, (-reach, reach))
        assert np.abs(np.array(panel["layers"][0]["counts"]) - counts).sum() <= 4  # rounding
        assert panel["layers"][0]["note"] == f"σ {unit.std():.2g}"
    assert f"{z.std():.2g} → 2" in picture["title"] and picture["title"].endswith("→ 1")


def test_deeper_layers_see_what_this_batch_s_statistics_pass_on():
    p, data, model = prepared(hidden_layers=2, dropout=0.0)
    inputs = layer_inputs(model, data, "norm", training=True)
    h = model.layers[0](data.x[:128])
    for layer in model.layers[1:-1]:
        if layer.name == "norm_2":
            np.testing.assert_allclose(inputs["norm_2"], h, rtol=1e-3, atol=1e-4)
        h = layer(h, training=True) if layer.name.startswith("norm") else layer(h)
    panel = view("one-unit", p, data, model)["panels"][0]
    assert panel["layers"][1]["note"] == f"σ {inputs['norm_2'][:, 0].std():.2g}"


def test_without_the_layer_one_unit_goes_into_the_relu_as_it_is():
    p, data, model = prepared(batch_normalization=False, hidden_layers=1)
    picture = view("one-unit", p, data, model)
    (panel,) = picture["panels"]
    z = data.x[:128].reshape(128, -1) @ model.get_weights()[0][:, 0]
    assert sum(panel["layers"][0]["counts"]) == 128
    assert f"μ {z.mean():.2g}, σ {z.std():.2g}" in picture["title"]


@pytest.mark.parametrize("switch", [True, False])
def test_the_pictures_compute_what_keras_infers(switch):
    _, data, model = prepared(batch_normalization=switch)
    model.fit(data.x[:640], data.y[:640], batch_size=32, verbose=0)
    h = layer_inputs(model, data, "output")["output"]
    keras_s = data.x[:128]
    for layer in model.layers[:-1]:
        keras_s = layer(keras_s)
    np.testing.assert_allclose(h, keras_s, rtol=1e-3, atol=1e-4)


def test_moving_statistics_start_at_nought_and_one_and_approach_the_batch():
    p, data, model = prepared(momentum=0.5, learning_rate=1e-5, hidden_layers=1)
    mean, variance = (panel["groups"][0] for panel in view("statistics", p, data, model)["panels"])
    assert set(mean["y"]) == {0.0} and set(variance["y"]) == {1.0}
    z = data.x[:128].reshape(128, -1) @ model.get_weights()[0]
    assert mean["x"] == pytest.approx(z.mean(0)[:16], abs=1e-4)
    assert variance["x"] == pytest.approx(z.var(0)[:16], rel=1e-3)
    model.fit(data.x, data.y, batch_size=128, epochs=2, verbose=0)
    for panel in view("statistics", p, data, model)["panels"]:
        group = panel["groups"][0]
        assert group["y"] == pytest.approx(group["x"], rel=0.5, abs=0.15)


def test_scale_and_shift_are_those_of_the_layers():
    p, data, model = prepared()
    model.get_layer("norm_2").gamma.assign(np.full(128, 2.0))
    gammas, betas = view("scale-and-shift", p, data, model)["panels"]
    assert [layer["name"] for layer in gammas["layers"]] == list("1234")
    assert [layer["note"] for layer in gammas["layers"]] == ["1.00", "2.00", "1.00", "1.00"]
    assert {layer["note"] for layer in betas["layers"]} == {"0.00"}
    assert all(sum(layer["counts"]) == 128 for layer in gammas["layers"] + betas["layers"])


def test_the_gap_is_validation_loss_above_training_loss_in_inference():
    p, data, model = prepared()
    seen = model.evaluate(data.x[:360], data.y[:360], verbose=0)[0]
    unseen = model.evaluate(data.held_out.x, data.held_out.y, verbose=0)[0]
    assert LESSON.measure(model, data, p)["gap"] == pytest.approx(unseen - seen, abs=1e-4)


def claim(name):
    return LESSON.experiment(name).claims[0]


def final(**metrics):
    return Outcome((metrics,), ({"loss": metrics.get("losses", ())},))


def test_the_checks_want_direction_and_size():
    fast, slow = final(losses=(0.9, 0.4, 0.3, 0.2, 0.1)), final(losses=(1.9, 1.0, 0.7, 0.5, 0.4))
    assert claim("speed").check({"this": fast, "plain": slow})
    assert not claim("speed").check({"this": slow, "plain": fast})
    arms = {
        "this": 0.9,
        "narrow": 0.8,
        "wide": 0.85,
        "plain": 0.9,
        "plain narrow": 0.5,
        "plain wide": 0.7,
    }
    assert set(claim("start").arms) == set(arms) - {"this"}
    assert claim("start").check({name: final(accuracy=a) for name, a in arms.items()})
    assert not claim("start").check(
        {k: final(accuracy=a) for k, a in (arms | {"wide": 0.6}).items()}
    )
    assert claim("regular").check({"this": final(gap=0.07), "plain": final(gap=0.1)})
    assert not claim("regular").check({"this": final(gap=0.09), "plain": final(gap=0.1)})


def test_every_row_preset_and_arm_is_there():
    rows = {"003/batchnorm", "003/batchnorm-speed", "003/batchnorm-init", "003/batchnorm-regular"}
    assert set(LESSON.rows) == rows
    for experiment in LESSON.experiments:
        for arm in (experiment.settings, *(a for c in experiment.claims for a in c.arms.values())):
            LESSON.parameters.of(arm)


SEEDS = (0, 1, 2)
PLAIN = {"images": "digits", "batch_normalization": False}
DIGITS = {"images": "digits"}


def median(values):
    return float(np.median(list(values)))


@pytest.mark.slow
@pytest.mark.answer("averages")
def test_the_answer_about_moving_averages():
    slow, fast = (
        [history("batch-normalization", "val_loss", seed=s, momentum=m, **DIGITS) for s in SEEDS]
        for m in (0.99, 0.9)
    )
    assert median(run[0] for run in slow) == pytest.approx(1.48, abs=0.2)
    assert median(run[0] for run in fast) == pytest.approx(0.84, abs=0.15)
    assert median(run[-1] for run in slow) == pytest.approx(0.16, abs=0.04)
    assert median(run[-1] for run in fast) == pytest.approx(0.13, abs=0.03)
    assert pytest.approx(0.10, abs=0.005) == 0.99**225 and 0.9**40 < 0.02


@pytest.mark.slow
@pytest.mark.answer("speed")
def test_the_answer_about_speed():
    layer, plain = (
        [history("batch-normalization", "loss", "speed", seed=s, **arm) for s in SEEDS]
        for arm in (DIGITS, PLAIN)
    )
    assert median(run[1] for run in layer) == pytest.approx(1.12, abs=0.15)
    assert median(run[3] for run in plain) == pytest.approx(0.88, abs=0.15)
    assert median(run[4] for run in layer) == pytest.approx(0.47, abs=0.08)
    assert median(run[4] for run in plain) == pytest.approx(0.65, abs=0.08)


@pytest.mark.slow
@pytest.mark.answer("rate")
def test_the_answer_about_a_large_rate():
    layer, plain = (
        [trained("batch-normalization", "large-rate", seed=s, **arm)["val_accuracy"] for s in SEEDS]
        for arm in (DIGITS, PLAIN)
    )
    assert min(layer) > 0.9 and min(plain) < 0.75 and median(plain) < 0.85


@pytest.mark.slow
@pytest.mark.answer("start")
def test_the_answer_about_the_initial_scale():
    def ends(scale, arm, metric="accuracy"):
        runs = (
            trained("batch-normalization", "start", seed=s, initial_scale=scale, **arm)
            for s in SEEDS
        )
        return median(run[metric] for run in runs)

    found = [ends(scale, arm) for arm in (DIGITS, PLAIN) for scale in (0.1, 10)]
    assert found == pytest.approx([0.95, 0.59, 0.56, 0.27], abs=0.06)
    assert ends(0.1, DIGITS, "val_accuracy") == pytest.approx(0.41, abs=0.2)


@pytest.mark.slow
@pytest.mark.answer("regular")
def test_the_answer_about_the_gap():
    layer, plain = (
        [trained("batch-normalization", "regular", seed=s, **arm)["gap"] for s in SEEDS]
        for arm in (DIGITS, PLAIN)
    )
    assert median(layer) == pytest.approx(0.043, abs=0.012)
    assert median(plain) == pytest.approx(0.070, abs=0.015)
    assert layer[0] > plain[0]


@pytest.mark.slow
@pytest.mark.answer("tiny")
def test_the_answer_about_tiny_batches():
    tiny = trained("batch-normalization", "tiny-batch", **DIGITS)
    assert tiny["loss"] == pytest.approx(1.84, abs=0.25) and tiny["val_loss"] < 1
    assert trained("batch-normalization", **DIGITS)["loss"] == pytest.approx(0.41, abs=0.08)
