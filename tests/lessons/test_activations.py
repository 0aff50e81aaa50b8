"""Activations: functions and slopes against Keras and autodiff, the views, the page."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.activations import LESSON, views
from lessons.activations import model as act

PAGE = re.sub(r"\s+", " ", LESSON.theory())
NAMES = ("identity", "sigmoid", "relu", "tanh")


def settings(**values):
    return LESSON.parameters.of(values)


def inputs(p):
    return act.data(p, np.random.default_rng(0))


def draw(name, **values):
    p = settings(**values)
    view = next(view for view in LESSON.views if view.name == name)
    return view.draw(None, inputs(p), p)


def test_it_is_an_explorer_with_the_sources_numbers():
    assert LESSON.explorer and LESSON.rows == ("002/activations",)
    p = settings()
    assert (p.W, p.b) == (-6, 10)
    d = inputs(settings(function="identity"))
    assert d.x.shape == d.y.shape == (251, 1)
    assert (d.x[0, 0], d.x[-1, 0]) == (-5, 5) and (d.y[0, 0], d.y[-1, 0]) == (40, -20)
    assert d.y[:3, 0].tolist() == pytest.approx([40, 39.76, 39.52])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weight, bias", [(-6, 10), (1, 0), (2.5, -1)])
def test_unit_and_slope_against_keras_and_the_tape(name, weight, bias):
    import keras
    import tensorflow as tf

    f = keras.activations.get("linear" if name == "identity" else name)
    x = tf.Variable(np.linspace(-5, 5, 97))
    with tf.GradientTape() as tape:
        y = f(x * weight + bias)
    p = settings(function=name, W=weight, b=bias)
    np.testing.assert_allclose(act.unit(x.numpy(), p), y, atol=1e-12)
    np.testing.assert_allclose(act.slope(x.numpy(), p), tape.gradient(y, x), atol=1e-12)


@given(st.floats(-300, 300))
def test_tanh_is_a_stretched_sigmoid_and_slopes_stay_in_bounds(u):
    assert act.tanh(u) == pytest.approx(2 * act.sigmoid(2 * u) - 1, abs=1e-12)
    assert 0 <= act.DERIVATIVES["sigmoid"](u) <= 0.25
    assert 0 <= act.DERIVATIVES["tanh"](u) <= 1 and act.DERIVATIVES["relu"](u) in (0, 1)


def test_the_unit_follows_weight_bias_and_input():
    plain = draw("unit", W=1, b=0, x=0, function="identity")
    y, slope, at = plain["series"]
    assert y["x"] == y["y"] and set(slope["y"]) == {1.0} and (at["x"], at["y"]) == ([0], [0])
    assert draw("unit", b=11)["series"][0]["y"] != draw("unit")["series"][0]["y"]
    assert draw("unit", W=-5)["series"][1]["y"] != draw("unit")["series"][1]["y"]
    assert draw("unit", x=2)["series"][2] != draw("unit")["series"][2]


@pytest.mark.parametrize("view", ["functions", "derivatives"])
def test_all_functions_side_by_side_with_the_unit_on_its_own(view):
    shown = draw(view, function="tanh")["series"]
    assert tuple(one["name"] for one in shown) == (*NAMES, "the unit")
    u, at = shown[-1]["x"][0], shown[-1]["y"][0]
    on_curve = np.interp(u, shown[3]["x"], shown[3]["y"])
    assert u == 1 and at == pytest.approx(on_curve, abs=1e-3)
    assert all(-1.1 <= y <= 1.6 for one in shown for y in one["y"])
    hidden = draw(view, x=-5)
    assert len(hidden["series"]) == 4 and "out of sight" in hidden["title"]


@pytest.mark.parametrize("experiment", LESSON.experiments, ids=lambda e: e.name)
def test_every_picture_of_every_experiment(experiment):
    drawn = [draw(view.name, **experiment.settings) for view in LESSON.views]
    json.dumps(drawn, allow_nan=False)
    assert f"`{experiment.name}`" in PAGE


def test_what_experiments_promise():
    def measured(name):
        p = settings(**LESSON.experiment(name).settings)
        return views.measure(None, inputs(p), p)

    assert measured("dead")["flat_share"] == 1
    assert measured("step")["flat_share"] > 0.9 and measured("linear")["flat_share"] == 0
    assert measured("sigmoid")["slope"] == 0.25 and measured("tanh")["slope"] == 1
    assert measured("relu")["slope"] == 1
    assert round(100 * measured("switch")["flat_share"]) == 85 and "85 %" in PAGE
    p = settings(function="relu", W=2.0, b=-9.0)
    assert views.measure(None, inputs(p), p)["flat_share"] < 1  # the page asks for such a b


def test_the_number_worked_by_hand():
    p = settings()
    got = views.measure(None, inputs(p), p)
    y = 1 / (1 + math.exp(-1))
    assert got["u"] == 1 and got["y"] == pytest.approx(y)
    assert got["slope"] == pytest.approx(-6 * y * (1 - y))
    for number in (f"{math.exp(-1):.4f}", f"**{y:.4f}**", f"{1 - y:.4f}", f"**{y * (1 - y):.4f}**"):
        assert number in PAGE
    assert (
        f"**{got['slope']:.2f}**" in PAGE and "= **1.667**" in PAGE and f"{10 / 6:.3f}" == "1.667"
    )
    falls = act.unit(1.5, p) - act.unit(1.51, p)
    assert f"about {falls:.3f}:" in PAGE and f"**{0.25**5:.5f}**" in PAGE
    row = draw("table")["rows"][NAMES.index("sigmoid")]
    assert row[1:] == pytest.approx([y, y * (1 - y), got["slope"]])


def test_the_weights_of_a_chain_of_sigmoids_count():
    """The weights matter in a chain of five units y ← sigmoid(20 (y − ½)), by `slope`."""
    p = settings(function="sigmoid", W=20, b=-10)
    y, slope = 0.5, 1.0
    for _ in range(5):
        y, slope = float(act.unit(y, p)), slope * float(act.slope(y, p))
    assert slope == pytest.approx(3125) and f"**{slope:.0f}** at 0.5" in PAGE


def test_a_dead_unit_gets_no_gradient_and_the_layer_below_can_wake_it():
    import tensorflow as tf

    x = tf.constant(np.linspace(-5, 5, 97))
    below, W = (tf.Variable(v, dtype="float64") for v in (1.0, 2.0))

    def gradient():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.nn.relu(below * x * W - 15))
        return float(tape.gradient(y, W))

    assert gradient() == 0
    below.assign(2.0)
    assert gradient() > 0
