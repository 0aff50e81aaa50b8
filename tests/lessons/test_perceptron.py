"""The perceptron: truth tables, one step by hand, XOR by exhaustion, the page's numbers."""

import itertools
import json

import numpy as np
import pytest
from measuring import history, trained

from lessons.perceptron import LESSON
from lessons.perceptron.model import INPUTS, data, model
from lessons.perceptron.views import measure
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
TRUTH = {"or": np.logical_or, "and": np.logical_and, "xor": np.logical_xor}


def settings(**values):
    return LESSON.parameters.of(values)


def unit(p, weights=((0.0, 0.0), 0.0)):
    sets = data(p, np.random.default_rng(0))
    net = model(p, sets)
    net.set_weights([np.array([weights[0]], "float32").T, np.array([weights[1]], "float32")])
    return net, sets


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


@pytest.mark.parametrize("gate", TRUTH)
def test_truth_tables(gate):
    sets = data(settings(gate=gate), np.random.default_rng(0))
    assert sets.x.shape == (4, 2) and sets.y.shape == (4, 1) and sets.validation is None
    assert np.array_equal(sets.y[:, 0], TRUTH[gate](*sets.x.T.astype(bool)))


def test_the_unit_has_three_numbers_and_is_a_sigmoid():
    net, sets = unit(settings(), ((2.0, -1.0), 0.5))
    assert net.count_params() == 3
    np.testing.assert_allclose(
        np.asarray(net(sets.x))[:, 0], sigmoid(sets.x @ [2, -1] + 0.5), rtol=1e-5
    )


def test_one_step_is_the_one_on_the_page():
    net, _ = unit(settings())
    x, y = np.array([[0, 1]], "float32"), np.array([[1]], "float32")
    before = net.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    net.fit(x, y, batch_size=1, epochs=1, verbose=0)
    kernel, bias = net.get_weights()
    assert kernel[:, 0] == pytest.approx([0, 0.05]) and bias == pytest.approx([0.05])
    output = float(np.asarray(net(x))[0, 0])
    after = net.evaluate(x, y, verbose=0, return_dict=True)["loss"]
    for number in (before, output, after):
        assert f"**{number:.3f}**" in PAGE


@pytest.mark.parametrize(("y", "x"), [(0, (1, 1)), (1, (1, 0))])
def test_the_gradient_is_the_error_times_the_input(y, x):
    import tensorflow as tf

    net, _ = unit(settings(), ((0.7, -0.3), 0.2))
    x, y = np.array([x], "float32"), np.array([[y]], "float32")
    with tf.GradientTape() as tape:
        y_hat = net(x)
        loss = net.compute_loss(x, y, y_hat)
    dw, db = tape.gradient(loss, net.trainable_variables)
    error = np.asarray(y_hat - y)
    np.testing.assert_allclose(np.asarray(dw), error * x.T, atol=1e-5)
    np.testing.assert_allclose(np.asarray(db), error[0], atol=1e-5)


def test_no_line_solves_xor_and_three_of_four_is_the_best():
    grid = np.linspace(-3, 3, 25)
    weights = np.array(list(itertools.product(grid, grid, grid)))
    ones = INPUTS @ weights[:, :2].T + weights[:, 2] > 0
    right = {
        gate: (ones == truth(*INPUTS.T.astype(bool))[:, None]).sum(0).max()
        for gate, truth in TRUTH.items()
    }
    assert right == {"or": 4, "and": 4, "xor": 3}


@pytest.mark.parametrize(
    ("gate", "weights", "wrong"),
    [
        ("or", ((2, 2), -1), 0),
        ("or", ((2, 2), 1), 1),
        ("xor", ((2, 2), -1), 1),
        ("and", ((0, 0), 1), 3),
    ],
)
def test_wrong_points_are_counted_and_shown(gate, weights, wrong):
    p = settings(gate=gate)
    net, sets = unit(p, weights)
    assert measure(net, sets, p) == {"wrong": wrong}
    rows = LESSON.views[1].draw(net, sets, p)["rows"]
    assert [row[-1] for row in rows].count("✗") == wrong
    assert [row[:3] for row in rows] == [
        [*map(int, x), int(t)] for x, (t,) in zip(sets.x, sets.y, strict=True)
    ]
    before = [np.array(w) for w in net.get_weights()]
    net.train_on_batch(sets.x, sets.y)
    asked = np.mean([row[4:7] for row in rows], axis=0)
    moved = [new - old for old, new in zip(before, net.get_weights(), strict=True)]
    assert [*moved[0][:, 0], *moved[1]] == pytest.approx(asked.tolist(), abs=1e-5)


def test_the_boundary_is_drawn_the_right_way_up():
    p = settings()
    net, sets = unit(p, ((0.0, 10.0), -5.0))
    picture = LESSON.views[0].draw(net, sets, p)
    values = np.array(picture["regions"]["values"])
    assert values.shape == (32, 32) and values[0].max() < 0.5 < values[-1].min()
    zeros, ones = picture["groups"]
    assert (zeros["x"], zeros["y"]) == ([0], [0]) and len(ones["x"]) == 3
    assert picture["lines"][0]["y"] == pytest.approx([0.5, 0.5], abs=1e-6)
    ((x0, x1), (y0, y1)) = picture["arrows"][0]["x"], picture["arrows"][0]["y"]
    assert (x0, x1) == pytest.approx((0, 0)) and y0 == pytest.approx(0.5) and y1 > y0
    json.dumps(picture, allow_nan=False)


