"""The convolution by hand against Keras, the page's numbers, the network, the views."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import trained

from lessons.mnist_cnn import LESSON
from lessons.mnist_cnn.views import maps
from tui_dl.drawing.kinds import draw
from tui_dl.drawing.palette import Palette
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
IMAGE = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 0]], "float32")
FILTER = np.array([[-1, 0, 1]] * 3, "float32")


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def convolved(x, kernel, bias=0.0):
    """Return the page's double sum."""
    k, (height, width) = len(kernel), x.shape
    u = np.zeros((height - k + 1, width - k + 1))
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            terms = [kernel[m, n] * x[i + m, j + n] for m in range(k) for n in range(k)]
            u[i, j] = bias + sum(terms)
    return u


def test_the_worked_map_is_right_and_on_the_page():
    assert convolved(IMAGE, FILTER).tolist() == [[3, 3], [3, 2]]
    assert PAGE.count("**3**") == 4 and "give **2**" in PAGE
    drawing = PAGE.split("```diagram")[1].split("```")[0]
    numbers = [[int(n) for n in re.findall(r"-?\d", line)] for line in drawing.splitlines()]
    rows = [row for row in numbers if len(row) >= 4]
    assert [row[:4] for row in rows] == IMAGE.tolist()
    assert [row[4:7] for row in rows[:3]] == FILTER.tolist()
    assert rows[1][7:] == [3, 3] and [3, 2] in numbers


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 4), st.integers(4, 7), st.integers(0, 2**16))
def test_the_double_sum_is_keras_s_layer(k, side, seed):
    import keras

    rng = np.random.default_rng(seed)
    x, kernel = rng.normal(size=(side, side)), rng.normal(size=(k, k))
    layer = keras.layers.Conv2D(1, k)
    layer.build((1, side, side, 1))
    layer.set_weights([kernel[:, :, None, None], np.array([0.5])])
    got = np.asarray(layer(x[None, :, :, None].astype("float32")))[0, :, :, 0]
    np.testing.assert_allclose(got, convolved(x, kernel, 0.5), atol=1e-4)


def test_the_counts_on_the_page_are_those_of_mnist():
    p = LESSON.parameters()
    data = LESSON.data(LESSON.parameters.of({"images": "digits"}), np.random.default_rng(0))
    mnist = type(data)("28×28", np.zeros((1, 28, 28), "float32"), data.y[:1])
    model = LESSON.model(p, mnist)
    counts = [layer.count_params() for layer in model.layers if layer.count_params()]
    assert counts == [320, 18_496, 1_179_776, 1_290] and model.count_params() == 1_199_882
    shown = [f"**{n:,}**" if n > 9999 else f"**{n}**" for n in [*counts, model.count_params()]]
    assert all(text in PAGE for text in shown)
    assert (counts[0] + counts[1]) / model.count_params() < 0.02
    assert model.get_layer("features").output.shape[1] == 9216 and "9216" in PAGE
    assert model.get_layer("convolution_2").output.shape[1:3] == (24, 24) and 24**2 == 576
    products = [26**2 * 32 * 9, 576 * 64 * 9 * 32, 9216 * 128, 1280]
    assert f"{products[1] / 1e6:.1f} of the {sum(products) / 1e6:.0f}" == "10.6 of the 12"
    assert "10.6 of the 12" in " ".join(PAGE.split())
    assert -(-60_000 // 128) * 20 == 9380 and -(-1437 // 128) * 20 == 240


def test_the_network_is_the_source_s():
    p, _, model = prepared()
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [
        "Reshape", "Conv2D", "Conv2D", "MaxPooling2D", "Dropout", "Flatten", "Dense", "Dropout",
        "Dense",
    ]  # fmt: skip
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.25, 0.5]
    assert (p.batch_size, p.epochs, p.learning_rate) == (128, 20, 0.001)
    assert type(model.optimizer).__name__ == "Adam"


def test_the_form_s_numbers_reach_the_model():
    _, _, model = prepared(filters_1=3, filters_2=5, size=1, pooling=False, units=7)
    assert model.count_params() == (3 * 2 + 5 * 4) + (64 * 5 + 1) * 7 + 8 * 10


def test_the_smallest_embedded_image_still_leaves_something():
    _, _, model = prepared(size=4)
    assert model.get_layer("pool").output.shape[1:3] == (1, 1)


def test_fewer_images_are_the_first_ones_and_the_note_says_so():
    _, every, _ = prepared()
    _, few, _ = prepared(training_images=500)
    assert len(few.x) == 500 and len(few.held_out.x) == 100 and few.note.startswith("500 of 1437")
    assert np.array_equal(few.x, every.x[:500]) and np.array_equal(few.y, every.y[:500])
    assert np.array_equal(few.held_out.y, every.held_out.y[:100])
    assert len(every.held_out.x) == 360 and "of 1437" not in every.note


def test_maps_are_what_the_layers_compute():
    _, data, model = prepared(filters_1=4, filters_2=6)
    kernel, bias = model.get_layer("convolution_1").get_weights()
    found = maps(model, data, 1)
    assert found.shape == (4, 6, 6) and maps(model, data, 2).shape == (6, 4, 4)
    for f in range(4):
        by_hand = np.maximum(convolved(data.held_out.x[0], kernel[:, :, 0, f], bias[f]), 0)
        np.testing.assert_allclose(found[f], by_hand, atol=1e-4)


