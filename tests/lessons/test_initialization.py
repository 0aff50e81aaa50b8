"""Initial weights: their spread, its effect on signals by depth, and the worked table."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import trained

from lessons.initialization import LESSON
from lessons.initialization.model import spread
from lessons.initialization.views import ACTIVATIONS, activations, brief, fresh_spreads
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def view(name, p, data, model):
    return next(v for v in LESSON.views if v.name == name).draw(model, data, p)


def test_the_worked_table_is_right_and_on_the_page():
    he, xavier = spread("he", 256), spread("xavier", 256)
    assert (f"{he:.4f}", f"{xavier:.4f}") == ("0.0884", "0.0625")
    factors = [np.sqrt(256 * spread(law, 256) ** 2 / 2) for law in ("normal", "he", "xavier")]
    assert [f"{f:.3f}" for f in factors] == ["11.314", "1.000", "0.707"]
    tenth = [f"{f**10:.2g}" for f in factors]
    assert tenth == ["3.4e+10", "1", "0.031"]
    assert (1 / xavier, he / xavier) == pytest.approx((16, 1.414), abs=1e-3)
    wanted = ("0.0884", "0.0625", "11.31", "0.707", "0.031", r"3.4 \cdot 10^{10}", "16 : 1.41 : 1")
    assert [text for text in wanted if text not in PAGE] == []


@settings(max_examples=15, deadline=None)
@given(st.integers(50, 300), st.floats(0.01, 2), st.integers(0, 99))
def test_a_sum_of_n_products_has_n_times_the_mean_square(n, sigma, seed):
    rng = np.random.default_rng(seed)
    h = rng.uniform(-1, 1, n)
    u = rng.normal(0, sigma, (4000, n)) @ h
    assert np.mean(u**2) == pytest.approx(n * sigma**2 * np.mean(h**2), rel=0.12)


@pytest.mark.parametrize("law", ["normal", "xavier", "he", "zero"])
def test_first_weights_are_as_spread_as_asked(law):
    _, _, model = prepared(weights=law, hidden_layers=2)
    for kernel, n in ((model.layers[1].kernel, 64), (model.layers[2].kernel, 256)):
        assert np.std(kernel) == pytest.approx(spread(law, n), rel=0.05)
    assert not any(np.any(layer.bias) for layer in model.layers[1:])
    assert model.count_params() == 65 * 256 + 257 * 256 + 257 * 10


def test_relu_keeps_its_signal_with_he_alone():
    h = np.abs(np.random.default_rng(1).normal(size=(100, 256)).astype("float32"))
    normal, xavier, he = (
        np.array(fresh_spreads(law, "relu", 10, 256, h)) for law in ("normal", "xavier", "he")
    )
    assert he[-1] == pytest.approx(he[0], rel=0.6)
    assert xavier[-1] / xavier[0] == pytest.approx(0.5**4.5, rel=0.6)
    assert normal[-1] / normal[0] == pytest.approx(128**4.5, rel=0.6)


def test_tanh_saturates_with_n01_and_not_with_xavier():
    for law, at_the_ends in (("normal", True), ("xavier", False)):
        p, data, model = prepared(weights=law, activation="tanh", hidden_layers=3)
        now = np.array(view("values", p, data, model)["layers"][-1]["counts"])
        panels = view("by-depth", p, data, model)["panels"]
        first = panels[["normal", "xavier"].index(law)]["layers"][-1]["counts"]
        for counts in (now, np.array(first)):
            assert counts.sum() == 100 * 256
            ends = counts[[0, -1]].sum() / counts.sum()
            assert (ends > 0.7) if at_the_ends else (ends < 0.05)


def test_three_starts_are_drawn_side_by_side_on_one_axis():
    p, data, model = prepared()
    picture = view("by-depth", p, data, model)
    assert [panel["title"] for panel in picture["panels"]] == ["N(0, 1)", "Xavier", "He"]
    pixels = data.x[:100].reshape(100, -1)
    for panel, law in zip(picture["panels"], ("normal", "xavier", "he"), strict=True):
        assert panel["x_range"] == (0, 3)
        assert [layer["name"] for layer in panel["layers"]] == ["1", "4", "7", "10"]
        deepest = fresh_spreads(law, "relu", 10, 256, pixels)[-1]
        assert brief(deepest) in picture["title"]


def test_numbers_are_brief():
    assert [brief(v) for v in (0.0, 0.33, 5.71e9, 7.66e-6)] == ["0", "0.33", "5.7e9", "7.7e-6"]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_what_is_drawn_is_what_the_layers_send_out(activation):
    p, data, model = prepared(activation=activation, hidden_layers=3, units=16)
    h = data.x[:100]
    for layer, sent in zip(model.layers[:-1], [None, *activations(model, data)], strict=True):
        h = layer(h)
        if sent is not None:
            np.testing.assert_allclose(sent, h, atol=1e-5)
    last = view("values", p, data, model)["layers"][-1]
    assert last["name"] == "3" and last["note"] == f"σ {brief(float(np.std(h)))}"
    assert sum(last["counts"]) == (np.sum(h > 0) if activation == "relu" else np.size(h))


@pytest.mark.parametrize("weights", ["normal", "xavier", "he", "zero"])
def test_every_picture_is_plain_data_and_leaves_the_model_alone(weights):
    p, data, model = prepared(weights=weights, hidden_layers=12)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def test_the_deepest_network_of_the_form_stays_within_what_can_be_drawn():
    images = np.random.default_rng(0).uniform(0, 1, (8, 64)).astype("float32")
    deepest = fresh_spreads("normal", "relu", 30, 512, images)[-1]
    assert np.log10(deepest) == pytest.approx(30 * np.log10(np.sqrt(512 / 2)), abs=2)


SLOPES = {"sigmoid": lambda h: h * (1 - h), "tanh": lambda h: 1 - h**2}


def kept(sigma, layers, seed, f="sigmoid", n=256):
    """Return the gradient's RMS at the first of `layers` layers over that at the last."""
    rng = np.random.default_rng(seed)
    h, passed = rng.uniform(0, 1, (100, n)), []
    for _ in range(layers):
        W = rng.normal(0, sigma, (n, n))
        h = ACTIVATIONS[f](h @ W)
        passed.append((W, SLOPES[f](h)))
    delta = last = rng.normal(size=(100, n)) * passed[-1][1]
    for (W, _), (_, slope) in zip(passed[:0:-1], passed[-2::-1], strict=True):
        delta = (delta @ W.T) * slope
    return np.sqrt(np.mean(delta**2) / np.mean(last**2))


