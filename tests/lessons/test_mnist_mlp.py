"""One layer and three: the page's numbers, the sizes, the views, and checks that can fail."""

import json
from itertools import pairwise

import numpy as np
import pytest
from measuring import history, trained

from lessons.mnist_mlp import LESSON
from lessons.mnist_mlp.views import hardest, pixel_weights, pooled
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def prepared(**settings):
    p = LESSON.parameters.of({"images": "digits", **settings})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def softmax(u):
    e = np.exp(u - np.max(u, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def test_the_worked_softmax_is_right_and_on_the_page():
    y = softmax(np.array([2.0, 1.0, 0.0]))
    texts = [f"{v:.3f}" for v in (*np.exp([2, 1]), np.exp([2, 1, 0]).sum(), *y, -np.log(y[0]))]
    assert texts == ["7.389", "2.718", "11.107", "0.665", "0.245", "0.090", "0.408"]
    assert f"{y[0] - 1:.3f}" == "-0.335"
    assert all(text in PAGE for text in (*texts, "-0.335, 0.245, 0.090"))


def test_the_derivative_of_the_loss_is_the_output_minus_the_target():
    import tensorflow as tf

    u = tf.Variable([2.0, 1.0, 0.0])
    with tf.GradientTape() as tape:
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(0, u)
    np.testing.assert_allclose(tape.gradient(loss, u), [-0.335, 0.245, 0.090], atol=5e-4)


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
        assert f"| {count(64, *hidden, 10):,} " in PAGE.replace("  ", " ")
        assert f"= {count(784, *hidden, 10):,}" in PAGE


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
    page = " ".join(PAGE.split())
    assert "MNIST are 6000 steps, and ten epochs of the embedded digits are 150" in page


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


def test_templates_of_one_layer_are_its_weights_and_lie_as_the_image_does():
    p, data, model = prepared(layers="one")
    kernel = model.get_weights()[0]
    tiles = view("templates", p, data, model)["tiles"]
    assert [tile["label"] for tile in tiles] == list("0123456789")
    for digit in (0, 9):
        expected = kernel[:, digit].reshape(8, 8)
        np.testing.assert_allclose(tiles[digit]["values"], expected, atol=1e-4)


def test_templates_of_three_layers_are_the_slopes_of_the_sums():
    import tensorflow as tf

    _, data, model = prepared(units_1=12, units_2=7)
    x = tf.constant(data.held_out.x[:1])
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = x
        for layer in model.layers[:-1]:
            h = layer(h)
        u = h @ model.layers[-1].kernel
    slopes = np.asarray(tape.jacobian(u, x)).reshape(10, 64).T
    np.testing.assert_allclose(pixel_weights(model, data.held_out.x[0]), slopes, atol=1e-5)


def test_pooling_keeps_the_mean_and_the_place():
    image = np.zeros((28, 28))
    image[0, 27] = 4.0
    small = pooled(image)
    assert small.shape == (14, 14) and small[0, 13] == 1.0 and small.sum() == 1.0
    assert pooled(np.eye(8)).shape == (8, 8)


def test_the_first_picture_is_the_image_of_the_highest_loss():
    p, data, model = prepared()
    picture = view("reading", p, data, model)
    output = np.asarray(model(data.held_out.x[:300]))
    truth = data.held_out.y[:300]
    worst = int(output[np.arange(300), truth].argmin())
    image, bars = picture["panels"]
    np.testing.assert_allclose(image["tiles"][0]["values"], data.held_out.x[worst], atol=0.01)
    np.testing.assert_allclose(bars["values"], output[worst], atol=1e-4)
    assert bars["target"] == truth[worst] and bars["highlight"] == [output[worst].argmax()]
    read = f"this {truth[worst]} is read as {output[worst].argmax()}"
    assert read in picture["title"]


def test_the_ten_worst_stand_in_the_order_of_their_loss():
    p, data, model = prepared()
    picture = view("gallery", p, data, model)
    output, truth = np.asarray(model(data.held_out.x[:300])), data.held_out.y[:300]
    order = np.argsort(output[np.arange(300), truth])[:10]
    labels = [tile["label"][:3] for tile in picture["tiles"]]
    assert labels == [f"{truth[k]}→{output[k].argmax()}" for k in order]
    assert all(
        ("✓" in each["label"]) == (each["label"][0] == each["label"][2])
        for each in picture["tiles"]
    )
    wrong = np.sum(output.argmax(axis=1) != truth)
    assert picture["title"].startswith(f"{wrong} of 300")


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


def test_the_templates_of_the_drawing_give_the_stated_evidence():
    drawing = PAGE.split("```diagram\n")[1].split("```")[0]
    rows = [line.split() for line in drawing.splitlines() if len(line.split()) == 15]
    ink, seven, one = (np.array(rows)[:, k : k + 5] for k in (0, 5, 10))
    on = ink == "█"
    assert on.sum() == 7
    for template, evidence in ((seven, "7"), (one, "−1")):
        value = int(np.where(template == "+", 1, -1)[on].sum())
        assert str(value).replace("-", "−") == evidence and f"evidence {evidence}" in drawing


DIGITS = {"images": "digits"}


@pytest.mark.answer("single")
@pytest.mark.slow
def test_the_answer_about_one_layer():
    for seed in (0, 1, 2):
        assert 0.45 < trained("mnist-mlp", "single", seed, **DIGITS)["val_accuracy"] < 0.8
        long = trained("mnist-mlp", "single", seed, **DIGITS, epochs=100)
        assert long["val_accuracy"] == pytest.approx(0.94, abs=0.02)


@pytest.mark.answer("sizes")
@pytest.mark.slow
def test_the_answer_about_sizes():
    def median(experiment, **settings):
        runs = (trained("mnist-mlp", experiment, s, **DIGITS, **settings) for s in (0, 1, 2))
        return np.median([run["val_accuracy"] for run in runs])

    assert 0.12 < median("three", units_1=6, units_2=3) < 0.45
    assert median("small") == pytest.approx(0.93, abs=0.02)
    assert median("three") == pytest.approx(0.98, abs=0.012)
    assert count(784, 600, 300, 10) / count(784, 60, 30, 10) == pytest.approx(13.3, abs=0.1)
    assert round(count(64, 600, 300, 10) / count(64, 60, 30, 10)) == 37


@pytest.mark.answer("rate")
@pytest.mark.slow
def test_the_answer_about_learning_rates():
    same, own = (trained("mnist-mlp", name, **DIGITS) for name in ("same-rate", "own-rate"))
    assert same["val_accuracy"] < 0.35 and same["val_loss"] == pytest.approx(2.25, abs=0.03)
    assert own["val_accuracy"] == pytest.approx(0.96, abs=0.03)


@pytest.mark.answer("steps")
@pytest.mark.slow
def test_the_answer_about_400_epochs():
    loss = history("mnist-mlp", "val_loss", "as-many-steps")
    end = trained("mnist-mlp", "as-many-steps", epochs=300)
    assert min(loss) == pytest.approx(0.020, abs=0.008) and loss[-1] > 1.1 * min(loss)
    assert loss[-1] == pytest.approx(0.025, abs=0.01) and 50 < loss.index(min(loss)) < 300
    assert end["loss"] < 0.0001


@pytest.mark.answer("mistakes")
@pytest.mark.slow
def test_the_answer_about_the_worst_mistakes():
    import keras

    shares = []
    for seed in (0, 1, 2):
        keras.utils.set_random_seed(seed)
        p = LESSON.parameters.of(DIGITS)
        data = LESSON.data(p, np.random.default_rng(seed))
        model = LESSON.model(p, data)
        model.fit(data.x, data.y, batch_size=p.batch_size, epochs=p.epochs, verbose=0)
        output, _ = hardest(model, data)
        wrong = output.argmax(axis=1) != data.held_out.y[:300]
        assert 2 <= wrong.sum() <= 9
        shares += output[wrong].max(axis=1).tolist()
    assert 0.5 <= np.median(shares) <= 0.85
