"""The deep network: its table by hand, its views, and a model trained twice."""

import inspect
import json
import re
from itertools import pairwise

import numpy as np
import pytest
from measuring import history, trained

from lessons.deep_network import LESSON
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def prepared(**settings):
    p = LESSON.parameters.of({"images": "digits", **settings})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def parameters(sizes):
    return [(n + 1) * m for n, m in pairwise(sizes)]


def test_the_images_have_the_stated_form():
    _, data, _ = prepared()
    assert (data.x.shape, data.held_out.x.shape) == ((1437, 8, 8), (360, 8, 8))
    assert data.x.dtype == np.float32 and data.x.min() == 0 and data.x.max() == 1
    assert set(data.y) == set(data.held_out.y) == set(range(10)) and len(data.classes) == 10


def test_the_layer_table_agrees_with_keras_and_with_the_page():
    _, _, model = prepared()
    dense = [layer.count_params() for layer in model.layers if layer.weights]
    assert dense == parameters([64, 32, 32, 32, 32, 10]) == [2080, 1056, 1056, 1056, 330]
    assert model.count_params() == 5578
    assert parameters([784, 32, 32, 32, 32, 10])[0] == 25120
    assert sum(parameters([784, 32, 32, 32, 32, 10])) == 28618
    assert all(f"{n:,}" in PAGE for n in (25120, 2080, 1056, 330, 28618, 5578))


def test_the_page_counts_steps_and_guesses_rightly():
    assert (60000 // 32, 5 * 60000 // 32) == (1875, 9375)
    assert -(-1437 // 32) == 45
    assert 208 * 45 == 9360 and "9360" in LESSON.experiment("as-many-steps").notice
    assert round(float(np.log(10)), 3) == 2.303
    assert all(text in PAGE for text in ("1875", "9375", "45 steps", "225", "2.303"))


@pytest.mark.parametrize("layers", [0, 1, 16])
def test_depth_units_and_activation_reach_the_model(layers):
    _, _, model = prepared(hidden_layers=layers, units=5, activation="tanh")
    hidden = [layer for layer in model.layers if layer.name.startswith("hidden")]
    assert len(hidden) == layers
    assert all(each.units == 5 and each.activation.__name__ == "tanh" for each in hidden)


def test_the_model_is_compiled_as_the_source_says():
    _, _, model = prepared()
    assert type(model.optimizer).__name__ == "SGD"
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert model.loss == "sparse_categorical_crossentropy"


def test_the_forward_pass_is_the_page_s_equation():
    _, data, model = prepared()
    h = data.x[:7].reshape(7, 64)
    weights = model.get_weights()
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        h = np.maximum(h @ kernel + bias, 0)
    u = h @ weights[-2] + weights[-1]
    expected = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model(data.x[:7]), expected, atol=1e-5)


@pytest.mark.parametrize("settings", [{}, {"hidden_layers": 0}, {"units": 1, "activation": "tanh"}])
def test_every_picture_is_plain_data(settings):
    p, data, model = prepared(**settings)
    for view in LESSON.views:
        json.dumps(view.draw(model, data, p), allow_nan=False)


def test_a_digit_s_way_is_that_of_the_layers():
    p, data, model = prepared(hidden_layers=2, units=20)
    picture = LESSON.views[0].draw(model, data, p)
    image, hidden, bars = picture["panels"]
    np.testing.assert_allclose(image["tiles"][0]["values"], data.held_out.x[0], atol=0.01)
    h = data.held_out.x[:1]
    columns = np.array(hidden["values"]).T
    assert columns.shape == (2, 16)
    for layer in model.layers[:-1]:
        h = np.asarray(layer(h))
        if layer.name.startswith("hidden"):
            shown = columns[int(layer.name[-1]) - 1]
            assert shown[[0, -1]] == pytest.approx(h[0, [0, -1]] / h.max(), abs=1e-5)
    y_hat = np.asarray(model(data.held_out.x[:1]))[0]
    assert bars["values"] == pytest.approx(y_hat, abs=1e-4)
    truth, answer = data.held_out.y[0], y_hat.argmax()
    assert bars["target"] == truth and bars["highlight"] == [answer]
    assert picture["title"].endswith("✓" if truth == answer else "✗")


def test_the_maps_keep_distances_and_digits():
    p, data, model = prepared(units=2, hidden_layers=1)
    pixels, last = LESSON.views[1].draw(model, data, p)["panels"]
    some = np.isin(data.held_out.y[:200], (3, 5, 8))
    h, y = (
        np.asarray(model.layers[1](data.held_out.x[:200][some].reshape(-1, 64))),
        data.held_out.y[:200][some],
    )
    counts = [len(group["x"]) for group in last["groups"]]
    assert counts == [np.sum(y == digit) for digit in (3, 5, 8)]
    places = np.array([(x, y) for g in last["groups"] for x, y in zip(g["x"], g["y"], strict=True)])
    ordered = np.concatenate([h[y == digit] for digit in (3, 5, 8)])
    for i, j in ((0, 1), (0, -1), (5, 30)):  # two units: two directions keep every distance
        distance = np.linalg.norm(ordered[i] - ordered[j])
        assert np.linalg.norm(places[i] - places[j]) == pytest.approx(distance, abs=1e-3)
    assert pixels["title"].startswith("pixels") and last["title"].startswith("layer 1")


def test_the_spread_fades_with_sigmoid():
    p, data, model = prepared(activation="sigmoid")
    titles = [panel["title"] for panel in LESSON.views[1].draw(model, data, p)["panels"]]
    first, *_, last = (float(title.split("σ ")[1]) for title in titles)
    assert first > 5 * last


def test_the_confusion_matrix_counts_truth_by_row():
    p, data, model = prepared()
    model.layers[-1].bias.assign(np.eye(10)[3] * 1e6)  # reads everything as a 3
    values = np.array(LESSON.views[2].draw(model, data, p)["values"])
    assert values.sum() == 360 and values[:, 3].tolist() == np.bincount(data.held_out.y).tolist()


@pytest.mark.slow
def test_a_second_fit_goes_on_where_the_first_ended_and_a_new_model_does_not():
    import keras

    p, data, model = prepared(learning_rate=0.1)
    fit = {"batch_size": 32, "verbose": 0, "shuffle": False}
    model.fit(data.x, data.y, epochs=4, **fit)
    kept = model.get_weights()
    keras.utils.clear_session()
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.get_weights(), strict=True))
    again = model.fit(data.x, data.y, epochs=1, **fit).history["loss"][0]
    fresh = LESSON.model(p, data).fit(data.x, data.y, epochs=1, **fit).history["loss"][0]
    assert int(model.optimizer.iterations) == 5 * 45
    assert again < fresh - 0.3


