"""The line: its points, the tape against hand and Keras, the measures, the page's numbers."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from measuring import history, trained

from lessons.linear_regression import LESSON
from lessons.linear_regression.experiments import NEGATIVE
from lessons.linear_regression.model import data, model
from lessons.linear_regression.views import fitted, measure
from tui_dl import catalog
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome
from tui_dl.lesson import Dataset

METHODS = ("tape", "keras")
PAGE = LESSON.theory()
HAND = Dataset("two points", np.array([[0], [1]], "float32"), np.array([[2], [5]], "float32"))


def settings(**values):
    return LESSON.parameters.of(values)


def points(p, seed=0):
    return data(p, np.random.default_rng(seed))


def run(p, seed=0, compile="auto"):
    events = []
    finished = Session(LESSON, p, seed=seed, compile=compile, emit=events.append, views=False).run()
    return finished, events


def descend(x, d, rate, steps):
    """Return the path of gradient descent in NumPy, as on the page."""
    w = b = 0.0
    for _ in range(steps):
        error = w * x + b - d
        w, b = w - rate * 2 * np.mean(error * x), b - rate * 2 * np.mean(error)
    return w, b


def test_points_lie_on_the_line_but_for_the_noise():
    exact = points(settings(noise=0, true_slope=-6, true_intercept=3, points=50))
    assert exact.x.shape == exact.y.shape == (50, 1)
    assert exact.x.dtype == exact.y.dtype == np.float32
    assert exact.x.min() >= 0 and exact.x.max() < 1
    np.testing.assert_allclose(exact.y, -6 * exact.x + 3, atol=1e-5)
    noisy = points(settings(noise=2, points=5000))
    left = noisy.y - (3 * noisy.x + 2)
    assert left.std() == pytest.approx(2, rel=0.05) and abs(left.mean()) < 0.1
    assert exact.validation is None


@pytest.mark.parametrize("method", METHODS)
def test_one_step_is_the_one_on_the_page(method):
    p = settings(method=method)
    line = model(p, HAND)
    assert line.count_params() == 2
    line.fit(HAND.x, HAND.y, batch_size=2, epochs=1, verbose=0)
    assert fitted(line) == pytest.approx((0.5, 0.7), abs=1e-6)
    loss = line.evaluate(HAND.x, HAND.y, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(8.065, abs=1e-4)
    errors = np.array([-2.0, -5.0])
    assert np.mean(errors**2) == 14.5 and 2 * np.mean(errors * [0, 1]) == -5
    for number in (
        "**14.5**",
        "= -5",
        "= -7",
        "w = 0.5",
        "b = 0.7",
        "$-1.3$",
        "$-3.8$",
        "**8.065**",
    ):
        assert number in PAGE


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("batch", [100, 30])
def test_both_methods_descend_as_keras_does(method, batch):
    """Both methods match Keras, also with a shorter last batch; the loss is a mean over points."""
    import keras

    p = settings(method=method, epochs=3, batch_size=batch)
    reference = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")]
    )
    reference.compile(keras.optimizers.SGD(0.1), "mse")
    sets, line = points(p), model(p, points(p))
    fits = [
        m.fit(sets.x, sets.y, batch_size=batch, epochs=3, shuffle=False, verbose=0).history["loss"]
        for m in (line, reference)
    ]
    np.testing.assert_allclose(*fits, rtol=1e-4)
    np.testing.assert_allclose(fitted(line), fitted(reference), atol=1e-4)


@pytest.mark.parametrize("mode", ["xla", "graph"])
def test_the_engine_runs_the_tape(mode):
    p = settings(epochs=40)
    sets = points(p)
    finished, _ = run(p, compile=mode)
    w, b = descend(sets.x, sets.y, 0.1, 40)
    assert finished.status == "completed"
    assert (finished.metrics["w"], finished.metrics["b"]) == pytest.approx((w, b), abs=1e-3)


def test_a_changed_learning_rate_counts_at_once():
    line = model(settings(), HAND)
    line.optimizer.learning_rate = 0.2
    line.fit(HAND.x, HAND.y, batch_size=2, epochs=1, verbose=0)
    assert fitted(line) == pytest.approx((1.0, 1.4), abs=1e-6)


def test_a_tape_model_can_be_saved_and_loaded(tmp_path):
    import keras

    line = model(settings(), HAND)
    line.fit(HAND.x, HAND.y, batch_size=2, epochs=1, verbose=0)
    line.save(tmp_path / "line.keras")
    assert fitted(keras.models.load_model(tmp_path / "line.keras")) == fitted(line)


def test_what_is_measured():
    p = settings(true_slope=3, true_intercept=2)
    line = model(p, HAND)
    line(HAND.x)
    line.set_weights([np.float32(0), np.float32(6)])
    got = measure(line, HAND, p)
    assert (got["w"], got["b"], got["distance"]) == (0, 6, 5)
    assert got["fit_error"] == pytest.approx(np.sqrt((4**2 + 1**2) / 2))


@pytest.mark.parametrize("method", METHODS)
def test_views(method):
    p = settings(method=method, **NEGATIVE)
    sets = points(p)
    line = model(p, sets)
    line(sets.x)
    drawn = {view.name: [view.draw(line, sets, p) for _ in range(3)][-1] for view in LESSON.views}
    json.dumps(drawn, allow_nan=False)
    line_drawn = drawn["line"]
    fit, true = line_drawn["lines"]
    assert (fit["y"], true["y"]) == ([0.0, 0.0], [3.0, -3.0])
    assert len(line_drawn["sticks"]) == 20 and "20 of 100" in line_drawn["groups"][0]["name"]
    known = set(zip(sets.x[:, 0].tolist(), sets.y[:, 0].tolist(), strict=True))
    assert all((x, d) in known and y == 0 for x, y, d in line_drawn["sticks"])
    assert f"residual {np.mean(sets.y.astype(float) ** 2):.4g}" in line_drawn["title"]
    path = drawn["path"]
    assert path["lines"][0]["x"] == [0, 0, 0] and [w["text"] for w in path["words"]] == ["0"]
    assert (path["groups"][1]["x"], path["groups"][1]["y"]) == ([-6.0], [3.0])
    assert path["x_range"][0] < -6 < 0 < path["x_range"][1]
    _check_surface(path, sets)


def _check_surface(path, sets):
    """Check values of the view against the errors of their lines, computed from the points."""
    values = np.array(path["contours"]["values"])
    ws, bs = (np.linspace(*path[side], 25) for side in ("x_range", "y_range"))
    for row, column in ((0, 0), (5, 20), (24, 24)):
        error = ws[column] * sets.x + bs[row] - sets.y
        expected = np.sqrt(np.mean(error.astype(float) ** 2))
        assert values[row, column] == pytest.approx(expected, rel=1e-3)
    assert all(values.min() < level < values.max() for level in path["contours"]["levels"])


def test_sticks_reach_from_the_line_to_the_points():
    line = model(settings(), HAND)
    line(HAND.x)
    line.set_weights([np.float32(2), np.float32(1)])
    shown = LESSON.views[0].draw(line, HAND, settings())
    assert shown["sticks"] == [[0, 1, 2], [1, 3, 5]] and "residual 2.5" in shown["title"]


def test_the_arrow_points_along_minus_the_gradient():
    line = model(settings(), HAND)
    line(HAND.x)
    shown = LESSON.views[1].draw(line, HAND, settings())
    (arrow,) = shown["arrows"]
    (w0, w1), (b0, b1) = arrow["x"], arrow["y"]
    assert (w0, b0) == (0, 0) and w1 / b1 == pytest.approx(5 / 7) and w1 > 0
    assert "∂w = 5, −∂L/∂b = 7" in shown["title"]
    line.set_weights([np.float32(3), np.float32(2)])  # the line through both points
    assert LESSON.views[1].draw(line, HAND, settings())["arrows"] == []


def test_paths_of_two_models_stay_apart_and_divergence_is_drawn():
    p = settings()
    sets = points(p)
    view = LESSON.views[1]
    first, second = (model(p, sets) for _ in range(2))
    first(sets.x), second(sets.x)
    view.draw(first, sets, p)
    second.set_weights([np.float32(np.inf), np.float32(np.nan)])
    diverged = view.draw(second, sets, p)
    assert diverged["lines"][0]["x"] == [] and diverged["arrows"] == diverged["words"] == []
    first.set_weights([np.float32(3), np.float32(2)])
    after = view.draw(first, sets, p)
    assert after["lines"] == [{"name": "path", "x": [0, 3], "y": [0, 2]}]
    assert [word["text"] for word in after["words"]] == ["0", "1"]


def test_numbers_about_the_valley():
    """The slow and the steep direction of the loss's Hessian are right for x from U(0,1)."""
    slow, steep = np.linalg.eigvalsh(2 * np.array([[1 / 3, 1 / 2], [1 / 2, 1]]))
    left = (1 - 0.1 * slow) ** 300
    assert f"removes only {10 * slow:.1f} %" in re.sub(r"\s+", " ", PAGE)
    assert f"{100 * left:.1f} % of it is left" in PAGE
    assert f"Above about {2 / steep:.2f} each step" in re.sub(r"\s+", " ", PAGE)
    spread = 3 * np.sqrt(12 / 100)
    assert f"about {spread:.2f} (one standard" in PAGE and spread > 3.76 - 3
    p = settings(noise=0)
    sets = points(p)
    w, b = descend(sets.x, sets.y, 0.1, 300)
    assert f"({w:.2f}, {b:.2f})" in PAGE


