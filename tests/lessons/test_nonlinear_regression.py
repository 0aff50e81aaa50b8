"""The polynomial: its points, its model against NumPy, measures, claims, the page."""

import json
import re

import numpy as np
import pytest
from measuring import history
from measuring import trained as finished

from lessons.nonlinear_regression import LESSON
from lessons.nonlinear_regression.model import CURVES, data, model
from lessons.nonlinear_regression.views import measure, weights
from lessons.optimizers.model import adam
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = re.sub(r"\s+", " ", LESSON.theory())


def settings(**values):
    return LESSON.parameters.of(values)


def points(p, seed=0):
    return data(p, np.random.default_rng(seed))


def run(name, **more):
    events = []
    p = settings(**{**LESSON.experiment(name).settings, **more})
    return Session(LESSON, p, seed=0, emit=events.append, views=False).run()


@pytest.mark.parametrize("curve", CURVES)
def test_points_lie_on_the_curve_but_for_the_noise(curve):
    exact = points(settings(curve=curve, noise=0))
    assert exact.x.shape == exact.y.shape == (100, 1)
    assert exact.x.dtype == exact.y.dtype == np.float32
    assert exact.x.min() >= -2 and exact.x.max() < 2 and exact.x.min() < -1.5 < 1.5 < exact.x.max()
    wanted = {
        "cubic": lambda x: -0.4 * x**3 + 1.6 * x**2 - 2.8 * x + 1,
        "cubic-b": lambda x: 2.1 * x**3 - 1.2 * x**2 - 4.8 * x + 2,
        "quadratic": lambda x: 30 * x**2 + 0.5 * x + 0.2,
    }[curve]
    np.testing.assert_allclose(exact.y, wanted(exact.x.astype(float)), atol=1e-4)
    noisy = points(settings(curve=curve, noise=2, points=2000))
    assert (noisy.y - wanted(noisy.x.astype(float))).std() == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("degree", [0, 1, 3, 9])
def test_the_model_is_the_polynomial_of_its_weights(degree):
    p = settings(degree=degree)
    net = model(p, points(p))
    assert net.count_params() == degree + 1 and np.abs(weights(net)).max() < 0.05
    w = np.linspace(-1, 1.5, degree + 1)
    net.set_weights([w[:, None].astype("float32")])
    x = np.linspace(-2, 2, 9, dtype="float32")[:, None]
    np.testing.assert_allclose(net(x), np.polyval(w[::-1], x), atol=1e-3)


def test_the_model_can_be_saved_and_loaded(tmp_path):
    import keras

    net = model(settings(), points(settings()))
    net.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded(np.ones((1, 1))), net(np.ones((1, 1))))


def test_the_numbers_worked_by_hand():
    """One step of Adam and of plain descent at x = 2 on the third curve match the page."""
    x, d = np.array([[2.0]], "float32"), np.array([[30 * 4 + 0.5 * 2 + 0.2]], "float32")
    assert f"**{d.item():.1f}**" in PAGE
    gradient = []
    for kind, rate in (("adam", 0.001), ("sgd", 1.0)):
        net = model(settings(curve="quadratic", degree=2, optimizer=kind, learning_rate=rate), None)
        net.set_weights([np.zeros((3, 1), "float32")])
        net.fit(x, d, verbose=0)
        gradient.append(-weights(net))
    assert gradient[0] == pytest.approx([-0.001] * 3, rel=1e-3)
    assert gradient[1] == pytest.approx([-242.4, -484.8, -969.6], rel=1e-4)
    assert all(f"**{g:.1f}**" in PAGE for g in gradient[1])
    assert 10_000 * 0.001 == 10 and "reach **10** at most" in PAGE


@pytest.mark.slow
def test_the_largest_stable_rate():
    """For 100 x from U(−2, 2) and powers 0 to 3, rates are stable up to 2 / largest curvature."""
    x = np.random.default_rng(0).uniform(-2, 2, (2000, 100))
    powers = x[..., None] ** np.arange(4)
    curvature = np.linalg.eigvalsh(2 * powers.transpose(0, 2, 1) @ powers / 100).max(axis=1)
    low, middle, high = np.quantile(2 / curvature, (0.025, 0.5, 0.975))
    assert f"above about {middle:.1f} diverge ({low:.2f} to {high:.2f}, depending" in PAGE
    assert run("sgd", epochs=2000).metrics["fit_error"] < 0.05
    assert run("sgd", learning_rate=0.12, epochs=2000).status == "diverged"


