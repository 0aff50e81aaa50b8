"""Policy gradient: episodes, returns, the compiled step, whole runs, every number of the page."""

import math
import threading

import numpy as np
import pytest
from measuring import history, trained

from lessons.policy_gradient import LESSON, views
from lessons.policy_gradient import model as pg
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session

PAGE = LESSON.theory()


def settings(**values):
    return LESSON.parameters.of(values)


def policy(seed=0, units=8):
    import keras

    keras.utils.set_random_seed(seed)
    return pg.model(settings(units=units), None)


def states(count=50, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 4)).astype("float32")


def environments(count, seed=0):
    import gymnasium

    made = gymnasium.make_vec(pg.ENVIRONMENT, num_envs=count)
    made.reset(seed=seed)
    return made


class FakeLoop:
    """A loop that runs `most` steps and keeps reports; `changes` sets live values before a step."""

    def __init__(self, p, seed=0, most=3, changes=None):
        self.values, self.seed, self.most, self.changes = p.model_dump(), seed, most, changes or {}
        self.progressed, self.epochs, self.net, self.note = [], [], None, ""

    def steps(self, total, per_epoch=1):
        for step in range(min(total, self.most)):
            self.values |= self.changes.get(step, {})
            yield step
            if self.note:
                return

    def live(self, name):
        assert LESSON.parameters.field(name).live
        return self.values[name]

    def progress(self, **metrics):
        self.progressed.append(metrics)

    def epoch(self, **metrics):
        self.epochs.append(metrics)

    def model(self, model):
        self.net = model

    def finish(self, note):
        self.note = note


def run(most=3, seed=0, changes=None, **values):
    import keras

    keras.utils.set_random_seed(seed)
    p = settings(**values)
    loop = FakeLoop(p, seed, most, changes)
    pg.train(p, None, loop)
    return loop


# --- the declaration -------------------------------------------------------------------------


def test_the_topic_rows_are_taught():
    topics = {
        "000/policy-function",
        "001/policy-softmax",
        "000/policy-update",
        "001/policy-theorem",
    }
    assert set(LESSON.teaches) == topics


def test_experiments_can_be_set():
    for each in LESSON.experiments:
        assert settings(**each.settings).changed() == dict(each.settings)
    assert len(LESSON.experiments) >= 3


def test_data_are_states_in_which_an_episode_may_begin():
    first, again = (pg.data(settings(), np.random.default_rng(s)) for s in (0, 0))
    assert first.name == "CartPole-v1" and first.x.shape == (100, 4) and first.y.shape == (100,)
    assert np.abs(first.x).max() <= 0.05 and np.array_equal(first.x, again.x)


def test_parameter_count_by_hand():
    assert pg.model(settings(), None).count_params() == (4 * 32 + 32) + (32 * 2 + 2)


# --- the policy ------------------------------------------------------------------------------


def test_the_numpy_forward_is_the_network():
    net, s = policy(), states()
    h = pg.logits([np.asarray(weight) for weight in net.weights])(s)
    np.testing.assert_allclose(h, np.asarray(net(s)), atol=1e-5)


def test_softmax_is_a_distribution_whatever_the_size():
    pi = pg.softmax(np.array([[1.0, 2.0], [1e4, -1e4], [-800.0, -800.0]]))
    np.testing.assert_allclose(pi.sum(axis=1), 1)
    np.testing.assert_allclose(pi[:, 1], [1 / (1 + math.exp(-1)), 0, 0.5])


# --- playing ---------------------------------------------------------------------------------


class Scripted:
    """Environments that end after given numbers of steps, then restart as gymnasium's do."""

    def __init__(self, *lengths):
        self.lengths, self.num_envs = np.array(lengths), len(lengths)

    def reset(self):
        self.age = np.zeros(self.num_envs, int)
        self.over = np.zeros(self.num_envs, bool)
        return self.state(), {}

    def step(self, action):
        self.age = np.where(self.over, 0, self.age + 1)
        reward = np.where(self.over, 0.0, 1.0)  # the step that restarts gives no reward
        self.over = self.age == self.lengths
        return self.state(), reward, self.over, np.zeros_like(self.over), {}

    def state(self):
        return np.stack([self.age, *[np.zeros(self.num_envs)] * 3], axis=1).astype("float32")


