"""The gradient by hand against automatic differentiation, finite differences and the page."""

import json
from dataclasses import replace

import numpy as np
import pytest
from measuring import history, trained

from lessons.rnn_bptt import LESSON
from lessons.rnn_bptt import model as maths
from lessons.rnn_bptt.model import data, learn, train, untrained
from tui_dl.engine.session import Session
from tui_dl.lesson import Dataset


def settings(**values):
    return LESSON.parameters.of(values)


def problem(p, sums=5, seed=3):
    """Return parameters with biases that are not zero, and a few sums as rows."""
    rng = np.random.default_rng(seed)
    theta = maths.initial(p, rng)
    theta = replace(theta, b=rng.normal(size=theta.b.shape), b_out=rng.normal(size=(1, 1)))
    sets = data(p, rng)
    return theta, maths.by_step(sets.x[:sums]), maths.by_step(sets.y[:sums])


class FakeLoop:
    """A loop that keeps the reports; `rate` is the live learning rate."""

    def __init__(self, rate, steps=10**9):
        self.rate, self.most, self.seed = rate, steps, 0
        self.progressed, self.epochs, self.net = [], [], None

    def steps(self, total, per_epoch=1):
        yield from range(min(total, self.most))

    def live(self, name):
        assert name == "learning_rate"
        return self.rate

    def progress(self, **metrics):
        self.progressed.append(metrics)

    def epoch(self, **metrics):
        self.epochs.append(metrics)

    def model(self, model):
        self.net = model

    def finish(self, note):
        raise AssertionError("this lesson has no goal that ends it")


def test_data_are_sums_of_bits_lowest_first():
    sets = data(settings(bits=10), np.random.default_rng(0))
    assert sets.x.shape == (2000, 10, 2) and sets.y.shape == (2000, 10, 1)
    assert sets.held_out.x.shape == (500, 10, 2) and set(np.unique(sets.x)) == {0, 1}
    value = 2 ** np.arange(10)
    assert np.array_equal(sets.x[..., 0] @ value + sets.x[..., 1] @ value, sets.y[..., 0] @ value)


def test_largest_sums_fit_their_bits():
    sets = data(settings(bits=32), np.random.default_rng(0))
    value = 2 ** np.arange(32, dtype="int64")
    a, b = sets.x[..., 0].astype("int64") @ value, sets.x[..., 1].astype("int64") @ value
    assert np.array_equal(a + b, sets.y[..., 0].astype("int64") @ value)


@pytest.mark.parametrize("scale", [0.5, 3.0])
def test_recurrent_scale_is_every_singular_value(scale):
    theta = maths.initial(settings(recurrent_scale=scale), np.random.default_rng(0))
    assert np.allclose(np.linalg.svd(theta.W, compute_uv=False), scale)


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_by_hand_equals_automatic_differentiation(activation, error):
    p = settings(activation=activation, error=error, bits=6, units=7)
    theta, x, y = problem(p)
    loss, automatic = maths.automatic(p)(theta, x, y)
    by_hand = maths.bptt(theta, x, y, p)
    assert maths.norm(automatic) > 1e-3
    assert maths.difference(by_hand, automatic) < 1e-13
    assert pytest.approx(maths.mean_loss(maths.forward(theta, x, activation)[1], y, p)) == loss


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
def test_by_hand_equals_finite_differences(error):
    p = settings(error=error, bits=5, units=4)
    theta, x, y = problem(p)
    by_hand = maths.bptt(theta, x, y, p)

    def loss(name, index, by):
        moved = getattr(theta, name).copy()
        moved[index] += by
        y_hat = maths.forward(replace(theta, **{name: moved}), x, p.activation)[1]
        return maths.mean_loss(y_hat, y, p)

    for name in maths.NAMES:
        for index in np.ndindex(getattr(theta, name).shape):
            slope = (loss(name, index, 1e-6) - loss(name, index, -1e-6)) / 2e-6
            assert getattr(by_hand, name)[index] == pytest.approx(slope, abs=1e-8)


