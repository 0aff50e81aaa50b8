"""Tensors: the descent against mathematics, its views, and the page's numbers and words."""

import json
import math
import re
from itertools import pairwise

import numpy as np
import pytest

from lessons.tensors import LESSON, views
from lessons.tensors import model as ten
from tui_dl.engine.session import Session

PAGE = re.sub(r"\s+", " ", LESSON.theory())
DERIVATIVES = {
    "parabola": lambda w: 2 * (w - 1),
    "two-valleys": lambda w: 4 * w**3 - 4 * w + 0.5,
    "flat": lambda w: w**3,
    "corner": np.sign,
}


def settings(**values):
    return LESSON.parameters.of(values)


def of(name):
    return settings(**LESSON.experiment(name).settings)


def draw(name, p):
    view = next(view for view in LESSON.views if view.name == name)
    return view.draw(None, ten.data(p, np.random.default_rng(0)), p)


def test_it_is_an_explorer_whose_data_are_the_curve():
    assert LESSON.explorer and LESSON.rows == ("001/tensors",)
    d = ten.data(settings(), np.random.default_rng(0))
    assert d.x.shape == d.y.shape == (161, 1) and (d.x[0, 0], d.x[-1, 0]) == (-2, 2)
    np.testing.assert_allclose(d.y, (d.x - 1) ** 2, atol=1e-5)


@pytest.mark.parametrize("function", DERIVATIVES)
@pytest.mark.parametrize("start", [-1.7, 0.3])
def test_the_tape_and_the_steps(function, start):
    p = settings(function=function, start=start, learning_rate=0.03, steps=8)
    path = ten.descent(p)
    assert len(path) == 9 and path[0][0] == pytest.approx(start)
    for (w, f, gradient), (after, _, _) in pairwise(path):
        assert f == pytest.approx(ten.FUNCTIONS[function](w), abs=1e-5)
        assert gradient == pytest.approx(DERIVATIVES[function](w), abs=1e-4)
        assert gradient == pytest.approx(views.difference(p, w), abs=1e-4)
        assert after == pytest.approx(w - 0.03 * gradient, abs=1e-6)


def test_every_field_changes_the_picture():
    first = draw("descent", settings())
    for change in ({"start": 1.9}, {"learning_rate": 0.2}, {"steps": 3}, {"function": "flat"}):
        assert draw("descent", settings(**change)) != first


def test_the_steps_lie_on_the_curve_and_the_tangent_touches_it_at_the_start():
    p = settings(steps=3)
    shown = draw("descent", p)
    curve, steps, tangent = shown["lines"]
    assert curve["y"] == ten.FUNCTIONS["parabola"](np.array(curve["x"])).tolist()
    assert list(zip(steps["x"], steps["y"], strict=True)) == [(w, f) for w, f, _ in ten.descent(p)]
    assert np.diff(tangent["y"]) / np.diff(tangent["x"]) == pytest.approx(-5)
    assert (np.mean(tangent["x"]), np.mean(tangent["y"])) == pytest.approx((-1.5, 6.25))
    assert [(a["x"], a["y"]) for a in shown["arrows"]] == [
        (steps["x"][i : i + 2], steps["y"][i : i + 2]) for i in range(3)
    ]
    assert shown["title"] == "f′(−1.5) = −5: step 1 moves w by −η f′ = 0.5"
    assert [word["text"].strip() for word in shown["words"]] == ["0", "1", "2", "3"]


def test_both_valleys_are_in_the_picture():
    low, high = draw("descent", of("right-valley"))["x_range"]
    assert low < -1.06 < 0.93 < high


def test_points_outside_are_told_and_not_drawn():
    shown = draw("descent", of("diverging"))
    inside = shown["lines"][1]["x"]
    outside = sum(abs(w) > 2 for w, _, _ in ten.descent(of("diverging")))
    assert f"{outside} points lie outside" in shown["x_label"] and outside > 0
    assert max(map(abs, inside)) <= 2 and 10 < len(inside) == 21 - outside
    assert "outside" not in draw("descent", settings())["x_label"]


def test_a_bar_for_each_gradient_beside_the_difference():
    shown = draw("steps", settings(steps=2))
    assert shown["values"] == pytest.approx([-5, -4, -3.2])
    assert shown["notes"] == ["≈ -5", "≈ -4", "≈ -3.2"]
    assert shown["labels"] == ["0: w = -1.5", "1: w = -1", "2: w = -0.6"]


def test_a_descent_that_explodes_ends_and_stays_finite():
    p = settings(learning_rate=2.0, function="flat", start=2.0, steps=100)
    assert len(ten.descent(p)) < 100 and np.isfinite(ten.descent(p)).all()
    json.dumps([draw(view.name, p) for view in LESSON.views], allow_nan=False)


def test_the_table_shows_what_tensors_are():
    rows = {row[0]: row[1:] for row in draw("tensors", settings(start=-1.5))["rows"]}
    assert rows["w = tf.Variable(start)"] == ["-1.5", "()", "yes"]
    assert rows["start = tf.constant(-1.5)"][2] == "no"
    assert rows["tf.constant([[1., 2.]])"][1] == "(1, 2)"
    assert rows["tape.gradient(height, w)"][0] == "-5."
    assert rows["… of f(start), a constant"][0] == "None"
    assert rows["w.assign_sub(rate * gradient)"][0] == "-1."


@pytest.mark.parametrize("experiment", LESSON.experiments, ids=lambda e: e.name)
def test_every_picture_of_every_experiment(experiment):
    json.dumps([draw(v.name, of(experiment.name)) for v in LESSON.views], allow_nan=False)
    assert f"`-e {experiment.name}`" in PAGE


