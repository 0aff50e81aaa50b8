"""Bandits: estimates, choices, regret, whole runs, the page's numbers."""

import json

import numpy as np
import pytest
from measuring import trained

from lessons.bandit import LESSON, views
from lessons.bandit import model as bandit
from lessons.bandit.model import OTHERS, PULLS
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session

PAGE = LESSON.theory()


def settings(**values):
    return LESSON.parameters.of(values)


def agents(q, **values):
    q = np.asarray(q, "float32")
    return bandit.Agents(settings(bandits=len(q), arms=q.shape[1], **values), q)


class FakeLoop:
    """A loop that runs every step and keeps reports; `changes` sets live values before a step."""

    def __init__(self, p, seed=0, changes=None):
        self.values, self.seed, self.changes, self.epochs = p.model_dump(), seed, changes or {}, []

    def steps(self, total, per_epoch=1):
        for step in range(total):
            self.values |= self.changes.get(step, {})
            yield step

    def live(self, name):
        assert LESSON.parameters.field(name).live
        return self.values[name]

    def progress(self, **metrics):
        self.last = metrics

    def epoch(self, **metrics):
        self.epochs.append(metrics)

    def model(self, model):
        self.agents = model


def run(seed=0, changes=None, **values):
    p = settings(**values)
    loop = FakeLoop(p, seed, changes)
    data = bandit.data(p, np.random.default_rng(seed))
    bandit.train(p, data, loop)
    loop.final = {**loop.last, **views.measure(loop.agents, data, p)}
    return loop


def test_rows():
    assert LESSON.rows == ("000/explore", "001/explore")


def test_worths_are_standard_normal_and_y_is_the_best_arm():
    data = bandit.data(settings(), np.random.default_rng(0))
    assert data.x.shape == (2000, 10) and data.y.shape == (2000,)
    assert abs(data.x.mean()) < 0.03 and abs(data.x.std() - 1) < 0.03
    assert (data.x[np.arange(2000), data.y] == data.x.max(axis=1)).all()


def test_choices_are_epsilon_greedy():
    Q = np.zeros((2, 20_000, 4))
    Q[:, :, 2] = 1
    a = bandit.choose(Q, np.array([0.0, 0.4]), np.random.default_rng(0))
    assert (a[0] == 2).all()
    shares = np.bincount(a[1]) / 20_000
    assert shares == pytest.approx([0.1, 0.1, 0.7, 0.1], abs=0.015)


def test_the_estimate_is_the_mean_of_the_rewards_of_that_arm():
    each, rng = agents(np.zeros((5, 3))), np.random.default_rng(0)
    a = np.array([[0, 1, 2, 1, 0]] * 4)
    rewards = np.array([bandit.pull(each, a, 0.0, rng) for _ in range(7)])
    assert each.Q[3, 1, 1] == pytest.approx(rewards[:, 3, 1].mean(), abs=1e-5)
    assert each.N[3, 1].tolist() == [0, 7, 0] and each.Q[3, 1, 2] == 0
    assert rewards.std() == pytest.approx(1, abs=0.2)


def test_a_constant_alpha_forgets():
    each, rng = agents(np.zeros((1, 2)), first_estimate=4.0), np.random.default_rng(0)
    wanted = 4.0
    for _ in range(5):
        r = bandit.pull(each, np.zeros((4, 1), int), 0.1, rng)[0, 0]
        wanted += 0.1 * (r - wanted)
    assert each.Q[0, 0].tolist() == pytest.approx([wanted, 4.0], abs=1e-5)


def test_regret_of_an_agent_that_knows_nothing_is_what_chance_loses():
    """With ε = 1 the regret per pull is max q − mean q, whatever is learned."""
    loop = run(epsilon=1.0, epochs=5, bandits=3000)
    q = loop.agents.q
    lost = (q.max(axis=1) - q.mean(axis=1)).mean() * 5 * PULLS
    assert loop.final["regret"] == pytest.approx(lost, rel=0.01)
    assert loop.final["best_arm"] == pytest.approx(0.1, abs=0.01)


def test_learning_bends_the_regret_and_greed_does_not():
    loop = run(bandits=500)
    assert loop.final["best_arm"] > 0.7 > 0.45 > loop.agents.shares[-1][1]
    assert loop.final["regret"] < loop.final["regret_0"] < loop.final["regret_0.5"]
    assert loop.final["late_regret"] < 0.45 * loop.final["regret"]


