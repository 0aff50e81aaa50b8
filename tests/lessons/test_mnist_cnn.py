"""The convolution by hand against Keras, the page's numbers, the network, the views."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    z = np.zeros((height - k + 1, width - k + 1))
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            terms = [kernel[u, v] * x[i + u, j + v] for u in range(k) for v in range(k)]
            z[i, j] = bias + sum(terms)
    return z


def test_the_worked_map_is_right_and_on_the_page():
    assert convolved(IMAGE, FILTER).tolist() == [[3, 3], [3, 2]]
    assert PAGE.count("**3**") == 4 and "give **2**" in PAGE
    for row, weights in zip(IMAGE.astype(int), [*FILTER.astype(int), ()], strict=True):
        line = f"| {' '.join(map(str, row))} | {' '.join(map(str, weights))}"
        assert line.rstrip() in PAGE


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
    assert all(f"**{n:,}**".replace(",", " ") in PAGE for n in [*counts, model.count_params()])
    assert (counts[0] + counts[1]) / model.count_params() < 0.02
    assert model.get_layer("features").output.shape[1] == 9216 and "9216" in PAGE
    assert model.get_layer("convolution_2").output.shape[1:3] == (24, 24) and 24**2 == 576
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