def test_what_experiments_promise():
    def end(name):
        return views.measure(None, None, of(name))

    assert abs(end("one-step")["w"] - 1) < 1e-6 and ten.descent(of("one-step"))[1][0] == 1
    swings = [w - 1 for w, _, _ in ten.descent(of("back-and-forth"))]
    assert all(a * b < 0 and abs(b) < abs(a) for a, b in pairwise(swings))
    growth = [g for _, _, g in ten.descent(of("diverging"))]
    ratios = [b / a for a, b in pairwise(growth)]
    assert ratios == pytest.approx([-1.1] * len(ratios), abs=1e-3)
    left, right = end("left-valley"), end("right-valley")
    assert left["w"] == pytest.approx(-1.06, abs=0.005)
    assert right["w"] == pytest.approx(0.93, abs=0.005) and left["f"] < right["f"]
    assert abs(end("flat")["w"]) > 0.1
    last = [w for w, _, _ in ten.descent(of("corner"))][-6:]
    assert all(a * b < 0 and abs(a - b) == pytest.approx(0.2) for a, b in pairwise(last))


def test_the_steps_worked_by_hand():
    for step, (w, f, gradient) in enumerate(ten.descent(settings(steps=2))):
        cells = (step, w, f, gradient, -0.1 * gradient)
        row = " | ".join(f"{cell:.4g}".replace("-", "−") for cell in cells)
        assert f"| {row} |" in PAGE
    left = 2.5 * 0.8**20
    assert views.measure(None, None, settings())["w"] == pytest.approx(1 - left, abs=1e-5)
    assert f"**{left:.4f}**" in PAGE and f"**{1 - left:.4f}**" in PAGE


def test_what_the_page_says_of_the_tape():
    import tensorflow as tf

    constant = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        unwatched = constant**2
        tape.watch(constant)
        watched = constant**2
    assert tape.gradient(unwatched, constant) is None
    assert float(tape.gradient(watched, constant)) == 4
    assert not hasattr(constant, "assign") and not hasattr(tf, "placeholder")
    for number, none in ((1, True), (1.0, False)):
        w = tf.Variable(number)
        with tf.GradientTape() as tape:
            height = w * w
        assert (tape.gradient(height, w) is None) == none


def test_the_session_draws_the_explorer():
    events = []
    finished = Session(LESSON, settings(), emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["w"] == pytest.approx(
        0.9712, abs=1e-4
    )
    assert {e.view for e in events if e.kind == "snapshot"} == {v.name for v in LESSON.views}


def test_the_matrices_and_the_chain_rule_of_the_page():
    import tensorflow as tf

    X, W = tf.constant([[1.0, 2], [3, 4]]), tf.Variable([[5.0], [6]])
    w = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(X)
        U = X @ W
        f = tf.reduce_sum(U**2)
        u = 3 * w - 5
        square = u**2
    assert U.numpy().tolist() == [[17], [39]] and "│ 39 │ 3·5 + 4·6" in PAGE
    assert tf.transpose(W).shape == (1, 2)
    back = tape.gradient(f, U)
    np.testing.assert_allclose(tape.gradient(f, W), tf.transpose(X) @ back)
    np.testing.assert_allclose(tape.gradient(f, X), back @ tf.transpose(W))
    assert (float(u), float(square), float(tape.gradient(square, w))) == (1, 1, 6)
    assert float(tape.gradient(square, u)) == 2 and "2 · 3 = **6**" in PAGE
    assert math.isclose((3 * 2.01 - 5) ** 2, 1.0609) and "0.0609 in $f$" in PAGE


@pytest.mark.answer("shrink")
@pytest.mark.answer("rates")
def test_the_answers_about_the_learning_rate():
    path = ten.descent(of("parabola"))
    assert [g for _, _, g in path[:3]] == pytest.approx([-5, -4, -3.2])
    assert path[-1][0] == pytest.approx(0.9712, abs=1e-4)
    for name, factor in (("one-step", 0), ("back-and-forth", -0.9), ("diverging", -1.1)):
        (first, _, g), (second, _, h) = ten.descent(of(name))[:2]
        assert (second - 1) / (first - 1) == pytest.approx(factor, abs=1e-3)
        assert h / g == pytest.approx(factor, abs=1e-3)


@pytest.mark.answer("valleys")
def test_the_answer_about_two_valleys():
    assert ten.descent(of("left-valley"))[-1][0] == pytest.approx(-1.06, abs=0.005)
    assert ten.descent(of("right-valley"))[-1][0] == pytest.approx(0.93, abs=0.005)
    ends = [
        ten.descent(settings(function="two-valleys", start=start, learning_rate=0.02, steps=100))
        for start in (0.12, 0.126, 0.128, 0.13)
    ]
    assert [end[-1][0] < 0.127 for end in ends] == [True, True, False, False]
    assert ends[0][-1][0] < 0 and ends[3][-1][0] > 0.5


@pytest.mark.answer("flat")
@pytest.mark.answer("corner")
def test_the_answers_about_slopes_that_fade_or_do_not():
    assert ten.descent(of("flat"))[-1][0] == pytest.approx(-0.218, abs=0.001)
    assert abs(0.1 * DERIVATIVES["flat"](-0.2)) < 0.005 * 0.2
    last = [w for w, _, _ in ten.descent(of("corner"))][-4:]
    assert [abs(w) for w in last] == pytest.approx([0.1] * 4, abs=1e-5)
    assert all(a * b < 0 for a, b in pairwise(last))


@pytest.mark.answer("constant")
def test_the_answer_about_constants():
    rows = {row[0]: row[1] for row in draw("tensors", of("parabola"))["rows"]}
    assert rows["tape.gradient(height, w)"] == "-5."
    assert rows["… of f(start), a constant"] == "None"