def test_wide_weights_keep_the_gradient_of_sigmoids():
    def median(sigma, layers):
        return np.median([kept(sigma, layers, seed) for seed in range(5)])

    wide, page = 10 / np.sqrt(256), re.sub(r"\s+", " ", PAGE)
    assert f"leave {median(spread('xavier', 256), 10):.7f} of the gradient after Xavier's" in page
    assert f"and {median(spread('he', 256), 10):.6f} after He's" in page
    balanced = f"ten layers keep {median(wide, 10):.2f} of the gradient, thirty still "
    assert f"{balanced}{median(wide, 30):.2f} (medians" in page


def test_wide_weights_make_the_gradient_of_tanh_explode():
    page = re.sub(r"\s+", " ", PAGE)
    grown = np.median([kept(1, 10, seed, "tanh") for seed in range(5)])
    assert f"over ten layers about {round(grown, -4):,.0f}-fold" in page
    rng = np.random.default_rng(0)
    h = rng.uniform(0, 1, (100, 256))
    near = h + rng.normal(0, 0.001, h.shape)
    for _ in range(10):
        W = rng.normal(size=(256, 256))
        h, near = np.tanh(h @ W), np.tanh(near @ W)
    assert f"{100 * np.mean(1 - h**2 < 0.01):.0f} % of the slopes are below 0.01" in page
    assert np.corrcoef(h.ravel(), near.ravel())[0, 1] < 0.5


def test_the_wide_start_of_the_experiment_is_ten_over_the_root_of_n():
    p = LESSON.parameters.of(LESSON.experiment("sigmoid-wide").settings)
    assert spread(p.weights, p.units) == 10 / np.sqrt(p.units)