@pytest.mark.parametrize("values", [{}, {"filters_1": 1, "filters_2": 1, "size": 1}])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(values):
    p, data, model = prepared(**values)
    before = model.get_weights()
    for each in LESSON.views:
        picture = each.draw(model, data, p)
        json.dumps(picture, allow_nan=False)
        assert "cannot be drawn" not in draw(picture, 60, 16, Palette()).plain
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_products_are_those_of_the_place_that_the_map_has_reached():
    p, data, model = prepared(filters_1=4)
    model.optimizer.iterations.assign(3)
    digit, products, filled = LESSON.views[0].draw(model, data, p)["panels"]
    kernel, bias = model.get_layer("convolution_1").get_weights()
    found = maps(model, data, 1)
    f = found.reshape(4, -1).max(axis=1).argmax()
    row, column = divmod(21, 6)
    patch = data.held_out.x[0][row : row + 3, column : column + 3]
    np.testing.assert_allclose(products["values"], patch * kernel[:, :, 0, f], atol=1e-6)
    assert np.array_equal(digit["tiles"][0]["values"], data.held_out.x[0])
    shown = [v for line in filled["tiles"][0]["values"] for v in line]
    assert shown[22:] == [None] * 14 and np.allclose(shown[:22], found[f].ravel()[:22])
    assert np.maximum(np.sum(products["values"]) + bias[f], 0) == pytest.approx(shown[21], abs=1e-5)


def test_a_map_without_any_answer_is_marked_as_dead():
    p, data, model = prepared(filters_1=3)
    layer = model.get_layer("convolution_1")
    kernel, bias = layer.get_weights()
    bias[1] = -100
    layer.set_weights([kernel, bias])
    tiles = LESSON.views[2].draw(model, data, p)["tiles"]
    assert [tile["mark"] for tile in tiles] == ["", "dead", ""]
    assert max(map(max, tiles[0]["values"])) == pytest.approx(1)


def test_the_claim_can_fail_and_the_smaller_run_exists():
    ((claim,),) = [e.claims for e in LESSON.experiments if e.claims]
    assert claim.row == "000/cnn" and LESSON.rows == ("000/cnn",)
    assert claim.check({"this": Outcome(({"val_accuracy": 0.992},))})
    assert not claim.check({"this": Outcome(({"val_accuracy": 0.985},))})
    smaller = LESSON.parameters.of(LESSON.experiment(LESSON.smaller).settings)
    assert smaller.training_images * smaller.epochs * 40 == 60_000 * 20


@pytest.mark.parametrize("stride, padding", [(1, "valid"), (2, "valid"), (1, "same"), (3, "valid")])
def test_the_height_of_a_map_is_the_page_s(stride, padding):
    import keras

    added = 1 if padding == "same" else 0
    for height in (8, 13, 28):
        layer = keras.layers.Conv2D(1, 3, strides=stride, padding=padding)
        got = layer.compute_output_shape((1, height, height, 1))[1]
        assert got == (height + 2 * added - 3) // stride + 1


SEEDS = (0, 1, 2)


def reached(experiment, metric="val_accuracy", **values):
    """Return the metric on the embedded digits with each seed."""
    values = {"images": "digits", **values}
    return [trained("mnist-cnn", experiment, seed=seed, **values)[metric] for seed in SEEDS]


@pytest.mark.slow
@pytest.mark.answer("steps")
@pytest.mark.answer("above")
@pytest.mark.answer("one-pixel")
def test_the_answers_about_steps_and_filters_of_one_pixel():
    digits = np.median(reached("digits"))
    assert digits == pytest.approx(0.994, abs=0.006) and "0.994" in PAGE
    assert np.median(reached("smaller")) == pytest.approx(0.90, abs=0.03)
    assert np.median(reached("source")) == pytest.approx(0.98, abs=0.012)
    assert np.median(reached("digits", "accuracy")) == pytest.approx(0.991, abs=0.006)
    assert np.median(reached("one-pixel")) == pytest.approx(0.91, abs=0.025) and digits > 0.97


@pytest.mark.slow
@pytest.mark.answer("pooling")
@pytest.mark.answer("few")
def test_the_answers_about_pooling_and_few_filters():
    counts = [
        prepared(**values)[2].count_params()
        for values in ({"pooling": False}, {}, {"filters_1": 4, "filters_2": 8})
    ]
    assert counts[:2] == [151_306, 53_002] and counts[1] / counts[2] == pytest.approx(9, abs=0.5)
    without = reached("no-pooling")
    assert without == pytest.approx([0.997, 0.986, 0.978], abs=0.015)
    assert reached("digits") == pytest.approx([0.997, 0.994, 0.992], abs=0.01)
    few = reached("digits", filters_1=4, filters_2=8)
    one = reached("digits", filters_1=1, filters_2=1)
    assert np.median(few) == pytest.approx(0.96, abs=0.025)
    assert np.median(one) == pytest.approx(0.60, abs=0.15)