@pytest.mark.slow
def test_too_fast_diverges_and_the_page_s_remedy_converges():
    experiment = LESSON.experiment("too-fast")
    assert run(settings(**experiment.settings))[0].status == "diverged"
    finished, _ = run(settings(noise=0, learning_rate=0.7))
    assert finished.status == "completed" and finished.metrics["distance"] < 0.01


def test_the_size_of_the_largest_network_of_the_course():
    """The largest bold total of any page is given here; each lesson's own tests check its total."""
    pages = [re.sub(r"(\d)[ ,](?=\d{3})", r"\1", each.theory()) for each in catalog.lessons()]
    counts = [int(n) for page in pages for n in re.findall(r"\*\*(\d+)\*\*", page)]
    assert f"up to {max(counts):,} (`cifar10-cnn`)" in PAGE


def outcome(**metrics):
    return Outcome(tuple({k: v for k, v in metrics.items()} for _ in range(3)))


def test_claims_can_fail():
    claims = {c.row: c for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {
        "000/linreg-noise", "000/linreg-negative", "001/linreg-noise", "001/linreg-truth",
        "000/keras-linreg",
    }  # fmt: skip
    low, middle, high = (outcome(fit_error=v, distance=v, loss=v) for v in (0.05, 0.2, 0.8))
    for row in ("000/linreg-noise", "000/linreg-negative", "001/linreg-noise"):
        assert claims[row].check({"0": low, "1": middle, "this": high})
        assert not claims[row].check({"0": low, "1": high, "this": middle})
    assert not claims["001/linreg-noise"].check(
        {"0": middle, "1": high, "this": outcome(distance=1)}
    )
    assert not claims["001/linreg-truth"].check({"default": low, "this": middle})
    lines = outcome(w=3.0, b=2.0), outcome(w=3.0, b=2.1)
    assert not claims["000/keras-linreg"].check({"tape": lines[0], "this": lines[1]})


SEEDS = (0, 1, 2)


def median(metric, experiment="", **values):
    runs = [trained("linear-regression", experiment, seed=seed, **values) for seed in SEEDS]
    return float(np.median([run[metric] for run in runs]))


@pytest.mark.slow
@pytest.mark.answer("early")
def test_the_answer_about_stopping_early():
    assert trained("linear-regression", noise=0)["w"] == pytest.approx(2.97, abs=0.006)
    more = trained("linear-regression", noise=0, batch_size=10)
    assert (more["w"], more["b"]) == pytest.approx((3, 2), abs=5e-4)


@pytest.mark.slow
@pytest.mark.answer("noise")
@pytest.mark.answer("line")
def test_the_answers_about_noise_and_the_true_line():
    assert median("loss", "noise") == pytest.approx(8.2, abs=0.05)
    errors = [median("fit_error", noise=noise) for noise in (0, 1, 3)]
    assert errors == pytest.approx([0.01, 0.088, 0.245], abs=0.005)
    several = [trained("linear-regression", "noise", seed=s)["fit_error"] for s in (1, 2)]
    assert several == pytest.approx([0.67, 0.06], abs=0.01)
    losses = median("loss", "truth"), median("loss", noise=1)
    assert losses == pytest.approx((0.91, 0.91), abs=0.01)
    falling = [median("fit_error", "negative", noise=noise) for noise in (0, 1, 3)]
    assert falling == pytest.approx([0.04, 0.07, 0.20], abs=0.006)


@pytest.mark.slow
@pytest.mark.answer("keras")
def test_the_answer_about_keras():
    for method in ("", "keras"):
        run = trained("linear-regression", method)
        assert (run["w"], run["b"]) == pytest.approx((2.889, 2.066), abs=1e-3)
    curves = [history("linear-regression", "loss", method) for method in ("", "keras")]
    np.testing.assert_allclose(*curves, atol=1e-4)


@pytest.mark.slow
@pytest.mark.answer("rate")
def test_the_answer_about_the_fastest_rate():
    growing = history("linear-regression", "loss", "too-fast")
    assert all(a < b for a, b in pairwise(growing)) and len(growing) < 300
    counts = []
    for rate in (0.1, 0.3, 0.7, 0.75):
        losses = history("linear-regression", "loss", noise=0, learning_rate=rate, epochs=1000)
        counts.append(next(i + 1 for i, loss in enumerate(losses) if loss < 1e-6))
    assert counts == pytest.approx([480, 159, 67, 94], rel=0.05)


@pytest.mark.slow
@pytest.mark.answer("wobble")
def test_the_answer_about_small_batches():
    ten, all_points = (
        history("linear-regression", "loss", batch_size=batch)[200:] for batch in (10, 100)
    )
    rises = sum(a < b for a, b in pairwise(ten))
    assert 35 <= rises <= 55
    assert (min(ten), max(ten)) == pytest.approx((0.086, 0.091), abs=0.002)
    assert not any(a + 1e-6 < b for a, b in pairwise(all_points))
