"""Value learning: worlds against gymnasium and by hand, updates, whole runs, the page."""

import itertools
import json

import numpy as np
import pytest
from measuring import trained as measured

from lessons.value_learning import LESSON
from lessons.value_learning import model as values
from lessons.value_learning.experiments import GRID
from lessons.value_learning.model import Learners
from lessons.value_learning.views import measure
from lessons.value_learning.worlds import ARROWS, best_values, greedy_path, world
from tui_dl.engine.control import Control
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
UP, RIGHT, DOWN, LEFT = range(4)
CLAIMS = {c.row: c for e in LESSON.experiments for c in e.claims}


def settings(**others):
    return LESSON.parameters.of(others)


def trained(seed=0, **others):
    finished = Session(LESSON, settings(**others), seed=seed, emit=lambda e: None, views=False)
    return finished.run().metrics


class Live:
    """The part of the loop that an episode uses."""

    def __init__(self, p):
        self.p = p

    def live(self, name):
        assert LESSON.parameters.field(name).live
        return getattr(self.p, name)


def episode(p, learners, seed=0):
    method = values.afterwards if p.method == "monte-carlo" else values.online
    return method(learners, p, Live(p), np.random.default_rng(seed))


def follow(w, *actions):
    state, rewards, over = w.start, [], False
    for a in actions:
        assert not over
        rewards.append(float(w.reward[state, a]))
        state, over = int(w.following[state, a]), bool(w.ends[state, a])
    return state, rewards, over


# --- the worlds ------------------------------------------------------------------------------


def test_rows():
    topics = {"001/rl-elements", "001/value-functions"}
    claims = {"001/q-learning", "001/sarsa", "001/monte-carlo", "000/q-learning"}
    assert set(LESSON.teaches) == topics and set(CLAIMS) == claims


def test_the_cliff_is_gymnasiums():
    import gymnasium

    made, w, rng = gymnasium.make("CliffWalking-v1"), world("cliff"), np.random.default_rng(0)
    state, _ = made.reset(seed=0)
    assert state == w.start
    for _ in range(3000):
        a = int(rng.integers(4))
        following, r, over, _, _ = made.step(a)
        assert (w.following[state, a], w.reward[state, a], w.ends[state, a]) == (following, r, over)
        state = made.reset()[0] if over else following


def test_the_grid_by_hand():
    w = world("grid")
    assert follow(w, UP, UP, RIGHT, RIGHT, RIGHT) == (3, [0, 0, 0, 0, 1], True)
    assert follow(w, RIGHT, RIGHT, UP, RIGHT) == (7, [0, 0, 0, -1], True)
    assert follow(w, UP, RIGHT, LEFT, DOWN, DOWN, RIGHT, UP) == (9, [0.0] * 7, False)  # wall, edges
    assert w.ends.sum() == np.count_nonzero(w.reward) == 3  # one way to the goal, two into the pit


@pytest.mark.parametrize(("name", "discount", "start", "moves"), [
    ("cliff", 1.0, -13, 13), ("grid", 0.9, 0.6561, 5), ("grid", 0.5, 0.0625, 5),
])  # fmt: skip
def test_the_best_values(name, discount, start, moves):
    w = world(name)
    Q = best_values(w, discount)
    assert Q[w.start].max() == pytest.approx(start)
    assert len(greedy_path(w, Q)) - 1 == moves
    ahead = np.where(w.ends, 0, Q.max(axis=1)[w.following])
    np.testing.assert_allclose(Q, w.reward + discount * ahead)


def test_a_path_that_never_ends_is_cut():
    w = world("grid")
    assert len(greedy_path(w, np.zeros((12, 4)), most=30)) == 31


def test_data_are_the_cells():
    data = values.data(settings(**GRID), np.random.default_rng(0))
    kinds = [data.classes[k] for k in data.y]
    assert data.x.shape == (12, 2) and data.x[5].tolist() == [1, 1] and kinds[5] == "wall"
    assert kinds[8] == "start" and kinds[3] == "goal" and kinds[7] == "danger"
    cliff = values.data(settings(), np.random.default_rng(0))
    assert (cliff.y == 3).sum() == 10 and cliff.x[36].tolist() == [3, 0]


