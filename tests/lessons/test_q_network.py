"""Q-network: the game, the memory, targets and steps against NumPy, whole runs, the page."""

import json
import math
import re

import gymnasium
import numpy as np
import pytest
from measuring import history, trained

from lessons.q_network import LESSON
from lessons.q_network import model as qn
from lessons.q_network.model import BATCH, BATCHES, Game, Replay, forward, values_of
from lessons.q_network.views import measure
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session

PAGE = LESSON.theory()


def settings(**values):
    return LESSON.parameters.of(values)


def network(p=None, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    return qn.model(p or settings(units=8), None)


def states(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=(*shape, 4)).astype("float32")


# --- the declaration and the model -----------------------------------------------------------


def test_rows():
    assert LESSON.rows == ("000/function-approximation",)


def test_data_are_states_in_which_an_episode_may_begin():
    first, again = (qn.data(settings(), np.random.default_rng(s)) for s in (0, 0))
    assert first.x.shape == (100, 4) and np.abs(first.x).max() <= 0.05
    assert np.array_equal(first.x, again.x)


def test_parameter_counts_by_hand():
    assert network(settings()).count_params() == (4 * 64 + 64) + (64 * 64 + 64) + (64 * 2 + 2)
    assert network(settings(hidden_layers=0)).count_params() == 4 * 2 + 2


@pytest.mark.parametrize(("values", "first"), [
    ({}, 1.0), ({"optimism": 0.0}, 0.0), ({"scaled": False}, 200.0),
])  # fmt: skip
def test_the_first_values(values, first):
    net = network(settings(**values))
    assert np.asarray(net(np.zeros((1, 4)))) == pytest.approx(np.full((1, 2), first))


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_the_numpy_forward_is_the_network(layers):
    net, s = network(settings(hidden_layers=layers, units=8)), states(50)
    np.testing.assert_allclose(values_of(net)(s), np.asarray(net(s)), atol=1e-5)


# --- playing and remembering -----------------------------------------------------------------


def test_the_memory_keeps_the_last_moves_in_their_rows():
    replay = Replay(10)
    for first in range(0, 21, 3):
        t = np.arange(first, first + 3)
        replay.add(np.tile(t[:, None], 4), t % 2, t, np.tile(t[:, None] + 1, 4), t % 3 == 0)
    s, a, r, s_next, fell = replay.sample(np.random.default_rng(0), (50, 8))
    assert s.shape == s_next.shape == (50, 8, 4) and a.dtype == np.int32
    assert set(r.ravel()) == set(range(11, 21)) and replay.count == 21
    assert np.array_equal(s[..., 0], r) and np.array_equal(s_next[..., 3], r + 1)
    assert np.array_equal(a, r % 2) and np.array_equal(fell, r % 3 == 0)


@pytest.fixture(scope="module")
def played():
    """Make some random moves; return the memory, the game, and the returns of ended episodes."""
    replay, rng = Replay(20_000), np.random.default_rng(0)
    game = Game(16, 3)
    finished = [r for _ in range(20) for r in game.play(network(), 16, 1.0, rng, replay)]
    return replay, game, finished


def test_what_is_remembered_obeys_the_physics(played):
    replay, _, _ = played
    s, a, r, s_next, fell = (column[: replay.count] for column in replay.columns)
    assert (r == 1).all() and set(np.unique(a)) == {0, 1}
    np.testing.assert_allclose(s_next[:, 0], s[:, 0] + 0.02 * s[:, 1], atol=1e-5)
    np.testing.assert_allclose(s_next[:, 2], s[:, 2] + 0.02 * s[:, 3], atol=1e-5)
    pushed = np.sign(s_next[:, 1] - s[:, 1])
    assert np.array_equal(pushed, 2 * a - 1)  # a restart in between would break all three
    over = (np.abs(s_next[:, 2]) > 12 * math.pi / 180) | (np.abs(s_next[:, 0]) > 2.4)
    assert np.array_equal(over, fell.astype(bool)) and fell.sum() > 50


def test_returns_are_the_lengths_of_the_episodes(played):
    replay, game, finished = played
    assert len(finished) == replay.columns[4][: replay.count].sum()
    assert sum(finished) + game.returns.sum() == replay.count
    assert 15 < np.mean(finished) < 30  # the result of random moves


def test_an_episode_that_is_cut_has_not_fallen():
    game, replay = Game(2, 0), Replay(2000)
    game.environments.max_episode_steps = 7
    finished = game.play(network(), 16, 0.0, np.random.default_rng(0), replay)
    assert finished == [7.0] * 4 and replay.count == 28 and replay.columns[4].sum() == 0


def test_greedy_and_random_moves():
    net = network()
    net.layers[-1].bias.assign([0.0, 100.0])
    for epsilon, share in ((0.0, 1.0), (1.0, 0.5), (0.5, 0.75)):
        replay = Replay(5000)
        Game(64, 0).play(net, 40, epsilon, np.random.default_rng(0), replay)
        assert replay.columns[1][: replay.count].mean() == pytest.approx(share, abs=0.04)


# --- learning --------------------------------------------------------------------------------


def batches(seed=0):
    rng = np.random.default_rng(seed)
    shape = (BATCHES, BATCH)
    return [
        states(*shape, seed=seed), rng.integers(0, 2, shape).astype("int32"),
        np.ones(shape, "float32"), states(*shape, seed=seed + 1),
        (rng.random(shape) < 0.3).astype("float32"),
    ]  # fmt: skip


def by_hand(p, theta, phi, s, a, r, s_next, fell):
    """Return targets and loss of one batch in float64."""
    scale = 1 - p.discount if p.scaled else 1
    q_next, rows = forward(phi)(s_next), np.arange(len(a))
    pick = (forward(theta)(s_next) if p.double else q_next).argmax(axis=1)
    y = scale * r + p.discount * (1 - fell) * q_next[rows, pick]
    y = np.minimum(y, scale / (1 - p.discount)) if p.bounded else y
    e = np.abs(y - forward(theta)(s)[rows, a])
    return y, np.where(e < 1, e**2 / 2, e - 0.5).mean()


@pytest.mark.parametrize("values", [
    {}, *(pytest.param(values, marks=pytest.mark.slow) for values in (
        {"double": False}, {"bounded": False}, {"scaled": False, "optimism": 0.0},
    )),
])  # fmt: skip
def test_one_gradient_step_against_numpy(values):
    """Targets, loss, descent (by central differences) and the target network match NumPy."""
    import keras
    import tensorflow as tf

    p = settings(units=5, hidden_layers=1, target_rate=0.25, discount=0.9, **values)
    q, target = network(p, 1), network(p, 2)
    theta, phi = ([np.asarray(w, "float64") for w in net.weights] for net in (q, target))
    optimizer = keras.optimizers.SGD(0.5)
    optimizer.build(q.trainable_variables)
    many = batches()
    loss, value = qn.learner(p, q, target, optimizer)(tf.constant(1), *many)
    one = [column[0] for column in many]
    y, wanted = by_hand(p, theta, phi, *one)
    scale = 0.1 if p.scaled else 1
    assert float(loss) * BATCHES == pytest.approx(wanted, rel=1e-4)
    assert float(value) * BATCHES * scale == pytest.approx(y.mean(), rel=1e-4)
    for new, after, old in zip(q.weights, target.weights, phi, strict=True):
        np.testing.assert_allclose(after, old + 0.25 * (np.asarray(new) - old), atol=1e-5)
    slope = _slope(p, theta, phi, one, y)
    np.testing.assert_allclose(q.weights[-1], theta[-1] - 0.5 * slope, atol=1e-5)


def _slope(p, theta, phi, one, y, h=1e-6):
    """Return ∂L/∂(output bias) with the target held constant."""
    s, a = one[0], one[1]
    slopes = []
    for place in range(2):
        ends = []
        for sign in (1, -1):
            moved = [w.copy() for w in theta]
            moved[-1][place] += sign * h
            e = np.abs(y - forward(moved)(s)[np.arange(len(a)), a])
            ends.append(np.where(e < 1, e**2 / 2, e - 0.5).mean())
        slopes.append((ends[0] - ends[1]) / (2 * h))
    return np.array(slopes)


def test_the_call_that_compiles_changes_nothing_and_a_full_one_takes_all_batches():
    import keras
    import tensorflow as tf

    p = settings(units=5, hidden_layers=1)
    q, target = network(p, 1), network(p, 2)
    before = q.get_weights()
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(q.trainable_variables)
    learn = qn.learner(p, q, target, optimizer)
    learn(tf.constant(0), *batches())
    assert all(np.array_equal(a, b) for a, b in zip(before, q.get_weights(), strict=True))
    assert int(optimizer.iterations) == 0
    learn(tf.constant(BATCHES), *batches())
    assert int(optimizer.iterations) == BATCHES
    assert not np.array_equal(before[0], q.get_weights()[0])


# --- whole runs ------------------------------------------------------------------------------


def ran(control=None, emit=lambda e: None, seed=0, **values):
    session = Session(LESSON, settings(**values), seed=seed, emit=emit, control=control)
    return session.run()


@pytest.fixture(scope="module")
def short():
    """Run until a return that only learning can reach."""
    events = []
    goal = {"stop_at_return": 60, "exploration": 40, "units": 32}
    return ran(emit=events.append, **goal), events


@pytest.mark.slow
def test_it_learns_and_says_so(short):
    finished, events = short
    assert finished.status == "completed" and finished.metrics["return"] >= 60
    assert "Solved" in finished.message and finished.steps < 1000
    first = next(e for e in events if e.kind == "progress")
    assert first.metrics["return"] < 40 and first.metrics["epsilon"] == 1
    assert {"loss", "value", "greedy_return", "start_value", "start_return"} <= set(
        finished.metrics
    )
    last = [e for e in events if e.kind == "epoch"][-1]
    assert last.metrics["return"] == finished.metrics["return"] and last.step == finished.steps


@pytest.mark.slow
def test_pictures_of_a_run(short):
    _, events = short
    shots = [e for e in events if e.kind == "snapshot"]
    assert {e.view for e in shots} == {v.name for v in LESSON.views}
    assert not [e for e in events if e.kind == "note" and "could not be drawn" in e.text]
    cart, policy = [e for e in shots if e.view == "cart"][-1].payload["panels"]
    leaning = np.array(policy["regions"]["values"])
    assert leaning[-1, -1] > 0 > leaning[0, 0]  # falls to the right: push right
    assert policy["lines"][0]["x"][-1] == pytest.approx(cart["angle"], abs=1e-3)
    titles = [e.payload["title"] for e in shots if e.view == "cart"]
    assert len({title.split("here")[1] for title in titles}) > 1, "the moment moves on"
    curves = [e for e in shots if e.view == "episode"][-1].payload["series"]
    assert len(curves[0]["y"]) == len(curves[1]["y"])


def test_the_return_that_followed():
    """A policy that always pushes right falls after some moves, so that the sum is known."""
    p, net = settings(units=8), network()
    net.layers[-1].kernel.assign(np.zeros((8, 2)))
    net.layers[-1].bias.assign([0.2, 0.6])
    shot = {v.name: v for v in LESSON.views}["episode"].draw(net, None, p)
    json.dumps(shot)
    V, G = (np.array(series["y"]) for series in shot["series"])
    np.testing.assert_allclose(V, 0.6 * 200, rtol=1e-5)
    np.testing.assert_allclose(G, (1 - 0.995 ** np.arange(len(G), 0, -1)) / 0.005, rtol=1e-5)
    assert 8 <= len(G) <= 11
    m = measure(net, None, p)
    assert 9 < m["greedy_return"] < 10 and m["start_value"] == pytest.approx(120, rel=1e-4)
    assert m["start_return"] == pytest.approx((1 - 0.995 ** m["greedy_return"]) / 0.005, rel=0.01)


def test_the_cart_at_a_move_of_the_episode():
    """A policy that always pushes right: the third move is known from the physics."""
    p, net = settings(units=8), network()
    net.layers[-1].kernel.assign(np.zeros((8, 2)))
    net.layers[-1].bias.assign([0.2, 0.6])
    net.steps = 4  # 28 moves on, in an episode of 8 to 11
    shot = {v.name: v for v in LESSON.views}["cart"].draw(net, None, p)
    json.dumps(shot)
    moves = int(shot["title"].split("falls at move ")[1].split(";")[0])
    environment = gymnasium.make("CartPole-v1")
    state, _ = environment.reset(seed=0)
    for _ in range(28 % moves):
        state = environment.step(1)[0]
    cart = shot["panels"][0]
    assert cart["position"] == pytest.approx(state[0]) and cart["angle"] == pytest.approx(state[2])
    assert cart["push"] == 1 and cart["values"] == pytest.approx([40, 120], rel=1e-4)
    for _ in range(moves - 28 % moves):
        state, _, fell, _, _ = environment.step(1)
    assert fell


@pytest.mark.slow
def test_same_seed_same_numbers():
    values = {"epochs": 1, "hidden_layers": 0, "steps_per_epoch": 8}
    first, again = (ran(seed=1, **values).metrics for _ in range(2))
    assert first == again and "loss" in first


def test_it_can_be_stopped():
    control = Control()

    def emit(event):
        if event.kind == "progress" and event.step == 3:
            control.stop()

    finished = ran(control, emit, hidden_layers=0)
    assert finished.status == "stopped" and finished.steps == 3


# --- the page --------------------------------------------------------------------------------


def test_worked_numbers():
    gamma = 0.995
    Q = [(1 - gamma**n) / (1 - gamma) for n in (10, 500)]
    assert f"{Q[0]:.2f}" == "9.78" and f"{Q[1]:.1f}" == "183.7" and f"{0.005 * Q[1]:.3f}" == "0.918"
    assert f"{1 / (1 - gamma):.0f}" == "200"
    theta, phi = np.array([100, 104]), np.array([102, 99])
    plain, double = 1 + gamma * phi.max(), 1 + gamma * phi[theta.argmax()]
    assert f"{plain:.2f}" == "102.49" and f"{double:.3f}" == "99.505"
    for number in ("9.78", "183.7", "0.918", "102.49", "99.51", "0.564", "= 200"):
        assert number in PAGE
    noise = np.random.default_rng(0).normal(size=(1_000_000, 2)).max(axis=1).mean()
    assert noise == pytest.approx(1 / math.sqrt(math.pi), abs=0.003)
    assert f"{1 / math.sqrt(math.pi):.3f}" == "0.564"


def test_the_largest_estimate_is_too_large_in_a_table_too():
    """With one state and ten actions of true value 0, the maximum of sample means is above 0."""
    rng = np.random.default_rng(0)
    Q = np.zeros((2000, 10))  # 2000 tables
    for n in range(1, 21):
        Q += (rng.normal(size=Q.shape) - Q) / n
    assert abs(Q.mean()) < 0.01 and Q.max(axis=1).mean() > 0.3
    assert "the third exists in tables too" in re.sub(r"\s+", " ", PAGE)


def test_each_remedy_is_credited_to_its_paper():
    sources = re.sub(r"\s+", " ", PAGE.split("## Sources")[1])
    assert re.search(r"Lillicrap[^.]*, 2015 \(the soft update", sources)
    assert re.search(r"Mnih[^.]*, 2015 \(replay, and a target network that is copied", sources)


@pytest.mark.slow
@pytest.mark.answer("scale")
@pytest.mark.answer("limits")
def test_the_answers_about_what_does_not_balance():
    assert trained("q-network")["return"] >= 475
    raw = trained("q-network", "raw-values")
    assert raw["return"] < 250 and raw["value"] > 80
    assert trained("q-network", "linear")["return"] < 60
    assert 100 < trained("q-network", "short-sighted")["return"] < 400


@pytest.mark.slow
@pytest.mark.answer("start")
@pytest.mark.answer("bias")
def test_the_answers_about_values():
    low, free, single = (trained("q-network", n) for n in ("pessimistic", "unbounded", "single"))
    assert min(run["return"] for run in (low, free, single)) >= 475
    assert low["value"] < 183.7
    assert free["start_value"] > 215 and single["start_value"] > 230


@pytest.mark.slow
@pytest.mark.answer("target")
@pytest.mark.answer("memory")
def test_the_answers_about_remedies():
    """Without them the runs arrive as well; a short memory lets one of three seeds fall back."""
    assert history("q-network", "return", "no-target")[-1] >= 475
    fell = 0
    for seed in (0, 1, 2):
        returns = np.array(history("q-network", "return", "no-memory", seed))
        fell += (np.maximum.accumulate(returns) - returns).max() > 100
        assert returns[-1] >= 475
    assert fell >= 1
    assert history("q-network", "return", "long-memory")[-1] >= 475
