"""The network's sizes and receptive field, the page's numbers, the views, the claim."""

import json

import numpy as np
import pytest
from measuring import history, trained

from lessons.cifar10_cnn import LESSON
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def prepared(**values):
    p = LESSON.parameters.of({"images": "shapes", "training_images": 100, **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def written(number):
    return f"{number:,}" if number > 9999 else str(number)


def test_the_counts_on_the_page_are_the_network_s():
    _, _, model = prepared()
    counts = [layer.count_params() for layer in model.layers if layer.count_params()]
    assert counts == [896, 9248, 18_496, 36_928, 1_180_160, 5130]
    assert all(f"**{written(n)}**" in PAGE for n in [*counts, model.count_params()])
    assert model.get_layer("features").output.shape[1] == 2304 and "**2304**" in PAGE


def test_the_network_is_the_source_s():
    p, _, model = prepared()
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.25, 0.25, 0.5]
    assert (p.batch_size, p.epochs, LESSON.parameters().training_images) == (32, 20, 50_000)
    paddings = [layer.padding for layer in model.layers if "convolution" in layer.name]
    assert paddings == ["same", "valid"] * 2
    assert type(model.optimizer).__name__ == "Adam"


def test_the_table_of_receptive_fields_is_right():
    _, _, model = prepared()
    r, s, table = 1, 1, []
    for layer in model.layers:
        if "convolution" in layer.name or "pool" in layer.name:
            k = 2 if "pool" in layer.name else 3
            sizes = " · ".join(str(n) for n in layer.output.shape[1:])
            name = layer.name.replace("_", " ")
            last = r + (k - 1) * s
            shown = f"**{last}**" if name == "pool 2" else str(last)
            table.append(f"| {name} | {sizes} | {s} | {r} + {k - 1} · {s} = {shown} |")
            r, s = last, s * (2 if k == 2 else 1)
    assert len(table) == 6 and all(line in PAGE for line in table)
    assert r == 16


def test_a_value_sees_no_pixel_outside_its_receptive_field():
    import tensorflow as tf

    _, _, model = prepared(filters=4)
    x = tf.Variable(np.random.default_rng(0).random((1, 32, 32, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        z = x
        for layer in model.layers[:4] + model.layers[4:7]:
            z = layer(z, training=False)
        middle = tf.reduce_sum(z[0, 3, 3] ** 2)
    seen = np.abs(np.asarray(tape.gradient(middle, x))).sum(axis=(0, 3)) > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 <= 16 and len(rows) > 10


def test_one_block_has_more_parameters():
    _, _, two = prepared()
    _, _, one = prepared(blocks=1)
    assert one.get_layer("features").output.shape[1] == 7200
    assert one.count_params() > 2 * two.count_params()
    notice = LESSON.experiment("one-block").notice
    assert "7200" in notice and "2304" in notice


def test_the_steps_that_the_experiments_name():
    p = LESSON.parameters()
    assert -(-p.training_images // p.batch_size) * p.epochs == 31_260
    assert "31,260" in LESSON.experiment("source").notice
    smaller = LESSON.parameters.of(LESSON.experiment(LESSON.smaller).settings)
    assert smaller.training_images * smaller.epochs * 80 == p.training_images * p.epochs
    assert f"{np.log(10):.3f}" == "2.303" and "**2.303**" in PAGE


@pytest.mark.parametrize("filters", [1, 8])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(filters):
    p, data, model = prepared(filters=filters)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def pictures(model, data, p):
    return {view.name: view.draw(model, data, p) for view in LESSON.views}


def test_one_filter_is_the_one_that_answers_most_and_keeps_its_three_colors():
    p, data, model = prepared(filters=8)
    kernel, bias = model.get_layer("convolution_1a").get_weights()
    kernel[..., 5] = np.abs(kernel[..., 5])  # answers most to any image
    bias[5] = 1.0
    model.get_layer("convolution_1a").set_weights([kernel, bias])
    photo, layers, map_ = pictures(model, data, p)["filter"]["panels"]
    assert layers["title"] == "filter 6" and photo["title"].endswith(
        data.classes[data.held_out.y[0]]
    )
    largest = np.abs(kernel[..., 5]).max()
    for i, (tile, name) in enumerate(zip(layers["tiles"], ("red", "green", "blue"), strict=True)):
        assert tile["label"] == name
        np.testing.assert_allclose(tile["values"], kernel[:, :, i, 5] / largest, rtol=1e-5)
    image = data.held_out.x[0]
    shown = np.array(photo["tiles"][0]["values"])
    assert shown[3, 7] == pytest.approx(image[6:8, 14:16].mean(axis=(0, 1)), abs=0.006)
    patch = [
        np.sum(image[r - 1 : r + 2, c - 1 : c + 2] * kernel[..., 5]) + 1
        for r in (6, 7)
        for c in (8, 9)
    ]
    assert map_["tiles"][0]["values"][3][4] == pytest.approx(np.mean(patch), abs=0.006)


def test_the_reading_names_what_is_shown_and_read_and_moves_on():
    p, data, model = prepared()
    model.get_layer("output").set_weights([np.zeros((512, 10)), 2.0 * np.eye(10)[3]])
    for step in (0, 5, 21):
        model.optimizer.iterations.assign(step)
        truth = data.held_out.y[step % 16]
        drawn = pictures(model, data, p)["reading"]
        photo, bars = drawn["panels"]
        np.testing.assert_allclose(
            photo["tiles"][0]["values"], data.held_out.x[step % 16], atol=0.0051
        )
        assert bars["highlight"] == [3] and bars["target"] == truth
        assert bars["values"][3] == pytest.approx(np.exp(2) / (np.exp(2) + 9), rel=1e-4)
        mark = "✓" if truth == 3 else "✗"
        assert drawn["title"] == f"{data.classes[truth]}, read as {data.classes[3]} with 45% {mark}"


def test_dead_filters_are_flagged():
    p, data, model = prepared(filters=4)
    kernel, bias = model.get_layer("convolution_1a").get_weights()
    bias[:] = [1.0, -100.0, 1.0, 1.0]
    model.get_layer("convolution_1a").set_weights([kernel, bias])
    drawn = pictures(model, data, p)["first-maps"]
    assert [tile["mark"] for tile in drawn["tiles"]] == ["", "dead", "", ""]
    assert "1 of 4 filters dead" in drawn["title"]
    assert np.max(drawn["tiles"][0]["values"]) == 1 and not np.any(drawn["tiles"][1]["values"])


def test_a_filter_s_colors_are_its_weights_around_gray():
    p, data, model = prepared(filters=2)
    kernel, bias = model.get_layer("convolution_1a").get_weights()
    kernel[:] = 0.0
    kernel[1, 2, :, 1] = [0.5, 0.0, -1.0]
    model.get_layer("convolution_1a").set_weights([kernel, bias])
    gray, colored = (np.array(t["values"]) for t in pictures(model, data, p)["filters"]["tiles"])
    assert (gray == 0.5).all() and colored[1, 2].tolist() == [0.75, 0.5, 0.0]


def outcome(first, last, validation):
    return {"this": Outcome(({"val_accuracy": validation},), ({"accuracy": (first, last)},))}


def test_the_claim_can_fail():
    ((claim,),) = [e.claims for e in LESSON.experiments if e.claims]
    assert claim.row == "000/cifar10" and LESSON.rows == ("000/cifar10",)
    assert claim.check(outcome(0.2, 0.4, 0.4))
    assert not claim.check(outcome(0.2, 0.25, 0.4))
    assert not claim.check(outcome(0.2, 0.9, 0.2))


def test_a_move_by_four_pixels_moves_the_last_maps_by_one():
    import keras

    _, data, model = prepared()
    maps = keras.Model(model.inputs[0], model.get_layer("pool_2").output)
    images = data.x[:4]
    still, moved = (np.asarray(maps(x)) for x in (images, np.roll(images, 4, axis=2)))
    assert "move the image by 4 pixels" in PAGE and still.max() > 0.01
    np.testing.assert_allclose(moved[:, :, 2:5], still[:, :, 1:4], atol=1e-5)


@pytest.mark.answer("pool")
def test_pooling_leaves_out_a_row_but_no_pixel():
    _, _, model = prepared()
    assert model.get_layer("convolution_2b").output.shape[1] == 13
    assert model.get_layer("pool_2").output.shape[1] == (13 - 2) // 2 + 1 == 6
    rows = set(range(6))
    for layer in reversed(model.layers):
        if "convolution" in layer.name:
            first = -1 if layer.padding == "same" else 0
            rows = {row + first + k for row in rows for k in range(3)}
        elif "pool" in layer.name:
            rows = {2 * row + k for row in rows for k in range(2)}
            if layer.name == "pool_2":
                assert max(rows) == 11
    assert rows >= set(range(32))


@pytest.mark.answer("one-block")
@pytest.mark.answer("filters")
def test_the_answers_about_parameters():
    one, two, wide = (prepared(**given)[2] for given in ({"blocks": 1}, {}, {"filters": 64}))
    counts = [model.count_params() for model in (one, two, wide)]
    assert counts == [3_702_186, 1_250_858, 2_625_098]
    assert wide.get_layer("convolution_1a").count_params() == 1792
    kernels = [f"convolution_{name}" for name in ("1b", "2a", "2b")]
    for name, factor in [*((name, 4) for name in kernels), ("dense", 2)]:
        sizes = [np.size(model.get_layer(name).kernel) for model in (wide, two)]
        assert sizes[0] == factor * sizes[1]


@pytest.mark.answer("color")
def test_the_mean_color_does_not_tell_the_class():
    p = LESSON.parameters.of(LESSON.experiment("shapes").settings)
    for seed in (0, 1, 2):
        data = LESSON.data(p, np.random.default_rng(seed))
        train, new = (x.mean(axis=(1, 2)) for x in (data.x, data.held_out.x))
        means = np.array([train[data.y == k].mean(axis=0) for k in range(10)])
        nearest = ((new[:, None] - means) ** 2).sum(axis=-1).argmin(axis=1)
        assert 0.07 < (nearest == data.held_out.y).mean() < 0.1


@pytest.mark.slow
@pytest.mark.answer("start")
@pytest.mark.answer("one-block")
def test_the_answers_about_five_epochs():
    losses = history("cifar10-cnn", "loss", "smaller", images="shapes")
    assert losses[:3] == pytest.approx([2.31, 2.17, 1.66], abs=0.15)
    two = trained("cifar10-cnn", "smaller", images="shapes")["val_accuracy"]
    one = trained("cifar10-cnn", "one-block", images="shapes")["val_accuracy"]
    assert two == pytest.approx(0.926, abs=0.04)
    assert one == pytest.approx(0.88, abs=0.04) and one < two


@pytest.mark.slow
@pytest.mark.answer("memorize")
def test_the_answer_about_dropout():
    end = trained("cifar10-cnn", "no-dropout", images="shapes")
    assert end["accuracy"] > 0.99
    assert end["val_accuracy"] == pytest.approx(0.976, abs=0.025)