def test_one_episode_each_and_nothing_after_its_end_counts():
    s, a, r, counts = pg.play(Scripted(3, 7, 1), policy(), 1.0, np.random.default_rng(0))
    assert s.shape == (7, 3, 4) and a.shape == r.shape == counts.shape == (7, 3)
    assert r.sum(axis=0).tolist() == counts.sum(axis=0).tolist() == [3, 7, 1]
    for index, length in enumerate([3, 7, 1]):
        assert s[counts[:, index], index, 0].tolist() == list(range(length))


def test_episodes_of_gymnasium_obey_its_rules():
    s, a, r, counts = pg.play(environments(20), policy(), 1.0, np.random.default_rng(1))
    assert np.abs(s[0]).max() <= 0.05 and counts[0].all()
    inside = (np.abs(s[..., 0]) <= 2.4) & (np.abs(s[..., 2]) <= 12 * math.pi / 180)
    assert inside[counts].all()  # no state after the fall, nor of the next episode
    assert (np.diff(counts.astype(int), axis=0) <= 0).all()  # an ended episode stays ended
    assert np.array_equal(r > 0, counts) and set(np.unique(a)) <= {0, 1}
    late = counts[1:] & (np.abs(s[1:, :, 1] - s[:-1, :, 1]) < 1e-6)
    assert not late.any()  # every push that counts moves the cart: no step was a reset


def test_an_episode_is_cut_at_500_steps():
    import gymnasium

    made, limit = environments(2), gymnasium.spec(pg.ENVIRONMENT).max_episode_steps
    made.step = _never_falling(made)
    _, _, r, _ = pg.play(made, policy(), 1.0, np.random.default_rng(0))
    assert r.sum(axis=0).tolist() == [limit, limit] == [500, 500]


def _never_falling(made):
    real = type(made).step

    def step(action):
        made.state[:] = 0
        return real(made, action)

    return step


@pytest.mark.parametrize("temperature", [0.05, 1.0, 20.0])
def test_actions_follow_the_policy(temperature):
    """The share of pushes to the right in the same state equals its probability."""
    net = policy(4)
    net.layers[-1].bias.assign([0.2, 0.9])  # all states are 0, so the biases alone decide
    _, a, _, counts = pg.play(Scripted(*[1] * 4000), net, temperature, np.random.default_rng(0))
    pi = 1 / (1 + math.exp(-0.7 / temperature))
    assert abs(a[counts].mean() - pi) < 4 * math.sqrt(0.25 / 4000)


# --- the gradient ----------------------------------------------------------------------------


def test_returns_against_their_definition():
    rewards = np.random.default_rng(0).normal(size=(9, 3)).astype("float32")
    powers = 0.9 ** np.arange(9)
    wanted = [powers[: 9 - t] @ rewards[t:] for t in range(9)]
    np.testing.assert_allclose(pg.returns(rewards, 0.9), wanted, rtol=1e-5)


def test_one_update_is_theta_plus_eta_gradient_of_j():
    """The compiled step matches ∇J by central differences in NumPy float64."""
    import keras

    net, rng = policy(units=3), np.random.default_rng(0)
    s, a, A = states(20), rng.integers(0, 2, 20), rng.normal(size=20).astype("float32")
    temperature, bonus, eta = 1.7, 0.3, 0.5
    before = [np.asarray(weight, "float64") for weight in net.weights]

    def J(weights):
        pi = pg.softmax(pg.logits(weights)(s) / temperature)
        entropy = -(pi * np.log(pi)).sum(axis=1).mean()
        return (np.log(pi[np.arange(20), a]) * A).mean() + bonus * entropy, entropy

    optimizer = keras.optimizers.SGD(eta)
    optimizer.build(net.trainable_variables)
    loss, entropy = pg.update(net, optimizer)(s, a, A, temperature, bonus)
    np.testing.assert_allclose([-float(loss), float(entropy)], J(before), rtol=1e-5)
    for index, after in enumerate(net.weights):
        gradient = _slopes(lambda w: J(w)[0], before, index)
        np.testing.assert_allclose(np.asarray(after), before[index] + eta * gradient, atol=2e-5)


def _slopes(function, weights, index, h=1e-6):
    slopes = np.zeros_like(weights[index])
    for place in np.ndindex(*slopes.shape):
        ends = []
        for sign in (1, -1):
            moved = [weight.copy() for weight in weights]
            moved[index][place] += sign * h
            ends.append(function(moved))
        slopes[place] = (ends[0] - ends[1]) / (2 * h)
    return slopes


