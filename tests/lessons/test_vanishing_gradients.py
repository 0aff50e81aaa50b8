"""The chain of slopes and weights: by hand, against autodiff, and the source's sign."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import trained

from lessons.vanishing_gradients import LESSON
from lessons.vanishing_gradients import model as chain

PAGE = LESSON.theory()
ACTIVATIONS = {
    "sigmoid": lambda u: 1 / (1 + np.exp(-u)),
    "tanh": np.tanh,
    "relu": lambda u: np.maximum(u, 0),
}


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def view(name, p, data, model):
    return next(v for v in LESSON.views if v.name == name).draw(model, data, p)


def by_hand(model, x, y, activation):
    """Return δ (m, units) and ∂L/∂W of every layer for the mean loss, by the page's recursion."""
    weights = model.get_weights()
    layers = list(zip(weights[::2], weights[1::2], strict=True))
    hs = [x.reshape(len(x), -1)]
    for W, b in layers[:-1]:
        hs.append(ACTIVATIONS[activation](hs[-1] @ W + b))
    u = hs[-1] @ layers[-1][0] + layers[-1][1]
    y_hat = np.exp(u) / np.exp(u).sum(axis=1, keepdims=True)
    deltas = [(y_hat - np.eye(10)[y]) / len(x)]
    for (W, _), h in zip(layers[:0:-1], hs[:0:-1], strict=True):
        deltas.insert(0, chain.SLOPES[activation](h) * (deltas[0] @ W.T))
    return deltas, [h.T @ delta for h, delta in zip(hs, deltas, strict=True)]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_the_recursion_of_the_page_is_what_autodiff_finds(activation):
    _, data, model = prepared(activation=activation, hidden_layers=3, units=7)
    deltas, gradients = by_hand(model, data.x[:128], data.y[:128], activation)
    found = chain.follow(model, data.x, data.y)
    assert [link.delta for link in found] == pytest.approx(
        [np.linalg.norm(128 * d, axis=1).mean() for d in deltas], rel=1e-3
    )
    assert [link.gradient for link in found] == pytest.approx(
        [np.linalg.norm(g) for g in gradients], rel=1e-3
    )


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(ACTIVATIONS)), st.floats(-6, 6).filter(lambda u: abs(u) > 1e-3))
def test_slopes_are_derivatives(activation, u):
    f, e = ACTIVATIONS[activation], 1e-5
    assert chain.SLOPES[activation](f(np.float64(u))) == pytest.approx(
        (f(u + e) - f(u - e)) / (2 * e), abs=1e-4
    )


def test_worked_numbers_are_right_and_on_the_page():
    assert f"{0.25**6:.6f}" == "0.000244" and f"{0.25**20:.1e}" == "9.1e-13"
    assert chain.SLOPES["sigmoid"](0.9) == pytest.approx(0.09)
    root = np.sqrt(0.5)
    assert (f"{root:.3f}", f"{root**6:.3f}") == ("0.707", "0.125")
    assert root**6 / 0.25**6 == pytest.approx(512)
    wanted = ("0.000244", r"9.1 \cdot 10^{-13}", "0.09.", "0.707", "0.125", "2.303")
    assert [text for text in wanted if text not in PAGE] == []
    assert f"{np.log(10):.3f}" == "2.303"


def test_the_wrong_sign_climbs_and_the_right_one_descends():
    right, wrong = (chain.one_unit(sign, 1.0, 100) for sign in (1.0, -1.0))
    assert right[0] == wrong[0] == 0.125
    assert np.all(np.diff(right) < 0) and np.all(np.diff(wrong) > 0)
    outputs = [1 / (1 + np.exp(-w)) for w in (0.125, -0.125)]
    assert [f"{v:.3f}" for v in outputs] == ["0.531", "0.469"]
    assert [losses[1] for losses in (right, wrong)] == pytest.approx(
        [(v - 1) ** 2 / 2 for v in outputs]
    )
    assert all(text in PAGE for text in ("0.531", "0.469", "-0.125"))


def test_the_rule_for_one_unit_is_that_of_autodiff():
    import tensorflow as tf

    w = tf.Variable(0.3, dtype="float64")
    with tf.GradientTape() as tape:
        y_hat = tf.sigmoid(w * 2.0)
        loss = (y_hat - 1) ** 2 / 2
    by_hand = float(2.0 * (y_hat - 1) * (1 - y_hat) * y_hat)
    assert float(tape.gradient(loss, w)) == pytest.approx(by_hand)


def test_depth_decides_with_sigmoid_and_not_with_tanh():
    shares = {}
    for activation in ACTIVATIONS:
        p, data, model = prepared(activation=activation)
        shares[activation] = LESSON.measure(model, data, p)["share"]
    assert 0.25**5 / 10 < shares["sigmoid"] < 0.005
    assert shares["tanh"] > 0.1 and shares["relu"] > 20 * shares["sigmoid"]


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_slope_times_gain_is_about_what_is_left(activation):
    p, data, model = prepared(activation=activation)
    slopes, gains, left = view("links", p, data, model)["panels"]
    assert slopes["labels"] == gains["labels"] == left["labels"] == list("123456")
    product = np.multiply(slopes["values"], gains["values"])
    assert left["values"] == pytest.approx(product, rel=0.4)
    found = chain.follow(model, data.x, data.y)
    assert slopes["values"] == pytest.approx([link.slope for link in found[:-1]])
    assert gains["values"] == pytest.approx([link.gain for link in found[1:]])