@pytest.mark.slow
@pytest.mark.answer("rate")
def test_where_the_rates_end():
    slow, fast = run("too-slow"), run("faster")
    assert round(slow.metrics["w2"], 1) == 9.5 and "at about 9.5" in PAGE
    assert fast.metrics["w2"] == pytest.approx(30, abs=0.05)
    early = run("faster", epochs=1000)
    assert round(early.metrics["w2"]) == 28
    between = [run("too-slow", learning_rate=rate).metrics["w2"] for rate in (0.003, 0.01)]
    assert between == pytest.approx([22.9, 30], abs=0.1)


@pytest.mark.slow
def test_too_few_and_too_many_weights():
    line, many = run("line"), run("overfit")
    assert line.metrics["loss"] > 10 * 0.5**2  # settled far above the noise
    assert many.metrics["loss"] < 0.5**2 / 2 and many.metrics["fit_error"] > 0.5


def test_what_is_measured_is_the_gap_between_the_curves():
    p = settings()
    net = model(p, None)
    w = np.add(CURVES["cubic"], [0.5, 0, 0, 0])
    net.set_weights([w[:, None].astype("float32")])
    got = measure(net, None, p)
    assert got["fit_error"] == pytest.approx(0.5, abs=1e-5)
    assert got["w3"] == pytest.approx(-0.4)


def trained(degree, **values):
    p = settings(degree=degree, batch_size=50, **values)
    sets = points(p)
    net = model(p, sets)
    views = {view.name: view for view in LESSON.views}
    views["path"].draw(net, sets, p)
    net.fit(sets.x, sets.y, batch_size=50, epochs=3, verbose=0)
    return p, sets, net, {name: view.draw(net, sets, p) for name, view in views.items()}


@pytest.mark.parametrize("degree", [0, 1, 3, 5])
def test_paths_and_parts_of_the_weights(degree):
    _, _, net, drawn = trained(degree)
    json.dumps(drawn, allow_nan=False)
    w = weights(net)
    path = [panel["lines"] for panel in drawn["path"]["panels"]]
    assert len(path) == degree + 1 and path[0][0]["x"] == [0, 6]
    assert [one["y"][-1] for one, _ in path] == pytest.approx(w.tolist())
    true = [*CURVES["cubic"], 0.0, 0.0][: degree + 1]
    assert [target["y"] for _, target in path] == [[t, t] for t in true]
    total, *parts = (panel["lines"] for panel in drawn["shapes"]["panels"])
    x = np.linspace(-2, 2, 41)
    for k, lines in enumerate(parts):
        np.testing.assert_allclose(lines[1]["y"], w[k] * x**k)
    np.testing.assert_allclose(total[1]["y"], np.sum([p[1]["y"] for p in parts], axis=0))
    np.testing.assert_allclose(total[2]["y"], np.polyval(CURVES["cubic"][::-1], x), atol=1e-9)


@pytest.mark.parametrize(
    "degree, shown", [(0, [0, 3, 9]), (3, [1, 3, 9]), (5, [1, 5, 9]), (9, [1, 3, 9])]
)
def test_three_degrees_on_the_same_points(degree, shown):
    _, sets, net, drawn = trained(degree, points=12, noise=0.5)
    panels = drawn["degrees"]["panels"]
    assert [int(panel["title"].split(":")[0]) for panel in panels] == shown
    assert all(panel["groups"] == panels[0]["groups"] for panel in panels)
    x = np.linspace(-2, 2, 81)
    for k, panel in zip(shown, panels, strict=True):
        fit = panel["lines"][0]["y"]
        own = weights(net) if k == degree else np.polyfit(sets.x[:, 0], sets.y[:, 0], k)[::-1]
        np.testing.assert_allclose(fit, np.polyval(own[::-1], x), rtol=1e-2, atol=1e-2)
        gap = np.sqrt(np.mean((np.array(fit) - np.polyval(CURVES["cubic"][::-1], x)) ** 2))
        assert panel["title"].endswith(f"gap {gap:.2g}")