def test_clear_session_starts_the_automatic_names_again():
    import keras

    keras.utils.clear_session()
    names = [keras.layers.Dense(1).name for _ in range(2)]
    keras.utils.clear_session()
    assert names == ["dense", "dense_1"] and keras.layers.Dense(1).name == "dense"


def outcome(loss, accuracy):
    return {"this": Outcome(({},), ({"loss": loss, "accuracy": accuracy},))}


def test_the_claim_holds_for_the_published_figures_and_for_no_standstill():
    (claim,) = LESSON.experiment("source").claims
    loss, accuracy = (
        (1.1316, 0.3337, 0.2527, 0.2087, 0.1801),
        (0.6453, 0.9029, 0.9256, 0.9389, 0.9474),
    )
    assert claim.row == "003/deep" and all(f"{a:.4f}".lstrip("0") in claim.published for a in loss)
    assert claim.check(outcome(loss, accuracy))
    assert not claim.check(outcome(loss[::-1], accuracy))
    assert not claim.check(outcome(loss, (0.9, 0.91, 0.92, 0.93, 0.94)))


def test_every_row_and_every_preset_is_there():
    assert set(LESSON.rows) == {"003/deep", "003/summary", "003/clear-session"}
    for experiment in LESSON.experiments:
        LESSON.parameters.of(experiment.settings)
        assert experiment.notice


def test_the_functional_model_of_the_page_is_built_compiled_and_fitted():
    import keras

    _, build, train = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    rng = np.random.default_rng(0)
    x, y = rng.uniform(size=(96, 28, 28)), rng.integers(0, 10, 96)
    names = {"keras": keras, "x_train": x, "y_train": y, "x_val": x, "y_val": y}
    exec(build + train.replace("model.fit(", "model.fit(verbose=0, "), names)
    model, history = names["model"], names["history"]
    assert model.count_params() == 28618
    assert int(model.optimizer.iterations) == 5 * 96 // 32
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert all(len(values) == 5 for values in history.history.values())


def test_the_defaults_of_fit_are_the_page_s():
    import keras

    assert inspect.signature(keras.Model.fit).parameters["shuffle"].default is True
    _, data, model = prepared(hidden_layers=0)
    model.fit(data.x[:96], data.y[:96], verbose=0)
    assert int(model.optimizer.iterations) == 96 // 32


SEEDS = (0, 1, 2)
DIGITS = {"images": "digits"}


@pytest.mark.answer("five-epochs")
@pytest.mark.answer("very-deep")
@pytest.mark.slow
def test_the_answers_about_five_epochs():
    losses = [trained("deep-network", "source", seed, **DIGITS)["loss"] for seed in SEEDS]
    assert losses == pytest.approx([2.28, 2.24, 2.23], abs=0.03)
    deeper = [trained("deep-network", "very-deep", seed, **DIGITS)["loss"] for seed in SEEDS]
    assert deeper == pytest.approx([2.302] * 3, abs=0.003)
    late = trained("deep-network", "very-deep", **DIGITS, epochs=208)
    assert 0.6 < late["val_accuracy"] < 0.94


@pytest.mark.answer("many-steps")
@pytest.mark.answer("depth")
@pytest.mark.slow
def test_the_answers_about_many_steps():
    deep, flat = (
        history("deep-network", "val_loss", "as-many-steps", hidden_layers=n) for n in (4, 0)
    )
    behind = [epoch for epoch in range(1, 208) if deep[epoch] > flat[epoch]]
    assert behind == list(range(1, len(behind) + 1)) and 12 <= len(behind) <= 35
    assert (deep[-1], flat[-1]) == pytest.approx((0.07, 0.28), abs=0.03)
    end = trained("deep-network", "as-many-steps")
    assert end["accuracy"] > 0.995 and end["val_accuracy"] == pytest.approx(0.97, abs=0.02)
    early = [
        trained("deep-network", "source", **DIGITS, hidden_layers=n)["val_accuracy"] for n in (0, 4)
    ]
    assert early == pytest.approx([0.42, 0.22], abs=0.08)


@pytest.mark.answer("sigmoid")
@pytest.mark.slow
def test_the_answer_about_sigmoids():
    assert trained("deep-network", "sigmoid", **DIGITS, epochs=208)["loss"] > 2.29


@pytest.mark.answer("parameters")
def test_the_answer_about_parameters():
    _, _, model = prepared(units=64)
    assert model.count_params() == 17290
    answer = next(q.answer for q in LESSON.questions if q.id == "parameters")
    assert "17,290" in answer and "5,578" in answer
