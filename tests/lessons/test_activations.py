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


def curves(payload):
    return [panel["lines"][0] for panel in payload["panels"]]


@pytest.mark.parametrize("values", [{}, {"W": 2.0, "b": -15.0, "function": "relu"}, {"x": -5.0}])
def test_the_chain_leads_from_x_over_the_line_to_h(values):
    p = settings(**values)
    u, h = p.x * p.W + p.b, float(act.unit(p.x, p))
    shown = draw("unit", **values)
    line, f = curves(shown)
    assert np.interp(p.x, line["x"], line["y"]) == pytest.approx(u)
    assert np.interp(u, f["x"], f["y"]) == pytest.approx(h, abs=0.02)
    for panel, at in zip(shown["panels"], [(p.x, u), (u, h)], strict=True):
        up, left = panel["arrows"]
        (point,) = panel["groups"]
        assert (point["x"], point["y"]) == ([at[0]], [at[1]])
        assert up["x"] == [at[0]] * 2 and left["y"] == [at[1]] * 2
        low, high = panel["y_range"]
        assert low < min(at[1], *panel["lines"][0]["y"]) <= at[1] < high
        assert panel["x_range"][0] <= at[0] <= panel["x_range"][1]
    assert f"= {u:.3g} → h = {h:.3g}".replace("-", "−") in shown["title"]


@pytest.mark.parametrize(
    "values", [{}, {"W": 20.0, "b": 0.0, "x": 0.1}, {"function": "relu", "x": 5.0}]
)
def test_the_tangent_touches_h_at_x_and_the_slope_is_marked_beside_it(values):
    p = settings(**values)
    left, right = draw("tangent", **values)["panels"]
    xs, ys = (np.array(left["lines"][1][axis]) for axis in "xy")
    steep = float(act.slope(p.x, p))
    assert np.diff(ys) / np.diff(xs) == pytest.approx(steep, abs=1e-9)
    assert (xs.mean(), ys.mean()) == pytest.approx((p.x, float(act.unit(p.x, p))))
    assert right["groups"][0] == {"name": "", "x": [p.x], "y": [steep]}
    np.testing.assert_allclose(
        right["lines"][0]["y"], act.slope(np.array(right["lines"][0]["x"]), p)
    )


def test_all_functions_side_by_side_with_the_unit_on_each():
    shown = draw("functions", function="tanh")["panels"]
    for name, panel in zip(NAMES, shown, strict=True):
        f, slope = panel["lines"]
        assert f["y"] == act.FUNCTIONS[name](np.array(f["x"])).tolist()
        assert (
            slope["dashed"] and slope["y"] == act.DERIVATIVES[name](np.array(slope["x"])).tolist()
        )
        (point,) = panel["groups"]
        assert point["x"] == [1, 1]
        assert point["y"] == [float(act.FUNCTIONS[name](1.0)), float(act.DERIVATIVES[name](1.0))]
    assert shown[1]["title"] == "sigmoid 0.731, 0.197" and shown[2]["title"] == "ReLU 1, 1"


@pytest.mark.parametrize("experiment", LESSON.experiments, ids=lambda e: e.name)
def test_every_picture_of_every_experiment(experiment):
    drawn = [draw(view.name, **experiment.settings) for view in LESSON.views]
    json.dumps(drawn, allow_nan=False)
    assert f"`-e {experiment.name}`" in PAGE


def test_what_experiments_promise():
    def measured(name):
        p = settings(**LESSON.experiment(name).settings)
        return views.measure(None, inputs(p), p)

    assert measured("dead")["flat_share"] == 1
    assert measured("step")["flat_share"] > 0.9 and measured("linear")["flat_share"] == 0
    assert measured("sigmoid")["slope"] == 0.25 and measured("tanh")["slope"] == 1
    assert measured("relu")["slope"] == 1
    assert round(100 * measured("switch")["flat_share"]) == 85 and "85 %" in PAGE


def test_the_number_worked_by_hand():
    p = settings()
    got = views.measure(None, inputs(p), p)
    h = 1 / (1 + math.exp(-1))
    assert got["u"] == 1 and got["h"] == pytest.approx(h)
    assert got["slope"] == pytest.approx(-6 * h * (1 - h))
    for number in (f"{math.exp(-1):.4f}", f"**{h:.4f}**", f"{1 - h:.4f}", f"**{h * (1 - h):.4f}**"):
        assert number in PAGE
    assert (
        f"**{got['slope']:.2f}**" in PAGE and "= **1.667**" in PAGE and f"{10 / 6:.3f}" == "1.667"
    )
    falls = act.unit(1.5, p) - act.unit(1.51, p)
    assert f"lower $h$ by about {falls:.3f}." in PAGE and f"**{0.25**5:.5f}**" in PAGE
    assert "= 0.197·−6 = −1.18" in draw("tangent")["title"]


def test_the_weights_of_a_chain_of_sigmoids_count():
    """The weights matter in a chain of five units h ← sigmoid(20 (h − ½)), by `slope`."""
    p = settings(function="sigmoid", W=20, b=-10)
    h, slope = 0.5, 1.0
    for _ in range(5):
        h, slope = float(act.unit(h, p)), slope * float(act.slope(h, p))
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


def measured(name="", **values):
    given = dict(LESSON.experiment(name).settings) if name else {}
    p = settings(**{**given, **values})
    return views.measure(None, inputs(p), p)


@pytest.mark.answer("switch")
@pytest.mark.answer("move")
def test_the_answers_about_where_the_unit_switches():
    assert measured("linear")["slope"] == -6
    for weight, b, at in ((-6, 10, 1.667), (-6, 5, 0.833), (-6, 0, 0), (6, 10, -1.667)):
        p = settings(W=weight, b=b)
        assert float(act.unit(at, p)) == pytest.approx(0.5, abs=0.001)
        left, right = (float(act.unit(x, p)) for x in (-5, 5))
        assert (left > 0.99) == (weight < 0) and (right > 0.99) == (weight > 0)


@pytest.mark.answer("slopes")
def test_the_answer_about_slopes_at_zero():
    slopes = [float(act.DERIVATIVES[name](0.0)) for name in ("identity", "tanh", "sigmoid")]
    assert slopes == [1, 1, 0.25]
    assert [float(act.DERIVATIVES["relu"](u)) for u in (-0.1, 0.0, 0.1)] == [0, 0, 1]


@pytest.mark.answer("saturated")
def test_the_answer_about_saturated_inputs():
    assert measured("switch")["flat_share"] == pytest.approx(0.85, abs=0.005)
    assert measured("step")["flat_share"] == pytest.approx(0.96, abs=0.005)
    assert act.DERIVATIVES["sigmoid"](4.6) == pytest.approx(0.01, abs=2e-4)


@pytest.mark.answer("revive")
def test_the_answer_about_the_dead_unit():
    assert measured("dead")["flat_share"] == measured("dead", b=-10)["flat_share"] == 1
    assert measured("dead", b=-9.9)["flat_share"] < 1
    assert measured("dead", b=-9)["flat_share"] == pytest.approx(0.95, abs=0.005)