def test_the_planted_mistake_is_found():
    p = settings(transpose=False, bits=6)
    theta, x, y = problem(p)
    _, automatic = maths.automatic(p)(theta, x, y)
    assert maths.difference(maths.bptt(theta, x, y, p), automatic) > 1e-3


def test_every_parameter_goes_down_its_own_slope():
    theta, x, y = problem(settings())
    slope = maths.bptt(theta, x, y, settings())
    after = maths.update(theta, slope, 0.5)
    for name in maths.NAMES:
        expected = getattr(theta, name) - 0.5 * getattr(slope, name)
        assert np.array_equal(getattr(after, name), expected)


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
@pytest.mark.parametrize("lag", [0, 1, 4])
def test_gradient_by_lag_is_the_slope_of_the_last_error(lag, error):
    p = settings(bits=6, units=4, error=error)
    theta, x, y = problem(p, sums=1)
    one = Dataset("one", x.transpose(1, 0, 2), y.transpose(1, 0, 2))
    h = maths.forward(theta, x, p.activation)[0]

    def loss(state):
        for t in range(6 - lag, 6):
            state = np.tanh(x[t] @ theta.W_in + state @ theta.W + theta.b)
        y_hat = maths.sigmoid(state @ theta.W_out + theta.b_out)
        return maths.mean_loss(y_hat[None], y[-1:], p)

    nudges = 1e-6 * np.eye(4)[:, None, :]
    slopes = [(loss(h[5 - lag] + nudge) - loss(h[5 - lag] - nudge)) / 2e-6 for nudge in nudges]
    assert maths.gradient_by_lag(theta, one, p)[lag] == pytest.approx(np.linalg.norm(slopes), 1e-5)


@pytest.mark.parametrize(("scale", "low", "high"), [(0.5, 0, 1e-3), (3.0, 10, np.inf)])
def test_gradient_vanishes_or_explodes_before_training(scale, low, high):
    p = settings(bits=16, recurrent_scale=scale)
    rng = np.random.default_rng(0)
    sets = data(p, rng)
    lengths = maths.gradient_by_lag(maths.initial(p, rng), sets, p)
    assert low < lengths[-1] / lengths[0] < high and len(lengths) == 16


def test_sigmoid_does_not_overflow():
    with np.errstate(all="raise"):
        assert maths.sigmoid(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]


def test_a_live_learning_rate_of_zero_moves_nothing():
    p = settings(epochs=1)
    still, moved = FakeLoop(0.0), FakeLoop(0.2)
    for loop in (still, moved):
        train(p, data(p, np.random.default_rng(0)), loop)
    start = maths.initial(p, np.random.default_rng(0))
    assert all(map(np.array_equal, still.net.theta.arrays(), start.arrays()))
    assert not np.array_equal(moved.net.theta.W, start.W)
    assert len(moved.progressed) == p.steps_per_epoch == 62 and len(moved.epochs) == 1


def test_every_step_reports_its_difference_and_the_epoch_the_largest():
    p = settings(epochs=1, batch_size=500, transpose=False)
    loop = FakeLoop(0.2)
    train(p, data(p, np.random.default_rng(0)), loop)
    differences = [m["difference"] for m in loop.progressed]
    assert len(differences) == 4 and min(differences) > 1e-6
    assert loop.epochs[0]["difference"] == max(differences)


def test_clipping_shortens_the_step_and_keeps_its_direction():
    steps = []
    for clip in (0.0, 0.01):
        p = settings(clip_norm=clip)
        sets = data(p, np.random.default_rng(0))
        gradient = maths.automatic(p)
        net = untrained(p, sets, np.random.default_rng(0), gradient)
        before = net.theta.W
        learn(net, maths.by_step(sets.x[:32]), maths.by_step(sets.y[:32]), gradient, p, 1.0)
        assert clip == 0 or maths.norm(net.by_hand) > clip
        steps.append((before - net.theta.W, maths.norm(net.by_hand)))
    (free, length), (clipped, _) = steps
    assert np.allclose(clipped, free * 0.01 / length)


