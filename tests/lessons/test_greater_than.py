"""Greater than: changes to the data, the network's width, views, the page's numbers."""

import json
import re

import numpy as np
import pytest
from measuring import history, trained

from lessons.greater_than import LESSON
from lessons.greater_than.experiments import spread
from lessons.greater_than.model import data, model
from lessons.greater_than.views import fed, measure
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def settings(**values):
    return LESSON.parameters.of(values)


def pairs(p, seed=0):
    return data(p, np.random.default_rng(seed))


def test_data_are_split_and_answer_the_question():
    sets = pairs(settings())
    assert sets.x.shape == (8000, 2) and sets.y.shape == (8000, 1)
    assert sets.held_out.x.shape == (2000, 2) and sets.held_out.y.shape == (2000, 1)
    assert sets.x.dtype == sets.y.dtype == np.float32
    assert sets.x.min() >= 0 and sets.x.max() <= 1 and 0.47 < sets.y.mean() < 0.53
    for x, y in ((sets.x, sets.y), (sets.held_out.x, sets.held_out.y)):
        assert np.array_equal(y[:, 0], x[:, 0] > x[:, 1])


def test_noise_flips_labels_in_both_parts():
    sets = pairs(settings(noise=0.2))
    for x, y in ((sets.x, sets.y), (sets.held_out.x, sets.held_out.y)):
        assert np.mean(y[:, 0] != (x[:, 0] > x[:, 1])) == pytest.approx(0.2, abs=0.03)


def test_dummies_scale_and_shift_leave_the_answer_alone():
    plain = pairs(settings(dummies=3))
    bent = pairs(settings(dummies=3, scale=1000, shift=50))
    assert plain.x.shape == (8000, 5)
    np.testing.assert_allclose(bent.x, 1000 * plain.x + 50, rtol=1e-5)
    assert np.array_equal(plain.y, bent.y)
    dummy = np.corrcoef(plain.x[:, 2:].T, plain.y.T)[-1, :-1]
    assert np.abs(dummy).max() < 0.05


@pytest.mark.parametrize(("dummies", "width"), [(0, 3), (3, 7), (20, 27)])
def test_layers_are_a_little_wider_than_the_input(dummies, width):
    p = settings(dummies=dummies)
    net = model(p, pairs(p))
    assert [layer.units for layer in net.layers] == [width] * 3 + [1]
    inputs = dummies + 2
    expected = (inputs + 1) * width + 2 * (width + 1) * width + width + 1
    assert net.count_params() == expected
    assert [layer.activation.__name__ for layer in net.layers] == ["tanh"] * 3 + ["sigmoid"]
    if dummies == 0:
        assert expected == 37 and "9 + 12 + 12 + 4 = **37**" in PAGE


def solved(p):
    """Return a network whose weights solve a > b, for inputs of any scale and shift."""
    net = model(p, pairs(p))
    weights = [np.zeros_like(w) for w in net.get_weights()]
    weights[0][0, 0], weights[0][1, 0] = 1 / p.scale, -1 / p.scale
    for layer in (2, 4, 6):
        weights[layer][0, 0] = 5.0
    net.set_weights(weights)
    return net


@pytest.mark.parametrize("change", [{}, {"scale": 1000.0, "dummies": 2}, {"shift": 1000.0}])
def test_pictures_show_the_pairs_as_the_network_is_fed(change):
    p = settings(**change)
    net, sets = solved(p), pairs(p)
    assert measure(net, sets, p)["rule_accuracy"] > 0.99
    plane, tanh, table = (view.draw(net, sets, p) for view in LESSON.views)
    values = np.array(plane["regions"]["values"])
    assert values.shape == (24, 24)
    assert values[0, -1] > 0.9 and values[-1, 0] < 0.1  # a is across, b up
    zero, one = plane["groups"]
    assert len(zero["x"]) + len(one["x"]) == 40
    assert all(a < b for a, b in zip(zero["x"], zero["y"], strict=True))
    assert all(a > b for a, b in zip(one["x"], one["y"], strict=True))
    assert plane["title"].startswith("100.0 %")
    assert np.shape(table["values"]) == (len(table["row_labels"]), len(table["column_labels"]))
    assert len(table["row_labels"]) == 3 * int(1.2 * (2 + p.dummies) + 1)
    first = np.array(table["values"][0])
    np.testing.assert_allclose(first, np.tanh(np.linspace(-1, 1, 5)), atol=6e-3)
    below, above = tanh["panels"][0]["groups"]  # this unit's u is a − b
    assert max(below["x"]) < 0 < min(above["x"]) and "for 0 %" in tanh["title"]
    np.testing.assert_allclose(np.tanh(above["x"]), above["y"])
    json.dumps([plane, tanh, table], allow_nan=False)


def test_rule_accuracy_ignores_flipped_labels():
    p = settings(noise=0.3)
    net, sets = solved(p), pairs(p)
    assert measure(net, sets, p)["rule_accuracy"] > 0.99
    accuracy = net.evaluate(sets.held_out.x, sets.held_out.y, verbose=0, return_dict=True)[
        "accuracy"
    ]
    assert accuracy == pytest.approx(0.7, abs=0.04)