def test_a_baseline_leaves_the_gradient_and_takes_the_noise():
    """Σ π ∇log π · b = 0; over many samples the mean stays while the spread shrinks."""
    pi, Q, rng = np.array([0.3, 0.7]), np.array([10.0, 12.0]), np.random.default_rng(0)
    slope = np.eye(2) - pi  # row a: the slope of log π(a) in both preferences
    np.testing.assert_allclose(pi @ slope, 0, atol=1e-15)
    a = rng.choice(2, size=20000, p=pi)
    plain, less = slope[a] * Q[a, None], slope[a] * (Q[a, None] - pi @ Q)
    np.testing.assert_allclose(plain.mean(axis=0), less.mean(axis=0), atol=0.2)
    assert less.std() < plain.std() / 5


def test_the_baselines():
    import keras

    keras.utils.set_random_seed(0)
    s, G = states(64), np.linspace(1, 9, 64, dtype="float32")
    assert pg.make_baseline(settings(baseline="none"))(s, G) == 0
    assert pg.make_baseline(settings(baseline="mean"))(s, G) == pytest.approx(5)
    value = pg.make_baseline(settings(baseline="value"))
    errors = [float(np.mean((value(s, G) - G) ** 2)) for _ in range(60)]
    assert errors[0] > 25  # the first prediction does not use this batch yet
    assert errors[-1] < 1  # of a variance of 5.5: it has learned each state's return


# --- training --------------------------------------------------------------------------------


def test_same_seed_same_numbers_other_seed_others():
    first, again, other = run(seed=3), run(seed=3), run(seed=4)
    assert first.progressed == again.progressed and first.progressed != other.progressed
    for one, two in zip(first.net.weights, again.net.weights, strict=True):
        assert np.array_equal(one, two)


def test_a_learning_rate_of_almost_nothing_set_live_keeps_the_policy():
    kept = run(most=2, changes={1: {"learning_rate": 1e-30}})
    moved = run(most=2)
    once = run(most=1)
    assert np.array_equal(kept.net.weights[0], once.net.weights[0])
    assert not np.array_equal(moved.net.weights[0], once.net.weights[0])


def test_temperature_set_live_reaches_policy_and_pictures():
    loop = run(most=2, changes={1: {"temperature": 20.0}})
    assert loop.progressed[1]["entropy"] == pytest.approx(math.log(2), abs=0.01)
    p = settings()
    right = views.probability_of_right(loop.net, states(), p)
    h = np.asarray(loop.net(states()))
    np.testing.assert_allclose(right, 1 / (1 + np.exp((h[:, 0] - h[:, 1]) / 20)), rtol=1e-4)


def test_epochs_and_the_mean_over_the_last_hundred_episodes():
    loop = run(most=4, steps_per_epoch=2, environments=30)
    assert len(loop.progressed) == 4 and len(loop.epochs) == 2
    assert loop.epochs[1] == loop.progressed[3] and set(loop.epochs[0]) == {
        "return",
        "loss",
        "entropy",
    }
    assert not loop.note and 8 < loop.progressed[0]["return"] < 60


def test_the_goal_needs_a_hundred_episodes():
    loop = run(most=20, environments=30, stop_at_return=10)
    assert len(loop.progressed) == 4 and loop.note.startswith("Solved")  # 30, 60, 90, 120


@pytest.fixture(scope="module")
def solved():
    """Run the Adam experiment in full, which takes a couple of seconds."""
    events = []
    p = settings(**LESSON.experiment("adam").settings)
    finished = Session(LESSON, p, seed=1, emit=events.append).run()
    return finished, events


@pytest.mark.slow
def test_it_learns_to_balance(solved):
    finished, events = solved
    assert finished.status == "completed" and finished.metrics["return"] >= 475
    assert "Solved" in finished.message
    first = next(e for e in events if e.kind == "progress")
    assert first.metrics["return"] < 60