@pytest.mark.parametrize("layers", [1, 9])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(layers):
    p, data, model = prepared(hidden_layers=layers, units=4)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    labels = view("gradients", p, data, model)["panels"][0]["labels"]
    assert (labels[0], labels[-1]) == ("1", "output") and len(labels) == min(layers + 1, 8)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_both_networks_are_drawn_by_the_share_of_the_output_s_signal(activation):
    p, data, model = prepared(activation=activation, hidden_layers=3, units=7)
    picture = view("gradients", p, data, model)
    here, there = picture["panels"]
    deltas = [link.delta for link in chain.follow(model, data.x, data.y)]
    assert here["values"] == pytest.approx(np.array(deltas) / deltas[-1])
    other = "sigmoid" if activation == "relu" else "relu"
    by_page, _ = by_hand(model, data.x[:16], data.y[:16], other)
    sizes = np.array([np.linalg.norm(delta, axis=1).mean() for delta in by_page])
    assert there["values"] == pytest.approx(sizes / sizes[-1], rel=1e-3)
    assert {"relu": "ReLU"}.get(other, other) in there["title"]
    assert picture["title"].startswith(f"{deltas[0] / deltas[-1]:.2g} ")


def test_the_picture_follows_the_weights():
    p, data, model = prepared(hidden_layers=2, units=8)
    before = view("gradients", p, data, model)["panels"][0]["values"]
    model.layers[-2].kernel.assign(10 * model.layers[-2].kernel)
    after = view("gradients", p, data, model)["panels"][0]["values"]
    assert after[1] / before[1] == pytest.approx(10, rel=0.5)


def test_the_sums_and_bends_make_the_stated_model():
    _, _, model = prepared(hidden_layers=4, units=5, activation="tanh")
    assert model.count_params() == 65 * 5 + 3 * 6 * 5 + 6 * 10
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Flatten", *["Dense", "Activation"] * 5]
    assert type(model.optimizer).__name__ == "SGD"


def test_the_topic_is_here():
    assert LESSON.rows == ("003/vanishing",)


def test_the_drawing_follows_the_best_case():
    sizes = PAGE.split("\n size")[1].split("\n")[0].split()
    assert [float(size) for size in sizes] == pytest.approx([1 / 64, 1 / 16, 1 / 4, 1], abs=1e-4)


@pytest.mark.slow
@pytest.mark.answer("sigmoid")
@pytest.mark.answer("others")
@pytest.mark.answer("twenty")
def test_the_answers_about_shares_before_training():
    import keras

    def shares(**settings):
        for seed in range(5):
            keras.utils.set_random_seed(seed)
            _, data, model = prepared(**settings)
            links = chain.follow(model, data.x, data.y)
            yield links[0].delta / links[-1].delta

    assert all(0.00015 < share < 0.0003 for share in shares())
    assert all(0.35 < share < 0.8 for share in shares(activation="tanh"))
    assert all(0.06 < share < 0.3 for share in shares(activation="relu"))
    assert all(1e-13 < share < 0.25**20 for share in shares(hidden_layers=20))


SEEDS = (0, 1, 2)


@pytest.mark.answer("others")
@pytest.mark.answer("depth")
@pytest.mark.slow
def test_the_answers_about_which_networks_learn():
    for seed in SEEDS:
        tanh, relu, one, two, three = (
            trained("vanishing-gradients", seed=seed, **settings)
            for settings in (
                {"activation": "tanh"}, {"activation": "relu"},
                {"hidden_layers": 1}, {"hidden_layers": 2}, {"hidden_layers": 3},
            )
        )  # fmt: skip
        assert tanh["val_accuracy"] > 0.95 and relu["val_accuracy"] > 0.94
        assert 2.5 < tanh["share"] < 6 and 2.5 < relu["share"] < 6.5
        assert one["val_accuracy"] == pytest.approx(0.94, abs=0.03)
        assert 0.5 < two["val_accuracy"] < 0.85
        assert 2.25 < three["loss"] < 2.31


@pytest.mark.answer("sigmoid")
@pytest.mark.answer("rate")
@pytest.mark.slow
def test_the_answers_about_the_learning_rate():
    for seed in SEEDS:
        six, fast = (trained("vanishing-gradients", e, seed) for e in ("sigmoid", "large-rate"))
        assert six["loss"] == pytest.approx(2.31, abs=0.006)
        assert six["first gradient"] == pytest.approx(0.0001, abs=0.00005)
        assert 2.36 < fast["loss"] < 2.6 and fast["first gradient"] < six["first gradient"]