def wrong_of_or(starts, batch, epochs):
    """Return wrong points (starts,) of OR after training in NumPy from Glorot uniform starts."""
    rng, t = np.random.default_rng(0), np.array([0, 1, 1, 1])
    w, b = rng.uniform(-np.sqrt(2), np.sqrt(2), (starts, 2)), np.zeros(starts)
    for _ in range(epochs):
        order = rng.permuted(np.tile(np.arange(4), (starts, 1)), axis=1)
        for k in np.split(order, range(batch, 4, batch), axis=1):
            u = np.einsum("skx,sx->sk", INPUTS[k], w) + b[:, None]
            error = (sigmoid(u) - t[k]) / batch
            w -= 0.1 * np.einsum("skx,sk->sx", INPUTS[k], error)
            b -= 0.1 * error.sum(axis=1)
    return np.sum((w @ INPUTS.T + b[:, None] > 0) != t, axis=1)


def test_what_the_page_says_of_many_starts():
    short = wrong_of_or(1000, 1, 30)
    assert np.mean(short == 1) == pytest.approx(0.85, abs=0.03) and short.max() == 1
    assert "about 85 of 100 random starts" in PAGE
    assert not wrong_of_or(1000, 1, 100).any()
    assert not wrong_of_or(1000, 4, 300).any()
    assert np.mean(wrong_of_or(1000, 4, 30) > 0) > 0.95


def test_batch_of_ten_is_one_step_an_epoch():
    events = []
    p = settings(batch_size=10, epochs=7)
    assert Session(LESSON, p, emit=events.append, views=False).run().steps == 7
    started = next(e for e in events if e.kind == "started")
    assert started.steps_per_epoch == 1


def outcome(**metrics):
    seeds = range(3)
    return Outcome(tuple({k: v[s] for k, v in metrics.items()} for s in seeds))


def test_claims_can_fail():
    claims = {c.row: c for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {
        "000/perceptron-seed", "001/perceptron-seed1", "000/perceptron-epochs", "000/xor",
        "001/gates", "000/perceptron-batch", "001/perceptron-batch300",
    }  # fmt: skip
    none, one = (outcome(wrong=[n] * 3, loss=[0.3 + n] * 3) for n in (0, 1))
    assert not claims["000/perceptron-seed"].check({"this": none})
    assert not claims["001/perceptron-seed1"].check({"this": none})
    assert claims["001/perceptron-seed1"].check({"this": outcome(wrong=[0, 1, 0])})
    assert not claims["000/perceptron-epochs"].check({"this": none, "100": none, "30": one})
    assert claims["000/xor"].check({"this": one, "and": none})
    assert not claims["000/xor"].check({"this": outcome(wrong=[1, 0, 1]), "and": none})
    assert not claims["001/gates"].check({"or": one, "and": none, "this": one})
    assert not claims["000/perceptron-batch"].check({"this": none, "1": one})
    assert not claims["001/perceptron-batch300"].check({"this": none, "30": one})


def test_what_seeds_do_is_not_judged_by_one():
    one = {"this": Outcome(({"loss": 0.35, "wrong": 1.0},))}
    for claim in (c for e in LESSON.experiments if e.name == "seed" for c in e.claims):
        with pytest.raises(KeyError, match="two seeds"):
            claim.check(one)


@pytest.mark.slow
@pytest.mark.answer("starts")
@pytest.mark.answer("longer")
@pytest.mark.answer("steps")
def test_the_answers_about_epochs_and_steps():
    assert [trained("perceptron", "seed", seed=s)["wrong"] for s in (0, 1, 2)] == [1, 1, 1]
    losses = history("perceptron", "loss", "epochs")
    assert losses[99] == pytest.approx(0.19, abs=0.01)
    assert losses[299] == pytest.approx(0.08, abs=0.01)
    assert losses[29] == pytest.approx(0.35, abs=0.01)
    assert trained("perceptron", "batch")["loss"] == pytest.approx(0.49, abs=0.02)
    long = trained("perceptron", "batch-long")
    assert long["wrong"] == 0 and long["loss"] == pytest.approx(0.23, abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("gates")
def test_the_answer_about_gates():
    losses = [trained("perceptron", gate)["loss"] for gate in ("epochs", "and", "xor")]
    assert losses == pytest.approx([0.08, 0.13, 0.72], abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("rate")
def test_the_answer_about_a_large_learning_rate():
    fast = {"learning_rate": 10, "epochs": 30}
    for seed in (0, 1, 2):
        right = history("perceptron", "accuracy", seed=seed, **fast)
        assert 2 <= right.index(1.0) + 1 <= 5
        losses = history("perceptron", "loss", seed=seed, gate="xor", **fast)[1:]
        assert min(losses) > 0.69 and max(losses) > 5