# --- updates ---------------------------------------------------------------------------------


def test_choices_are_greedy_with_ties_by_chance():
    learners = Learners(settings(learners=400), world("cliff"))
    learners.Q[:, 5] = [0, 1, 1, -3]
    rng, s = np.random.default_rng(0), np.full(400, 5)
    shares = np.bincount(values.choose(learners, s, 0.0, rng), minlength=4) / 400
    assert shares == pytest.approx([0, 0.5, 0.5, 0], abs=0.1)
    mixed = [values.choose(learners, s, 0.4, rng) for _ in range(20)]
    assert np.bincount(np.ravel(mixed)) / 8000 == pytest.approx([0.1, 0.4, 0.4, 0.1], abs=0.02)


@pytest.mark.parametrize("method", ["q-learning", "sarsa"])
def test_an_episode_of_updates_one_at_a_time(method):
    """The vectorized episode matches plain loops over one learner's walk."""
    p = settings(method=method, learners=3, learning_rate=0.3, discount=0.9, epsilon=0.2)
    learners, w = Learners(p, world("cliff")), world("cliff")
    learners.Q[:] = np.random.default_rng(5).normal(size=learners.Q.shape)
    wanted = learners.Q.copy()
    made, walk, choose = learners, [], values.choose

    def spy(learners, s, epsilon, rng):
        a = choose(learners, s, epsilon, rng)
        walk.append((s.copy(), a.copy()))
        return a

    values.choose = spy
    try:
        total = episode(p, made)
    finally:
        values.choose = choose
    for each in range(3):
        paid = 0.0
        for (s, a), (s2, a2) in itertools.pairwise(walk):
            i, j, k, b = s[each], a[each], s2[each], a2[each]
            Q = wanted[each]
            ahead = Q[k].max() if method == "q-learning" else Q[k, b]
            ahead = 0 if w.ends[i, j] else ahead
            Q[i, j] += 0.3 * (w.reward[i, j] + 0.9 * ahead - Q[i, j])
            paid += w.reward[i, j]
            if w.ends[i, j]:
                break
        assert total[each] == pytest.approx(paid)
    np.testing.assert_allclose(made.Q, wanted, atol=1e-12)


def test_monte_carlo_moves_values_to_the_returns_that_followed():
    """On the forced path up, up, right, right, right the returns are powers of the discount."""
    p = settings(**GRID, method="monte-carlo", epsilon=0.0, learning_rate=0.5, learners=2)
    learners, w = Learners(p, world("grid")), world("grid")
    for s, a in ((8, UP), (4, UP), (0, RIGHT), (1, RIGHT), (2, RIGHT)):
        learners.Q[:, s, a] = 1e-3
    assert episode(p, learners).tolist() == [1, 1]
    for moves, (s, a) in enumerate(((2, RIGHT), (1, RIGHT), (0, RIGHT), (4, UP), (8, UP))):
        assert learners.Q[0, s, a] == pytest.approx(0.5 * 0.9**moves + 0.5e-3)
    assert np.count_nonzero(learners.Q[0]) == 5 and w.start == 8


def test_an_episode_is_broken_off():
    p = settings(**GRID, method="monte-carlo", epsilon=0.0, learners=1)
    learners = Learners(p, world("grid"))
    learners.Q[:, :, LEFT] = 1.0  # runs into the edge for ever
    assert episode(p, learners).tolist() == [0]
    p = settings(epsilon=0.0, learners=1)
    learners = Learners(p, world("cliff"))
    learners.Q[:, :, LEFT] = 1e6
    assert episode(p, learners).tolist() == [-200]


# --- whole runs ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cliff():
    """Run both methods on the cliff with the lesson's settings, fewer episodes and learners."""
    few = {"epochs": 300, "learners": 30}
    return {m: trained(method=m, **few) for m in ("q-learning", "sarsa")}