def test_the_bells_are_densities_of_the_three_spreads():
    p, data, model = prepared()
    panels = view("bells", p, data, model)["panels"]
    for panel, law in zip(panels, ("normal", "xavier", "he"), strict=True):
        now, first = (np.array(line["y"]) for line in panel["lines"])
        assert now.sum() * 0.02 == pytest.approx(1, abs=0.01)
        assert first.max() == pytest.approx(0.3989 / spread(law, 256), rel=1e-3)
        assert first.sum() * 0.02 == pytest.approx(0.38 if law == "normal" else 1, abs=0.02)


def test_zeros_stay_zeros():
    _, data, model = prepared(weights="zero", hidden_layers=2)
    model.fit(data.x[:320], data.y[:320], batch_size=32, verbose=0)
    *hidden, output_bias = model.get_weights()
    assert not any(np.any(w) for w in hidden) and np.any(output_bias)


def test_the_measure_draws_256_fresh_weights():
    import keras

    keras.utils.set_random_seed(0)
    p, data, model = prepared(weights="he")
    first, second = (LESSON.measure(model, data, p) for _ in range(2))
    assert first["spread"] == pytest.approx(spread("he", 256), rel=0.2)
    assert first["spread"] != second["spread"] and first["deepest"] == second["deepest"]


def test_the_claim_can_fail():
    (claim,) = LESSON.experiment("spread").claims
    assert LESSON.rows == ("003/init",) and claim.row == "003/init"
    right = {"this": 1.0, "he": 0.088, "xavier": 0.0625}

    def check(**changed):
        return claim.check({k: Outcome(({"spread": v},)) for k, v in (right | changed).items()})

    assert check()
    assert not check(this=0.5) and not check(xavier=0.088)


SEEDS = (0, 1, 2)


def runs(experiment, seeds=SEEDS, **settings):
    return [trained("initialization", experiment, seed, **settings) for seed in seeds]


@pytest.mark.answer("relu")
@pytest.mark.slow
def test_the_answer_about_relu():
    for he, xavier in zip(runs("relu-he"), runs("relu-xavier"), strict=True):
        assert he["val_accuracy"] > 0.85 and xavier["val_accuracy"] < 0.55
        assert 2.2 < xavier["loss"] < 2.29
        assert he["deepest"] == pytest.approx(0.34, abs=0.02)
        assert he["deepest"] / xavier["deepest"] == pytest.approx(32, abs=1)


@pytest.mark.answer("normal")
@pytest.mark.slow
def test_the_answer_about_wide_weights():
    (wide,), (narrow,) = runs("relu-normal", (0,)), runs("relu-normal", (0,), units=32)
    assert 1e9 < wide["loss"] < 1e11 and "val_loss" not in wide
    assert narrow["loss"] > 1e9 and "val_loss" not in narrow
    assert np.sqrt(32 / 2) ** 10 == pytest.approx(1e6, rel=0.1)


@pytest.mark.answer("tanh")
@pytest.mark.slow
def test_the_answer_about_tanh():
    assert all(run["loss"] == pytest.approx(2.33, abs=0.03) for run in runs("tanh-normal"))
    assert all(run["val_accuracy"] > 0.93 for run in runs("tanh-xavier"))


@pytest.mark.answer("sigmoid-wide")
@pytest.mark.slow
def test_the_answer_about_sigmoids():
    for wide in runs("sigmoid-wide"):
        assert wide["val_accuracy"] == pytest.approx(0.94, abs=0.03)
    assert all(
        run["loss"] == pytest.approx(2.32, abs=0.015) for run in runs("sigmoid-wide", weights="he")
    )


@pytest.mark.answer("deeper")
def test_the_answer_about_thirty_layers():
    images = prepared()[1].x[:100].reshape(100, -1)
    he, xavier = (fresh_spreads(law, "relu", 30, 256, images)[-1] for law in ("he", "xavier"))
    assert he == pytest.approx(0.23, abs=0.02)
    assert xavier / he == pytest.approx(0.707**30, rel=0.05) and xavier < 0.00001


@pytest.mark.answer("deeper")
@pytest.mark.answer("zero")
@pytest.mark.slow
def test_the_answers_about_networks_that_stay_at_guessing():
    for (run,) in (runs("zero", (0,)), runs("relu-xavier", (0,), hidden_layers=30)):
        assert run["loss"] == pytest.approx(2.302, abs=0.001)