def test_worked_numbers():
    page = re.sub(r"\s+", " ", PAGE)
    u = 1 * 0.7 - 0.9 * 0.3
    h = np.tanh(u)
    assert f"= {u:.2f}$" in page and f"**{h:.3f}**" in page and f"**{1 - h**2:.3f}**" in page
    a, b = fed(settings(shift=1000), np.array([0.7]), np.array([0.3]))[0].astype(float)
    assert f"**{a - 0.9 * b:.2f}**" in page
    assert np.tanh(np.float32(a - 0.9 * b)) == 1
    a, b = fed(settings(scale=1000), np.array([0.7]), np.array([0.3]))[0].astype(float)
    assert f"$u = {a - 0.9 * b:.0f}$" in page
    floor = -0.8 * np.log(0.8) - 0.2 * np.log(0.2)
    assert f"= {floor:.3f}" in page
    assert f"it is {1 - 0.99**2:.2f}" in page
    lowest, highest = (1 + 1000 - 0.9 * 1000, 1000 - 0.9 * 1001)
    assert min(lowest, highest) > 20  # saturated for every pair, as the page says


def test_shifted_units_see_no_pair_at_all():
    """With inputs near 1000, the untrained first layer gives the same answer in every column."""
    import keras

    keras.utils.set_random_seed(0)
    p = settings(shift=1000.0)
    net, sets = model(p, pairs(p)), pairs(p)
    table = LESSON.views[2].draw(net, sets, p)
    assert np.ptp(np.array(table["values"]), axis=1).max() < 1e-6
    tanh = LESSON.views[1].draw(net, sets, p)
    assert "for 100 %" in tanh["title"] and len(tanh["panels"]) == 3
    for panel in tanh["panels"]:
        assert {x for group in panel["groups"] for x in group["x"]} in ({-5.0}, {5.0})


def outcome(history, **finals):
    finals = {"val_accuracy": history[-1]} | finals
    return Outcome(tuple(finals for _ in range(3)), ({"val_accuracy": tuple(history)},) * 3)


CALM = outcome([0.99] * 50 + [0.995] * 50)
LEAPS = outcome([0.99] * 50 + [0.72] * 50)


def test_spread_sees_rare_leaps():
    assert spread(LEAPS) > 10 * spread(CALM) > 0
    assert spread(outcome([0.5] * 10 + [0.9] * 90)) == pytest.approx(0)  # the climb does not count


def test_claims_can_fail():
    claims = {c.row: c.check for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {
        "004/base", "004/noise", "004/dummies", "004/scale", "004/scale-long", "004/shift",
    }  # fmt: skip
    assert claims["004/base"]({"this": CALM}) and not claims["004/base"]({"this": LEAPS})
    assert not claims["004/base"]({"this": outcome([0.6] * 50 + [0.99] * 50)})
    noisy = outcome([0.79] * 100)
    assert claims["004/noise"]({"this": noisy, "base": CALM})
    assert not claims["004/noise"]({"this": CALM, "base": CALM})
    assert not claims["004/dummies"]({"this": CALM, "base": CALM})
    assert claims["004/scale"]({"this": LEAPS, "base": CALM})
    assert not claims["004/scale"]({"this": noisy, "base": CALM})
    leaps_and_ends_well = outcome([0.99] * 50 + [0.72] * 30 + [0.98] * 20)
    assert not claims["004/scale"]({"this": leaps_and_ends_well, "base": CALM})
    recovered = outcome([0.7] * 60 + [0.995] * 240)
    assert not claims["004/scale-long"]({"this": recovered, "base": CALM})
    assert not claims["004/shift"]({"this": noisy}) and claims["004/shift"](
        {"this": outcome([0.5])}
    )


NAME = "greater-than"


def ends(experiment="", metric="val_accuracy", **values):
    """Return a final metric of seeds 0, 1 and 2."""
    return [trained(NAME, experiment, seed=seed, **values)[metric] for seed in (0, 1, 2)]


def wobble(experiment="", **values):
    """Return the mean over seeds 0, 1 and 2 of the standard deviation after ten epochs."""
    runs = [history(NAME, "val_accuracy", experiment, seed=s, **values) for s in (0, 1, 2)]
    return np.mean([np.std(run[10:]) for run in runs])


@pytest.mark.slow
@pytest.mark.answer("first-epoch")
@pytest.mark.answer("noise")
@pytest.mark.answer("dummies")
def test_the_answers_about_plain_inputs():
    base = history(NAME, "val_accuracy", "base")
    assert base[0] > 0.98 and min(base[10:]) > 0.93 and -(-8000 // 30) == 267
    assert ends("noise") == pytest.approx([0.8] * 3, abs=0.03)
    assert min(ends("noise", "rule_accuracy")) > 0.985
    assert min(ends("dummies")) > 0.975 and wobble("dummies") > 1.2 * wobble()
    assert wobble(dummies=20) > 2.5 * wobble("dummies")


@pytest.mark.slow
@pytest.mark.answer("scale")
def test_the_answer_about_large_inputs():
    assert min(ends("scale-slow")) > 0.98
    assert np.mean(ends("scale")) < 0.93 and np.mean(ends("scale-long")) < 0.95


@pytest.mark.slow
@pytest.mark.answer("shift")
@pytest.mark.answer("normalize")
def test_the_answers_about_shifted_inputs():
    for values in ({"shift": 1000.0}, {"shift": 1000.0, "learning_rate": 0.001}, {"shift": 100.0}):
        end = trained(NAME, epochs=20, **values)["val_accuracy"]
        assert end == pytest.approx(0.5, abs=0.03)
    sets = pairs(settings(scale=3.464, shift=-1.732))
    assert (sets.x.mean(), sets.x.std()) == pytest.approx((0, 1), abs=0.02)
    assert trained(NAME, scale=3.464, shift=-1.732)["val_accuracy"] > 0.97