@pytest.mark.slow
def test_the_cliff_tells_the_two_apart(cliff):
    q, sarsa = cliff["q-learning"], cliff["sarsa"]
    assert q["path"] == 13 and q["greedy_return"] == -13 and sarsa["path"] >= 15
    assert sarsa["return"] > q["return"] + 10


@pytest.mark.slow
def test_checks_of_the_claims_tell_right_from_wrong(cliff):
    q, sarsa = (Outcome((cliff[m],)) for m in ("q-learning", "sarsa"))
    assert CLAIMS["001/q-learning"].check({"this": q, "sarsa": sarsa})
    assert not CLAIMS["001/q-learning"].check({"this": sarsa, "sarsa": q})
    assert CLAIMS["001/sarsa"].check({"this": sarsa, "q-learning": q})
    assert not CLAIMS["001/sarsa"].check({"this": q, "q-learning": sarsa})


def test_q_learning_finds_the_best_values_and_sarsa_its_own():
    q, sarsa = trained(**GRID), trained(**GRID, method="sarsa")
    assert q["error"] < 0.01 and q["path"] == 5
    assert 0.02 < sarsa["error"] < 0.2 and sarsa["start_value"] < 0.6561


def test_after_one_episode():
    p = {**GRID, "epochs": 1}
    moved = {m: trained(method=m, **p)["moved"] for m in ("q-learning", "sarsa", "monte-carlo")}
    assert moved["q-learning"] == moved["sarsa"] == 1 and moved["monte-carlo"] >= 5


def test_epsilon_set_live_ends_the_falls():
    control, events = Control(), []

    def emit(event):
        events.append(event)
        if event.kind == "progress" and event.step == 250:
            control.set("epsilon", 0.0)

    p = settings(epochs=400, learners=10)
    Session(LESSON, p, emit=emit, control=control, views=False).run()
    returns = [e.metrics["episode_return"] for e in events if e.kind == "epoch"]
    assert min(returns[200:250]) < -30  # falls
    assert min(returns[-50:]) > -20 and np.mean(returns[-50:]) > -14


@pytest.mark.slow
def test_same_seed_same_numbers():
    first, again, other = (trained(seed, epochs=5, learners=3) for seed in (1, 1, 2))
    assert first == again != other


def test_pictures():
    for other in ({}, GRID):
        p = settings(**other)
        data, w = values.data(p, np.random.default_rng(0)), world(p.world)
        learners = Learners(p, w)
        learners.Q[:] = best_values(w, p.discount)
        shots = {v.name: v.draw(learners, data, p) for v in LESSON.views}
        json.dumps(shots)
        world_shown = shots["policy"]
        start = divmod(w.start, w.shape[1])
        assert world_shown["values"][start[0]][start[1]] == learners.Q[0, w.start].max()
        assert [len(row) for row in world_shown["moves"]] == [w.shape[1]] * w.shape[0]
        assert world_shown["path"][0] == list(start)
        along = np.array(shots["actions"]["values"])
        path = [row * w.shape[1] + column for row, column in world_shown["path"][:-1]]
        assert np.array_equal(along, learners.Q[0][path[: along.shape[1]]].T)
        assert measure(learners, data, p)["error"] == 0
    assert world_shown["title"] == "greedy path: 5 moves"
    assert world_shown["moves"][0] == ["→", "→", "→", ""]
    assert world_shown["cells"] == [
        ["", "", "", "goal"], ["", "wall", "", "danger"], ["start", "", "", ""],
    ]  # fmt: skip
    assert world_shown["values"][0][:3] == pytest.approx([0.81, 0.9, 1.0])
    assert world_shown["values"][1][1] is None and world_shown["moves"][2][0] in ARROWS


# --- the page --------------------------------------------------------------------------------


def test_worked_numbers():
    for ahead, target, new in ((-8, -9, -9.9), (-100, -101, -19.1)):
        assert -1 + ahead == target and -10 + 0.1 * (target + 10) == pytest.approx(new)
        assert f"{target} | {new} |".replace("-", "−") in PAGE
    assert f"{1 - (1 - 0.1 / 4) ** 10:.3f}" == "0.224" and "0.224" in PAGE and "0.025" in PAGE
    assert [round(0.9**n, 4) for n in range(5)] == [1, 0.9, 0.81, 0.729, 0.6561]
    assert "1, 0.9, 0.81, 0.729 and 0.6561" in " ".join(PAGE.split())


