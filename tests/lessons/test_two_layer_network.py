"""The network from scratch: its gradient against autodiff, its run, its claim, its page."""

import json
import math
import re

import numpy as np
import pytest
from measuring import history as losses_of
from measuring import trained

from lessons.two_layer_network import LESSON, views
from lessons.two_layer_network import model as net
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = re.sub(r"\s+", " ", LESSON.theory())
CLAIM = LESSON.experiment("source").claims[0]


def settings(**values):
    return LESSON.parameters.of(values)


def run(seed=0, views=False, **values):
    events = []
    session = Session(LESSON, settings(**values), seed=seed, emit=events.append, views=views)
    return session.run(), events


def history(events):
    return tuple(e.metrics["loss"] for e in events if e.kind == "epoch")


def points(count=30, seed=0, **values):
    d = net.data(settings(points=count, **values), np.random.default_rng(seed))
    return net.columns(d)


def theta(units=4, scale=1.0, seed=1):
    rng = np.random.default_rng(seed)
    return [scale * rng.standard_normal(s) for s in ((1, units), units, (units, 1), 1)]


def test_points_lie_between_the_sine_and_the_noise_above_it():
    d = net.data(settings(points=1000, noise=1), np.random.default_rng(0))
    assert d.x.shape == d.y.shape == (1000, 1) and d.x.dtype == d.y.dtype == np.float32
    assert d.x.min() >= 0 and d.x.max() < 1
    above = d.y - np.sin(2 * np.pi * d.x)
    assert above.min() > -1e-6 and above.max() < 1 + 1e-6
    assert above.var() == pytest.approx(1 / 12, rel=0.1)
    x, t = points(noise=0)
    np.testing.assert_allclose(t, np.sin(2 * np.pi * x), atol=1e-6)


def test_initial_parameters_and_their_number():
    W1, b1, W2, b2 = net.initial(10, 0.01, np.random.default_rng(0))
    assert W1.shape == (1, 10) and W2.shape == (10, 1) and not b1.any() and not b2.any()
    assert 0.003 < np.concatenate([W1.ravel(), W2.ravel()]).std() < 0.02
    count = sum(w.size for w in (W1, b1, W2, b2))
    assert count == 3 * 10 + 1 and f"{count} parameters for ten units" in PAGE


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_back_propagation_against_automatic_differentiation(activation):
    import tensorflow as tf

    x, t = points()
    values = [tf.Variable(w) for w in theta()]
    with tf.GradientTape() as tape:
        h = getattr(tf.nn, activation)(x @ values[0] + values[1])
        loss = tf.reduce_mean((h @ values[2] + values[3] - t) ** 2)
    by_hand = net.back_propagation(theta(), x, t, activation)
    for one, other in zip(by_hand, tape.gradient(loss, values), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_descent_is_gradient_after_gradient_and_leaves_its_start_alone():
    x, t = points()
    first, kept = theta(), theta()
    wanted = first
    for _ in range(3):
        wanted = [
            w - 0.1 * g
            for w, g in zip(wanted, net.back_propagation(wanted, x, t, "tanh"), strict=True)
        ]
    for got, want in zip(net.descend(first, x, t, "tanh", 0.1, 3), wanted, strict=True):
        np.testing.assert_allclose(got, want)
    assert all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True))