@pytest.mark.slow
def test_the_pictures_of_a_run(solved):
    _, events = solved
    shots = {
        view.name: [e for e in events if e.kind == "snapshot" and e.view == view.name]
        for view in LESSON.views
    }
    assert all(len(each) >= 2 for each in shots.values())
    pole = shots["pole"][-1].payload
    values = np.array(pole["regions"]["values"])
    assert values.shape == (24, 24) and values.min() >= 0 and values.max() <= 1
    # row 0 is the lowest angular velocity, column 0 the leftmost angle: fall right, push right
    assert values[-1, -1] > 0.8 and values[0, 0] < 0.2
    titles = [shot.payload["title"] for shot in shots["balance"]]
    assert titles[0].startswith("the pole falls at step") and titles[-1].startswith("upright")
    cart, policy = shots["balance"][-1].payload["panels"]
    assert sum(cart["values"]) == pytest.approx(1) and policy["regions"] == pole["regions"]
    assert (cart["push"] == 1) == (cart["values"][1] > 0.5)
    assert policy["words"][0]["x"] == pytest.approx(cart["angle"], abs=1e-3)
    assert not [e for e in events if e.kind == "note" and "could not be drawn" in e.text]


def test_the_run_can_be_paused_and_stopped():
    control, events, paused = Control(), [], threading.Event()

    def emit(event):
        events.append(event)
        if event.kind == "progress" and event.step == 2:
            control.pause()
        if event.kind == "state" and event.state == "paused":
            paused.set()

    session = Session(LESSON, settings(), emit=emit, control=control)
    thread = threading.Thread(target=session.run)
    thread.start()
    assert paused.wait(60)
    control.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert events[-1].status == "stopped" and events[-1].steps == 2


# --- the page --------------------------------------------------------------------------------


def test_worked_numbers():
    right = {T: 1 / (1 + math.exp(-1 / T)) for T in (1, 4, 0.25)}
    for probability in right.values():
        assert f"{probability:.4f}" in PAGE
    left = 1 - right[1]
    step = 0.1 * 2 * (1 - left)
    new = 1 / (1 + math.exp((2 - step) - (1 + step)))
    numbers = [left, 1 - left, 1 + step, 2 - step, new]
    assert all(f"{number:.4f}" in PAGE for number in numbers)
    G = pg.returns(np.ones((3, 1)), 0.99)[0, 0]
    assert float(G) == pytest.approx(2.9701) and "2.9701" in PAGE


def test_the_gradient_of_a_policy_is_the_policy_times_that_of_its_logarithm():
    """∇J = Σ Q ∇π = Σ π Q ∇log π, by central differences for three logits."""
    u, Q, h = np.array([0.2, -0.5, 1.0]), np.array([3.0, 1.0, -2.0]), 1e-6
    pi = pg.softmax(u)
    ends = [[pg.softmax(u + s * h * each) for each in np.eye(3)] for s in (1, -1)]
    slope_pi, slope_log = ((f(ends[0]) - f(ends[1])) / (2 * h) for f in (np.array, np.log))
    np.testing.assert_allclose(slope_pi, pi * slope_log, atol=1e-8)
    np.testing.assert_allclose(slope_pi @ Q, (pi * Q * slope_log).sum(axis=1), atol=1e-8)


def updates(experiment="", seed=0):
    """Return how many groups of ten updates a run takes."""
    return len(history("policy-gradient", "return", experiment, seed))


@pytest.mark.slow
@pytest.mark.answer("baseline")
def test_the_answer_about_the_baseline():
    assert updates("no-baseline") > 1.3 * updates()


@pytest.mark.slow
@pytest.mark.answer("one-episode")
def test_the_answer_about_one_episode():
    for seed in (0, 1):
        run = trained("policy-gradient", "one-episode-no-baseline", seed)
        assert run["return"] < 60
    assert trained("policy-gradient", "one-episode", 2)["return"] > 300


@pytest.mark.slow
@pytest.mark.answer("temperature")
def test_the_answer_about_temperature():
    hot = history("policy-gradient", "entropy", "hot")
    assert hot[0] > 0.66 and 0.45 < hot[-1] < 0.6
    cold = [trained("policy-gradient", "cold", seed)["return"] for seed in (0, 1, 2)]
    assert cold[0] >= 475 and max(cold[1:]) < 20


@pytest.mark.slow
@pytest.mark.answer("rate")
@pytest.mark.answer("horizon")
def test_the_answers_about_rate_and_horizon():
    for seed in (0, 1, 2):
        assert trained("policy-gradient", "too-fast", seed)["return"] < 12
        assert updates("adam", seed) <= 8
    assert 100 < trained("policy-gradient", "short-sighted")["return"] < 475