def test_value_iteration_by_hand():
    """The drawing shows the sweeps, in hundredths."""
    w, V, seen = world("grid"), np.zeros(12), {}
    for sweep in range(1, 7):
        V = (w.reward + 0.9 * ~w.ends * V[w.following]).max(axis=1) * (w.kinds < 2)
        seen[sweep] = V
    assert np.array_equal(seen[5], seen[6])
    for sweep, row in ((1, 0), (2, 0), (5, 2)):
        cells = [f"{v:.2f}".lstrip("0") if 0 < v < 1 else f"{v:.0f}" for v in seen[sweep]]
        shown = "│".join(f"{cell:^4}" for cell in cells[4 * row : 4 * row + 3])
        assert shown.replace(" ", "") in PAGE.replace(" ", "")
    assert seen[5][8] == pytest.approx(0.6561) and seen[1].sum() == 1


def test_state_values_are_weighted_action_values():
    """The relations of V and Q hold for the values of an ε-greedy policy on the grid."""
    w, best = world("grid"), best_values(world("grid"), 0.9)
    pi = np.full((12, 4), 0.025)
    pi[np.arange(12), best.argmax(axis=1)] += 0.9
    V = np.zeros(12)
    for _ in range(500):
        Q = w.reward + 0.9 * ~w.ends * V[w.following]
        V = (pi * Q).sum(axis=1)
    assert 0.5 < V[8] < best[8].max() == pytest.approx(0.6561)


@pytest.mark.slow
@pytest.mark.answer("cliff")
@pytest.mark.answer("whole-episodes")
def test_the_answers_on_the_cliff():
    for seed in (0, 1, 2):
        q, sarsa, carlo = (
            measured("value-learning", name, seed) for name in ("edge", "safe", "whole-episodes")
        )
        assert (q["path"], sarsa["path"]) == (13, 15)
        assert q["return"] == pytest.approx(-50, abs=4)
        assert sarsa["return"] == pytest.approx(-23, abs=2)
        assert carlo["path"] == pytest.approx(19, abs=2) and -115 < carlo["return"] < -60


@pytest.mark.slow
@pytest.mark.answer("first-episode")
@pytest.mark.answer("grid")
def test_the_answers_on_the_grid():
    assert 12 <= measured("value-learning", "first-episode")["moved"] <= 18
    for method in ("q-learning", "sarsa"):
        assert measured("value-learning", "grid", epochs=1, method=method)["moved"] == 1
    q, sarsa = (measured("value-learning", name) for name in ("grid", "grid-sarsa"))
    assert q["path"] == sarsa["path"] == 5
    assert q["start_value"] == pytest.approx(0.656, abs=0.001)
    assert sarsa["start_value"] == pytest.approx(0.57, abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("no-trials")
@pytest.mark.answer("impatient")
def test_the_answers_without_random_steps_and_with_a_short_horizon():
    assert measured("value-learning", "no-trials", method="sarsa")["path"] == 13
    short = measured("value-learning", "impatient")
    assert short["path"] == 13 and short["start_value"] == pytest.approx(-1.9998, abs=1e-4)
    best = np.sort(best_values(world("cliff"), 0.5)[36])
    assert best[-1] - best[-2] == pytest.approx(0.0001, abs=0.00005)


@pytest.mark.slow
@pytest.mark.answer("no-trials")
@pytest.mark.parametrize(("episodes", "moves"), [(50, 13), (300, 15)])
def test_the_answer_about_random_steps_that_end(episodes, moves):
    control = Control()

    def emit(event):
        if event.kind == "progress" and event.step == episodes:
            control.set("epsilon", 0.0)

    p = settings(**LESSON.experiment("safe").settings)
    run = Session(LESSON, p, seed=0, emit=emit, control=control, views=False).run()
    assert run.metrics["path"] == moves