def test_how_far_the_higher_rate_is_after_a_fifth_of_the_steps():
    """Adam in NumPy, as in the lesson `optimizers`, is as far as the page says."""
    p = settings(**LESSON.experiment("faster").settings)
    sets = points(p)
    x, d = sets.x[:, 0].astype(float), sets.y[:, 0]
    powers = np.stack([x**k for k in range(3)], axis=1)
    w = m = v = np.zeros(3)
    for t in range(1, 2001):
        g = 2 * powers.T @ (powers @ w - d) / len(x)
        w, m, v = adam(w, g, m, v, t, p.learning_rate, 0.9, 0.999, 1e-7)
    assert w[2] == pytest.approx(29.98, abs=0.03)
    assert "it is at 29.98 after 2,000 steps" in PAGE


def outcome(**metrics):
    return Outcome((metrics,) * 3)


def test_claims_can_fail():
    claims = {c.row: c for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {"000/cubic", "000/cubic-b", "001/quadratic-lr"}
    low, middle, high = (outcome(fit_error=v, loss=v) for v in (0.0, 0.1, 0.4))
    for row in ("000/cubic", "000/cubic-b"):
        assert claims[row].check({"0": low, "0.5": middle, "this": high})
        assert not claims[row].check({"0": low, "0.5": high, "this": middle})
        odd = outcome(fit_error=0.05, loss=0.4)
        assert not claims[row].check({"0": low, "0.5": middle, "this": odd})
    check = claims["001/quadratic-lr"].check
    far, near = outcome(fit_error=20.0), outcome(fit_error=0.1)
    assert check({"0.001": far, "this": near})
    assert not check({"0.001": near, "this": near}) and not check({"0.001": far, "this": far})


NAME = "nonlinear-regression"


def medians(metrics, experiment="", **values):
    runs = [finished(NAME, experiment, seed=seed, **values) for seed in (0, 1, 2)]
    return [float(np.median([each[metric] for each in runs])) for metric in metrics]


@pytest.mark.slow
@pytest.mark.answer("noise")
def test_the_answer_about_noise():
    assert medians(("loss", "fit_error"), "noise") == pytest.approx([3.66, 0.37], abs=0.01)
    assert medians(("fit_error",), noise=0.5) == pytest.approx([0.09], abs=0.005)
    assert medians(("fit_error",), "cubic-b") == pytest.approx([0.37], abs=0.005)


@pytest.mark.slow
@pytest.mark.answer("points")
def test_the_answer_about_twenty_points():
    runs = [finished(NAME, seed=seed, noise=2, points=20) for seed in (0, 1, 2)]
    assert [r["fit_error"] for r in runs] == pytest.approx([1.03, 1.26, 0.39], abs=0.02)
    assert runs[0]["loss"] == pytest.approx(1.20, abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("line")
def test_the_answer_about_a_line():
    losses = [finished(NAME, "line", **more)["loss"] for more in ({}, {"learning_rate": 0.1})]
    assert losses == pytest.approx([4.43, 4.43], abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("many")
def test_the_answer_about_ten_weights():
    runs = [finished(NAME, "overfit", seed=seed) for seed in (0, 1, 2)]
    assert all(0.004 < r["loss"] < 0.035 for r in runs)
    assert [r["fit_error"] for r in runs] == pytest.approx([1.6, 0.4, 15.3], rel=0.15)


@pytest.mark.slow
@pytest.mark.answer("sgd")
def test_the_answer_about_plain_gradient_descent():
    def steps(**more):
        losses = history(NAME, "loss", optimizer="sgd", **more)
        return next((i + 1 for i, loss in enumerate(losses) if loss < 0.01), None)

    first = steps(learning_rate=0.05, epochs=500)
    assert first == pytest.approx(140, abs=10)
    doubled = [steps(learning_rate=0.1, epochs=1000, seed=seed) for seed in range(4)]
    assert doubled[0] is None and doubled[2] is None and max(doubled[1], doubled[3]) < first
    adam_losses = history(NAME, "loss")
    assert 6500 < next(i for i, loss in enumerate(adam_losses) if loss < 0.01) < 7500