def test_the_step_of_the_page():
    x, t = np.array([[1.0]]), np.array([[1.5]])
    start = [np.zeros((1, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)]
    assert net.mean_squared_error(net.forward(start, x, "sigmoid")[1], t) == 1
    gradient = net.back_propagation(start, x, t, "sigmoid")
    assert [float(g.squeeze()) for g in gradient] == [-0.5, -0.5, -1, -2]
    after = net.descend(start, x, t, "sigmoid", 0.2, 1)
    assert [float(w.squeeze()) for w in after] == pytest.approx([0.1, 0.1, 1.2, 0.4])
    h, y = net.forward(after, x, "sigmoid")
    numbers = [h.item(), y.item(), net.mean_squared_error(y, t)]
    assert all(f"**{number:.4f}**" in PAGE for number in numbers)
    for row in (
        "(0.5 − 1.5) = −2",
        "(−2) = −1",
        "0.5 · 0.5 = −0.5",
        "(−0.5) = −0.5",
        "| b₁ | −0.5",
    ):
        assert row in PAGE


def test_the_numbers_about_the_plateau():
    """The best line's loss under sin(2πx) + U(0, 1) is the same by formula and on many points."""
    loss = 1 / 2 + 1 / 12 - 3 / math.pi**2
    assert f"= {loss:.3f}" in PAGE and f"{1 / 12:.3f}" in PAGE
    rng = np.random.default_rng(0)
    x = rng.random((400_000, 1))
    t = np.sin(2 * np.pi * x) + rng.random(x.shape)
    line = np.polyval(np.polyfit(x[:, 0], t[:, 0], 1), x[:, 0])
    assert np.mean((line - t[:, 0]) ** 2) == pytest.approx(loss, abs=0.002)


@pytest.mark.parametrize("units", [10, 50])
def test_the_largest_stable_rate_at_the_start(units):
    """The largest stable rate is 2 over the loss's largest curvature in W2 and b2, with h = 1/2."""
    curvature = 2 * np.linalg.eigvalsh(np.outer(v := [*[0.5] * units, 1.0], v)).max()
    assert f"**{2 / curvature:.3f}**" in PAGE
    assert 2 / curvature == pytest.approx(1 / (units / 4 + 1))


@pytest.fixture(scope="module")
def source():
    return run(views=True)


def test_the_sources_run(source):
    """The plateau is at the best line's loss, the end at the noise that no curve explains."""
    finished, events = source
    losses = history(events)
    assert finished.status == "completed" and len(losses) == 20 and finished.steps == 100
    assert losses[0] == pytest.approx(finished.metrics["line_loss"], rel=0.05)
    assert losses[-1] == pytest.approx(finished.metrics["true_loss"], rel=0.1)
    assert CLAIM.check({"this": Outcome((finished.metrics,), ({"loss": losses},))})


@pytest.mark.slow
def test_same_seed_same_run_other_seed_another(source):
    again, other = run(seed=0, epochs=2), run(seed=1, epochs=2)
    assert history(again[1]) == history(source[1])[:2] != history(other[1])


def test_equal_units_stay_equal_and_no_better_than_the_line():
    finished, events = run(weight_scale=0.0, views=True)
    shots = {e.view: e.payload for e in events if e.kind == "snapshot"}
    units = [panel["lines"][1:] for panel in shots["traces"]["panels"]]
    assert len(units) == 10 and all(unit == units[0] for unit in units)
    assert finished.metrics["loss"] > 0.9 * finished.metrics["line_loss"]


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_an_explosion_ends_the_run_and_says_nothing_else():
    assert run(learning_rate=5.0)[0].status == "diverged"


def test_pictures(source):
    _, events = source
    shots = {e.view: e.payload for e in events if e.kind == "snapshot"}
    assert set(shots) == {view.name for view in LESSON.views}
    json.dumps(shots, allow_nan=False)
    assert len(shots["parts"]["panels"]) == 11 and len(shots["traces"]["panels"]) == 10
    for panel in shots["traces"]["panels"]:
        for trace in panel["lines"][1:]:
            assert trace["x"][0] == 0 and trace["x"][-1] == 10_000
            assert len(trace["x"]) == len(trace["y"]) <= 21
    assert "iteration 10000" in shots["curve"]["title"]


def pictured(units=4, **values):
    p = settings(points=20, units=units, **values)
    d = net.data(p, np.random.default_rng(0))
    trained = net.Network(theta(units), [theta(units)])
    return p, d, trained, {view.name: view.draw(trained, d, p) for view in LESSON.views}


def test_the_parts_and_b2_add_up_to_the_sum():
    _, _, trained, drawn = pictured()
    *parts, total = drawn["parts"]["panels"]
    added = np.sum([panel["lines"][0]["y"] for panel in parts], axis=0) + trained.theta[3]
    np.testing.assert_allclose(added, total["lines"][0]["y"])
    np.testing.assert_allclose(total["lines"][1]["y"][:2], [0.5, np.sin(2 * np.pi / 30) + 0.5])
    for number, panel in enumerate(parts, start=1):
        y = panel["lines"][0]["y"]
        assert panel["title"] == f"{number}: {round(y[-1] - y[0], 1) + 0.0:+}"
        assert panel["y_range"][0] < min(y) <= max(y) < panel["y_range"][1]


def test_of_many_units_those_that_change_most_are_drawn():
    _, _, trained, drawn = pictured(units=30)
    h, _ = net.forward(trained.theta, views.GRID, "sigmoid")
    change = np.ptp(h * trained.theta[2][:, 0], axis=0)
    shown = [int(panel["title"].split(":")[0]) for panel in drawn["parts"]["panels"][:-1]]
    assert set(shown) == {*(np.argsort(change)[-10:] + 1).tolist()} and shown == sorted(shown)
    assert "10 of 30 units" in drawn["parts"]["title"]


def test_residuals_reach_from_the_curve_to_the_points():
    _, d, trained, drawn = pictured()
    x, y, t = np.array(drawn["curve"]["sticks"]).T
    assert len(x) == 20 and (np.diff(x) >= 0).all()
    order = np.argsort(d.x[:, 0])
    np.testing.assert_allclose([x, t], [d.x[order, 0], d.y[order, 0]])
    np.testing.assert_allclose(y, net.forward(trained.theta, x[:, None], "sigmoid")[1][:, 0])
    assert drawn["curve"]["title"].endswith(f"loss {np.mean((y - t) ** 2):.4g}")


def test_traces_show_each_units_own_parameters():
    p, d, trained, _ = pictured()
    moved = [w + 1.0 for w in trained.theta]
    trained.trace.append(moved)
    trained.theta = moved
    for i, panel in enumerate(views.traces(trained, d, p)["panels"]):
        for which, line in enumerate(panel["lines"][1:]):
            first = theta()[which].ravel()[i]
            assert line["x"] == [0, 100] and line["y"] == pytest.approx([first, first + 1])


def test_long_traces_are_thinned():
    long = net.Network(theta(), [theta()] * 1001)
    d = net.data(settings(), np.random.default_rng(0))
    line = views.traces(long, d, settings(units=4))["panels"][0]["lines"][1]
    assert len(line["x"]) == len(line["y"]) <= 21
    assert (line["x"][0], line["x"][-1]) == (0, 100_000)


def test_the_claim_can_fail():
    assert LESSON.rows == ("002/curve-animation", "002/parameter-traces", "002/two-layer")
    plateau, end = [0.3] * 10, [0.08] * 5

    def holds(losses):
        return CLAIM.check({"this": Outcome(({"loss": losses[-1]},), ({"loss": tuple(losses)},))})

    assert holds([*plateau, 0.29, 0.2, 0.1, 0.09, 0.085, *end])
    assert not holds([0.3, 0.25, 0.2, 0.15, 0.1, *[0.08] * 15])  # no plateau
    assert not holds([*plateau, *np.linspace(0.3, 0.08, 10)])  # no fast fall
    assert not holds([*plateau, *[0.15] * 10])  # not to the noise floor


def half_done(**values):
    """Return the iterations after which half of the fall is done, for seeds 0, 1 and 2."""
    runs = [losses_of("two-layer-network", "loss", seed=seed, **values) for seed in (0, 1, 2)]
    return [500 * (1 + next(i for i, v in enumerate(r) if v < (r[0] + r[-1]) / 2)) for r in runs]


@pytest.mark.slow
@pytest.mark.answer("rate")
@pytest.mark.answer("larger")
def test_the_answers_about_when_the_loss_falls():
    assert half_done() == pytest.approx([6000, 6000, 5000], abs=500)
    assert half_done(learning_rate=0.28) == pytest.approx([4500, 4500, 4000], abs=500)
    assert all(2000 <= each <= 3500 for each in half_done(weight_scale=1.0))
    spiked = losses_of("two-layer-network", "loss", "larger-weights")[10:]
    assert max(spiked) > 0.2 and spiked[-1] == pytest.approx(0.088, abs=0.005)


@pytest.mark.slow
@pytest.mark.answer("equal")
@pytest.mark.answer("noise")
def test_the_answers_about_equal_units_and_no_noise():
    equal = trained("two-layer-network", "no-difference")
    assert equal["loss"] == pytest.approx(0.316, abs=0.003)
    assert equal["line_loss"] == pytest.approx(0.324, abs=0.001)
    ends = [trained("two-layer-network", seed=s, noise=0.0)["loss"] for s in (0, 1, 2)]
    assert ends == pytest.approx([0.005] * 3, abs=0.001)
    long = trained("two-layer-network", noise=0.0, epochs=100)
    assert long["loss"] == pytest.approx(0.002, abs=0.001)


@pytest.mark.slow
@pytest.mark.answer("activation")
def test_the_answer_about_activations():
    for seed in (0, 1, 2):
        assert losses_of("two-layer-network", "loss", "tanh", seed=seed)[2] < 0.12
        assert losses_of("two-layer-network", "loss", "relu", seed=seed)[2] > 0.18
        assert trained("two-layer-network", "relu", seed=seed)["loss"] > 0.18


@pytest.mark.slow
@pytest.mark.answer("width")
def test_the_answer_about_width():
    ends = [trained("two-layer-network", name)["loss"] for name in ("one-unit", "many-units")]
    assert ends == pytest.approx([0.206, 0.515], abs=0.02)
    slow = trained("two-layer-network", units=50, learning_rate=0.05, epochs=80)
    assert slow["loss"] == pytest.approx(0.090, abs=0.005)
