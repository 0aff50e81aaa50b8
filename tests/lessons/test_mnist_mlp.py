"""One layer and three: the page's numbers, the sizes, the views, and checks that can fail."""

import json
from itertools import pairwise

import numpy as np
import pytest

from lessons.mnist_mlp import LESSON
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def prepared(**settings):
    p = LESSON.parameters.of({"images": "digits", **settings})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def softmax(a):
    e = np.exp(a - np.max(a, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_the_worked_softmax_is_right_and_on_the_page():
    y = softmax(np.array([2.0, 1.0, 0.0]))
    texts = [f"{v:.3f}" for v in (*np.exp([2, 1]), np.exp([2, 1, 0]).sum(), *y, -np.log(y[0]))]
    assert texts == ["7.389", "2.718", "11.107", "0.665", "0.245", "0.090", "0.408"]
    assert f"{y[0] - 1:.3f}" == "-0.335"
    assert all(text in PAGE for text in (*texts, "-0.335, 0.245, 0.090"))


def test_the_slope_of_the_loss_is_what_was_said_less_what_was_true():
    import tensorflow as tf

    a = tf.Variable([2.0, 1.0, 0.0])
    with tf.GradientTape() as tape:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(0, a)
    np.testing.assert_allclose(tape.gradient(loss, a), [-0.335, 0.245, 0.090], atol=5e-4)


@pytest.mark.parametrize("rule, moved", [("sgd", 0.00002), ("adam", 0.001)])
def test_the_first_step_of_both_optimizers_is_the_page_s(rule, moved):
    import keras

    p, _, model = prepared(optimizer=rule)
    weight = keras.Variable(1.0)
    model.optimizer.build([weight])
    model.optimizer.apply([keras.ops.convert_to_tensor(0.02)], [weight])
    assert 1 - float(weight) == pytest.approx(moved, rel=0.01)
    assert f"{moved:.5f}".rstrip("0") in PAGE and "fifty times" in PAGE
    assert p.learning_rate == 0.001


def count(*sizes):
    return sum((n + 1) * m for n, m in pairwise(sizes))


def test_parameters_agree_with_keras_and_with_the_page():
    for settings, hidden in (
        ({"layers": "one"}, ()),
        ({"units_1": 60, "units_2": 30}, (60, 30)),
        ({}, (600, 300)),
    ):
        _, _, model = prepared(**settings)
        assert model.count_params() == count(64, *hidden, 10)
        assert f"| {count(64, *hidden, 10)} " in PAGE.replace("  ", " ")
        assert f"= {count(784, *hidden, 10)}" in PAGE


def test_one_layer_is_the_page_s_equation():
    _, data, model = prepared(layers="one")
    W, b = model.get_weights()
    expected = softmax(data.x[:9].reshape(9, -1) @ W + b)
    np.testing.assert_allclose(model(data.x[:9]), expected, atol=1e-5)


def test_steps_of_ten_epochs():
    p, data, _ = prepared()
    assert p.epochs * 60000 // p.batch_size == 6000
    assert p.epochs * -(-len(data.x) // p.batch_size) == 150
    settings = LESSON.experiment("as-many-steps").settings
    assert settings["epochs"] * -(-len(data.x) // p.batch_size) == 6000
    assert "6000 steps" in PAGE and "embedded digits 150" in PAGE


def test_fewer_training_images_leave_the_validation_alone():
    _, whole, _ = prepared()
    _, part, _ = prepared(training_images=100)
    assert np.array_equal(part.x, whole.x[:100]) and np.array_equal(part.y, whole.y[:100])
    assert np.array_equal(part.held_out.x, whole.held_out.x) and len(whole.x) == 1437
    arms = [s for e in LESSON.experiments for c in e.claims for s in (e.settings, *c.arms.values())]
    assert {s["training_images"] for s in arms} == {10_000}


def view(name, *prepared):
    p, data, model = prepared
    return next(v for v in LESSON.views if v.name == name).draw(model, data, p)


@pytest.mark.parametrize("settings", [{}, {"layers": "one"}, {"units_1": 3, "units_2": 1}])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(settings):
    p, data, model = prepared(**settings)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_templates_lie_as_the_images_do():
    p, data, model = prepared(layers="one")
    kernel = model.get_weights()[0]
    picture = view("templates", p, data, model)
    sheet = np.array(picture["values"])[::-1]  # the top row first
    assert sheet.shape == (16, 40) and "0–4 above 5–9" in picture["title"]
    np.testing.assert_allclose(sheet[:8, 8:16], kernel[:, 1].reshape(8, 8), rtol=1e-6)
    np.testing.assert_allclose(sheet[8:, 32:], kernel[:, 9].reshape(8, 8), rtol=1e-6)


def test_each_row_of_probabilities_is_an_image_of_that_digit():
    p, data, model = prepared()
    rows = np.array(view("probabilities", p, data, model)["values"])
    for digit, row in enumerate(rows):
        image = data.held_out.x[np.flatnonzero(data.held_out.y == digit)[0]][None]
        np.testing.assert_allclose(row, np.asarray(model(image))[0], atol=1e-5)


def test_the_hardest_images_are_those_of_the_highest_loss():
    p, data, model = prepared()
    rows = view("hardest", p, data, model)["rows"]
    output = np.asarray(model(data.held_out.x[:300]))
    loss = -np.log(output[np.arange(300), data.held_out.y[:300]])
    assert [row[0] for row in rows] == np.argsort(-loss)[:10].tolist()
    assert [row[4] for row in rows] == pytest.approx(np.sort(loss)[::-1][:10], rel=1e-4)
    assert all(row[1] == data.held_out.y[row[0]] for row in rows)


def accuracy(value):
    return Outcome(({"val_accuracy": value},))


def test_claims_can_fail():
    claims = {c.row: c for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {
        "000/mnist-single", "000/mnist-hidden", "001/mnist-hidden",
        "000/mnist-optimizer", "001/mnist-optimizer",
    }  # fmt: skip
    high, middle, low = accuracy(0.98), accuracy(0.95), accuracy(0.3)
    single = claims["000/mnist-single"].check
    assert single({"this": high}) and not single({"this": low})
    hidden = claims["000/mnist-hidden"].check
    assert hidden({"this": high, "60-30": middle, "6-3": low})
    assert not hidden({"this": middle, "60-30": high, "6-3": low})
    assert not hidden({"this": high, "60-30": low, "6-3": middle})
    small = claims["001/mnist-hidden"].check
    assert small({"this": middle, "600-300": high})
    assert not small({"this": accuracy(0.978), "600-300": high})
    same, own = claims["000/mnist-optimizer"].check, claims["001/mnist-optimizer"].check
    assert same({"this": low, "adam": high}) and not same({"this": middle, "adam": high})
    assert own({"this": accuracy(0.96), "adam": high}) and not own({"this": low, "adam": high})