def test_fading_trials_stop_losing():
    fading = run(bandits=500, **LESSON.experiment("fading").settings).final
    assert fading["late_regret"] < 0.2 * run(bandits=500).final["late_regret"]


def test_a_constant_alpha_follows_arms_that_change():
    mean, constant = (
        run(bandits=200, **{**LESSON.experiment(name).settings, "epochs": 100})
        for name in ("drifting", "following")
    )
    assert constant.final["best_arm"] > mean.final["best_arm"] + 0.1


def test_epsilon_set_live_changes_your_agent_alone():
    changed = run(epochs=6, changes={3: {"epsilon": 1.0}})
    kept = run(epochs=6)
    assert changed.agents.shares[2][0] == kept.agents.shares[2][0]
    assert changed.agents.shares[5][0] == pytest.approx(0.1, abs=0.02)
    assert changed.agents.epsilon.tolist() == [1.0, *OTHERS]


def test_same_seed_same_numbers():
    first, again, other = (run(seed, bandits=20, epochs=3).final for seed in (1, 1, 2))
    assert first == again != other


def test_pictures():
    loop = run(bandits=30, epochs=4)
    p = settings(bandits=30, epochs=4)
    data = bandit.data(p, np.random.default_rng(0))
    shots = {v.name: v.draw(loop.agents, data, p) for v in LESSON.views}
    json.dumps(shots)
    regret = {s["name"]: s for s in shots["regret"]["series"]}
    assert regret["yours"]["x"] == [20, 40, 60, 80]
    assert regret["yours"]["y"][-1] == pytest.approx(loop.final["regret"])
    assert all(y == sorted(y) for y in (s["y"] for s in regret.values()))
    plane, pulls = shots["first-bandit"]["panels"]
    worth, estimate, last = (np.array(group["y"]) for group in plane["groups"])
    order = np.argsort(-data.x[0])
    assert worth == pytest.approx(data.x[0][order]) and order[0] == data.y[0]
    assert estimate == pytest.approx(loop.agents.Q[0, 0][order])
    assert sum(pulls["values"]) == 80 and pulls["values"][0] == loop.agents.N[0, 0, data.y[0]]
    assert pulls["highlight"] == [int(estimate.argmax())]
    assert order[plane["groups"][2]["x"][0]] == loop.agents.last[0, 0] and len(last) == 1
    x, low, high = plane["sticks"][0]
    assert (high - low) / 2 == pytest.approx(1 / np.sqrt(pulls["values"][x]))
    fresh = bandit.Agents(p, data.x)
    json.dumps([v.draw(fresh, data, p) for v in LESSON.views])


def test_a_whole_run_and_a_stopped_one():
    events, control = [], Control()
    finished = Session(LESSON, settings(bandits=50, epochs=10), emit=events.append).run()
    assert finished.status == "completed" and {"regret", "late_regret"} <= set(finished.metrics)
    assert not [e for e in events if e.kind == "note"]
    control.stop()
    stopped = Session(LESSON, settings(bandits=50), emit=lambda e: None, control=control).run()
    assert stopped.status == "stopped" and stopped.steps == 0


def lost_by_doubling(fading):
    """Return 1000 bandits' mean regret over pulls 200 to 400, 400 to 800, … with ε = fading(t)."""
    rng = np.random.default_rng(0)
    q = rng.normal(size=(1000, 10)).astype("float32")
    known, regret, seen = agents(q), 0.0, {}
    for t in range(1, 3201):
        a = bandit.choose(known.Q[:1], np.array([fading(t)]), rng)
        bandit.pull(known, a, 0.0, rng)
        regret += float((q.max(axis=1) - q[np.arange(1000), a[0]]).mean())
        seen[t] = regret
    return np.diff([seen[200 * 2**n] for n in range(5)])


def test_regret_gets_flatter_and_never_flat_where_epsilon_fades_slowly():
    slowly = lost_by_doubling(lambda t: min(1, 50 / t))
    per_pull = slowly / [200, 400, 800, 1600]
    assert (slowly > 10).all() and (np.diff(per_pull) < 0).all()
    assert "flatter and flatter, but it is never flat" in PAGE