def test_a_session_learns_to_add_and_draws_every_view():
    events = []
    p = settings(epochs=10, learning_rate=0.5)
    finished = Session(LESSON, p, seed=0, emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["val_accuracy"] > 0.99
    progress = [e for e in events if e.kind == "progress"]
    assert progress and all(0 <= e.metrics["difference"] < 1e-13 for e in progress)
    assert {e.view for e in events if e.kind == "snapshot"} == {"chain", "lags", "gradients"}
    assert "lag_ratio" in finished.metrics and "lag_ratio_at_start" in finished.metrics


def pictured(**values):
    """Return the payloads by view's name of a network before its first step, with data and form."""
    p = settings(**values)
    sets = data(p, np.random.default_rng(0))
    net = untrained(p, sets, np.random.default_rng(0), maths.automatic(p))
    pictures = {view.name: view.draw(net, sets, p) for view in LESSON.views}
    json.dumps(pictures, allow_nan=False)
    return pictures, net, sets, p


@pytest.mark.parametrize("error", ["squared", "cross_entropy"])
def test_the_bars_are_the_error_signals_of_each_step(error):
    pictures, net, sets, p = pictured(bits=5, units=3, error=error)
    bars = {r["name"]: r["values"] for r in pictures["chain"]["rows"] if r.get("bars")}
    x, y = maths.by_step(sets.held_out.x[:1]), maths.by_step(sets.held_out.y[:1])
    h, y_hat = maths.forward(net.theta, x, p.activation)
    slope = y_hat * (1 - y_hat) if error == "squared" else 1.0
    delta_out, later, expected, alone, last = slope * (y_hat - y), 0, [], [], 0
    for t in reversed(range(5)):
        back = delta_out[t] @ net.theta.W_out.T
        later = (1 - h[t] ** 2) * (back + later @ net.theta.W.T if t < 4 else back)
        last = (1 - h[t] ** 2) * (last @ net.theta.W.T if t < 4 else back)
        expected.insert(0, np.linalg.norm(later))
        alone.insert(0, np.linalg.norm(last))
    assert bars["by hand"] == pytest.approx(expected) == bars["automatic"]
    assert bars["of ŷ⁵"] == pytest.approx(alone)
    assert f"{alone[0] / alone[-1]:.2g} of the last" in pictures["chain"]["title"]
    right = [
        "✓" if a == b else "✗" for a, b in zip(y_hat[:, 0, 0] > 0.5, y[:, 0, 0] > 0.5, strict=True)
    ]
    assert pictures["chain"]["rows"][2]["marks"] == right


def test_a_planted_mistake_shows_in_the_bars_and_off_the_line():
    for transpose in (True, False):
        pictures, _, _, _ = pictured(bits=6, units=4, transpose=transpose)
        bars = [r["values"] for r in pictures["chain"]["rows"] if r.get("bars")][:2]
        groups = {group["name"]: group for group in pictures["gradients"]["groups"]}
        assert list(groups) == list(maths.NAMES)
        assert np.allclose(*bars) == transpose
        assert np.allclose(groups["W"]["x"], groups["W"]["y"]) == transpose
        assert max(map(abs, groups["W"]["y"])) == pytest.approx(1)
        assert np.allclose(groups["b_out"]["x"], groups["b_out"]["y"])


def test_long_sums_show_their_last_steps():
    pictures, _, _, _ = pictured(bits=32, units=64)
    assert pictures["chain"]["columns"] == [str(t) for t in range(23, 33)]
    assert all(len(group["x"]) <= 61 for group in pictures["gradients"]["groups"])
    assert [len(s["x"]) for s in pictures["lags"]["series"]] == [32, 32]


def test_a_gradient_of_zero_leaves_no_point_on_the_logarithmic_line():
    p = settings(bits=4, units=2, activation="relu")
    sets = data(p, np.random.default_rng(0))
    net = untrained(p, sets, np.random.default_rng(0), maths.automatic(p))
    net.theta = replace(net.theta, W=np.zeros((2, 2)))
    lines = LESSON.views[1].draw(net, sets, p)
    assert lines["series"][0]["x"] == [0]
    assert LESSON.measure(net, sets, p)["lag_ratio"] == 0


def test_the_worked_gradient_of_the_page():
    p = settings(activation="relu", error="cross_entropy", bits=2, units=1)
    one = np.ones((1, 1))
    theta = maths.Parameters(np.array([[0.5], [0.0]]), 0.8 * one, 0 * one, one, 0 * one)
    x, y = np.array([[[1.0, 0]], [[1, 0]]]), np.array([[[0.0]], [[1]]])
    h, y_hat = maths.forward(theta, x, "relu")
    slope = maths.bptt(theta, x, y, p)
    first = slope.b[0, 0] - (y_hat - y)[1, 0, 0]  # δ of the first step: b collects both
    page = LESSON.theory()
    assert h[:2].ravel().tolist() == pytest.approx([0.5, 0.9])
    for number in (*y_hat.ravel(), *(y_hat - y).ravel(), first, slope.W[0, 0], slope.W_in[0, 0]):
        assert f"{number:.4f}".replace("-", "−") in page
    assert f"{0.5**15:.6f}" in page


def test_rows_and_code():
    assert set(LESSON.rows) == {"001/rnn", "001/bptt", "001/rnn-vanish"}
    assert (
        "delta[t] = f_prime(h[t])" in LESSON.code and "delta[t] = f_prime(h[t])" in LESSON.theory()
    )


@pytest.mark.slow
@pytest.mark.answer("transpose")
def test_the_answer_about_a_wrong_gradient():
    accuracy = {}
    for seed in (0, 2):
        losses = history("rnn-bptt", "loss", "no-transpose", seed=seed)
        assert min(losses) < losses[0] / 3
        gaps = history("rnn-bptt", "difference", "no-transpose", seed=seed)
        assert 0.03 < gaps[0] < 0.3
        accuracy[seed] = trained("rnn-bptt", "no-transpose", seed=seed)["val_accuracy"]
    assert accuracy[0] < 0.97 and accuracy[2] > 0.99


def epochs_needed(experiment="", seed=0, **values):
    """Return the epochs after which more than 0.99 of the unseen bits are right."""
    accuracies = history("rnn-bptt", "val_accuracy", experiment, seed=seed, **values)
    return next(n for n, accuracy in enumerate(accuracies, 1) if accuracy > 0.99)


@pytest.mark.slow
@pytest.mark.answer("loss")
@pytest.mark.answer("vanishing")
@pytest.mark.answer("long")
def test_the_answers_about_the_epochs_that_are_needed():
    for seed in (0, 1):
        assert epochs_needed("cross-entropy", seed) <= 3 < 5 <= epochs_needed(seed=seed) <= 7
        assert epochs_needed("vanishing", seed) <= 5
        assert epochs_needed(seed=seed, bits=32) <= 3


@pytest.mark.slow
@pytest.mark.answer("exploding")
@pytest.mark.answer("vanishing")
@pytest.mark.answer("sigmoid")
def test_the_answers_about_lags():
    for name in ("exploding", "clipped"):
        final = trained("rnn-bptt", name, seed=1)
        assert 50 < final["lag_ratio_at_start"] < 200 and final["val_accuracy"] < 0.9
    assert trained("rnn-bptt", "vanishing", epochs=1)["lag_ratio_at_start"] < 2e-5
    final = trained("rnn-bptt", activation="sigmoid")
    assert final["lag_ratio_at_start"] < 1e-4 and final["val_accuracy"] < 0.65


def test_most_units_start_in_saturation_with_large_recurrent_weights():
    p = settings(bits=16, recurrent_scale=3.0)
    rng = np.random.default_rng(0)
    sets = data(p, rng)
    h, _ = maths.forward(maths.initial(p, rng), maths.by_step(sets.x[:64]), p.activation)
    assert np.mean(np.abs(h[4:16]) > 0.9) > 0.5