def test_regret_ends_as_a_straight_line_where_epsilon_stays_or_halves():
    """Regret grows linearly for constant or halved ε: twice the pulls, twice the loss."""
    constant = lost_by_doubling(lambda t: 0.1)
    halving = lost_by_doubling(lambda t: 0.5 ** (t / 50))
    assert constant[-1] / constant[-2] > 1.8 and halving[-1] / halving[-2] > 1.9


# --- the page --------------------------------------------------------------------------------


def test_worked_estimates():
    for alpha, wanted in ((0.0, [1, 0.5, 1]), (0.1, [0.1, 0.09, 0.281])):
        Q, seen = 0.0, []
        for n, r in enumerate((1, 0, 2), start=1):
            Q += (alpha or 1 / n) * (r - Q)
            seen.append(Q)
        assert seen == pytest.approx(wanted)
    assert "0.1, 0.09 and 0.281" in PAGE and "0.5 + (2 − 0.5)/3 = 1" in PAGE


def test_what_trying_costs():
    """The expected largest of ten normal numbers is the mean of x under the density of F¹⁰."""
    stats = pytest.importorskip("scipy.stats")
    x = np.linspace(-8, 8, 20_001)
    best = float(np.trapezoid(x * 10 * stats.norm.cdf(x) ** 9 * stats.norm.pdf(x), x))
    assert f"{best:.3f}" == "1.539" and "1.539" in PAGE
    assert f"{0.1 * best:.3f}" == "0.154" and "= 0.154 a pull, 154" in PAGE
    assert f"{1000 * 0.5 * best:.0f}" == "769" and "769" in PAGE
    assert f"{1 - 0.1 + 0.1 / 10:.2f}" == "0.91" and "0.91 of the pulls" in PAGE


def test_the_weight_of_the_start_by_hand():
    assert f"{0.9**3:.3f}" == "0.729" and "0.9³ = 0.729" in PAGE


def lost(experiment="", **others):
    return trained("bandit", experiment, **others)


@pytest.mark.slow
@pytest.mark.answer("greedy")
@pytest.mark.answer("restless")
@pytest.mark.answer("optimistic")
def test_the_answers_about_exploration():
    usual, greedy, restless = lost(), lost("greedy"), lost("restless")
    assert greedy["best_arm"] == pytest.approx(0.36, abs=0.03)
    assert usual["best_arm"] == pytest.approx(0.80, abs=0.03)
    assert greedy["regret"] == pytest.approx(513, abs=25)
    assert greedy["late_regret"] == pytest.approx(252, abs=15)
    assert usual["regret"] == pytest.approx(231, abs=12)
    assert restless["regret"] == pytest.approx(783, abs=20)
    assert restless["best_arm"] == pytest.approx(0.51, abs=0.03)
    hopeful = lost("optimistic")
    assert hopeful["best_arm"] == pytest.approx(0.86, abs=0.03)
    assert hopeful["regret"] == pytest.approx(242, abs=12)
    assert hopeful["late_regret"] == pytest.approx(24, abs=5)


@pytest.mark.slow
@pytest.mark.answer("fading")
def test_the_answer_about_fading():
    best = lost("fading")
    assert best["regret"] == pytest.approx(154, abs=8) and best["late_regret"] < 18
    early, late = lost("fading", half_life=5), lost("fading", half_life=500)
    assert early["best_arm"] == pytest.approx(0.70, abs=0.03)
    assert early["regret"] == pytest.approx(159, abs=10)
    assert late["regret"] == pytest.approx(844, abs=20)


@pytest.mark.slow
@pytest.mark.answer("cautious")
@pytest.mark.answer("drifting")
@pytest.mark.answer("fading")
def test_the_answers_about_many_pulls():
    little, usual = lost("cautious"), lost(epochs=250)
    assert lost()["regret_0.01"] == pytest.approx(344, abs=20)
    assert little["regret"] == pytest.approx(740, abs=35)
    assert usual["regret"] == pytest.approx(872, abs=35)
    assert lost("drifting")["best_arm"] == pytest.approx(0.48, abs=0.05)
    assert lost("following")["best_arm"] == pytest.approx(0.76, abs=0.04)
    assert lost("fading", epochs=250, half_life=5)["regret"] == pytest.approx(656, abs=40)
    assert lost("fading", epochs=250)["regret"] == pytest.approx(247, abs=25)
