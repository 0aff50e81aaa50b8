"""Two readers: the data, the states by hand, the exact beliefs, the views, the page."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from measuring import trained

from lessons.bidirectional_rnn import LESSON
from lessons.bidirectional_rnn.model import UNSEEN, data, model
from lessons.bidirectional_rnn.views import (
    around,
    best_belief,
    evidence,
    probability,
    read,
    right_by_distance,
    sigmoid,
    through,
    with_a_flip,
)
from tui_dl.engine.session import Session

RNG = np.random.default_rng
READS = ("both", "forward")


def settings(**values):
    return LESSON.parameters.of({"units": 5, "steps": 12, "sequences": 100, **values})


def network(p):
    """Return a model with random weights and biases, and its data."""
    sets = data(p, RNG(0))
    net = model(p, sets)
    rng = RNG(1)
    net.set_weights([rng.normal(size=w.shape) for w in net.get_weights()])
    return net, sets


@pytest.mark.parametrize("shift", [-4, 0, 5])
def test_the_answer_is_the_signal_so_many_steps_later(shift):
    sets = data(settings(shift=shift, noise=0.1, flips=0.2), RNG(0))
    assert sets.x.shape == sets.y.shape == (100, 12, 1) and sets.held_out.x.shape == (UNSEEN, 12, 1)
    signal = (sets.x[..., 0] > 0).astype(int)
    asked = sets.y[..., 0]
    overlap = {
        0: (signal, asked),
        -4: (signal[:, :-4], asked[:, 4:]),
        5: (signal[:, 5:], asked[:, :-5]),
    }
    assert np.array_equal(*overlap[shift])


def test_noise_and_flips_are_those_asked_for():
    p = settings(noise=2.0, flips=0.1, steps=100, sequences=400)
    sets = data(p, RNG(0))
    s = 2 * sets.y[..., 0] - 1
    assert (sets.x[..., 0] - s).std() == pytest.approx(2, rel=0.02)
    assert (s[:, 1:] != s[:, :-1]).mean() == pytest.approx(0.1, rel=0.1)
    assert abs(s.mean()) < 0.1 and abs(s[:, 0].mean()) < 0.2


@pytest.mark.parametrize("reads, units, count", [("both", 16, 576), ("forward", 23, 575)])
def test_parameter_counts(reads, units, count):
    p = settings(reads=reads, units=units)
    net = model(p, data(p, RNG(0)))
    outputs = units * (2 if reads == "both" else 1) + 1
    assert [layer.count_params() for layer in net.layers] == [count, outputs]
    assert f"= {count}" in LESSON.theory()


@pytest.mark.parametrize("reads", READS)
def test_probabilities_by_hand_are_the_models(reads):
    net, sets = network(settings(reads=reads))
    mine = probability(net, sets.held_out.x[:4], settings(reads=reads))
    assert np.allclose(mine, np.asarray(net(sets.held_out.x[:4]))[..., 0], atol=1e-5)


def test_each_reader_knows_its_own_side_alone():
    p = settings()
    net, sets = network(p)
    x = sets.held_out.x[:1].copy()
    before = read(net, x, p)[0]
    x[0, 6] += 1
    change = np.abs(read(net, x, p)[0] - before) > 1e-7
    forward, backward = change[:, :5].any(axis=1), change[:, 5:].any(axis=1)
    assert not forward[:6].any() and forward[6] and not backward[7:].any() and backward[6]


def every_signal(x, p, visible):
    """Return P(+1) of the target signal at each step, summed over every possible signal."""
    edge = abs(p.shift)
    steps = len(x) + 2 * edge
    signals = np.array(list(itertools.product([1.0, -1.0], repeat=steps)))
    turned = (signals[:, 1:] != signals[:, :-1]).sum(axis=1)
    prior = p.flips**turned * (1 - p.flips) ** (steps - 1 - turned)
    fit = np.exp(-((x - signals[:, edge : edge + len(x)]) ** 2) / (2 * p.noise**2))
    found = []
    for t in range(len(x)):
        weight = prior * fit[:, : visible(t)].prod(axis=1)
        found.append(weight[signals[:, edge + t + p.shift] > 0].sum() / weight.sum())
    return found


@pytest.mark.parametrize("reads", READS)
@limits(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.integers(-3, 3), flips=st.floats(0.01, 0.5))
def test_the_best_belief_is_exact(reads, seed, shift, flips):
    p = settings(steps=5, shift=shift, reads=reads, flips=flips, noise=0.8)
    x = RNG(seed).normal(0, 1.3, size=(1, 5, 1))
    visible = (lambda t: 5) if reads == "both" else (lambda t: t + 1)
    assert best_belief(x, p)[0] == pytest.approx(every_signal(x[0, :, 0], p, visible), abs=1e-6)


@pytest.mark.parametrize("flips", [0.0, 0.5])
def test_beliefs_stay_numbers_at_the_ends_of_the_range(flips):
    p = settings(flips=flips, noise=0.1, steps=200)
    assert np.isfinite(best_belief(data(p, RNG(0)).held_out.x, p)).all()


def test_both_ways_know_more_than_one_where_it_follows():
    limit = {}
    for reads, shift in itertools.product(READS, (5, -4)):
        p = settings(reads=reads, shift=shift, steps=40)
        limit[reads, shift] = LESSON.measure(None, data(p, RNG(0)), p)["limit"]
    assert limit["both", 5] > limit["forward", 5] + 0.1
    assert limit["both", -4] - limit["forward", -4] < 0.02


def test_shares_right_are_counted_from_the_flip():
    right = np.ones((1, 30), bool)
    right[0, 12:14] = False  # the flip is between steps 11 and 12
    flips = np.zeros((1, 29), bool)
    flips[0, 11] = True
    found = right_by_distance(right, flips)
    assert [d for d, share in found.items() if share < 1] == [0, 1] and min(found) == -8


@pytest.mark.parametrize("reads", READS)
def test_views_are_plain(reads):
    p = settings(reads=reads)
    net, sets = network(p)
    answers, denoised, flip = (view.draw(net, sets, p) for view in LESSON.views)
    json.dumps([answers, denoised, flip], allow_nan=False)
    heard, *readers, said, best = answers["rows"]
    assert [len(row["values"]) for row in (heard, *readers)] == [12] * (3 if reads == "both" else 2)
    assert all(0 <= y <= 1 for s in flip["series"] for y in s["y"])
    for row in (said, best):
        right = [w == t for w, t in zip(row["words"], answers["columns"], strict=True)]
        assert [mark == "✓" for mark in row["marks"]] == right
    sums = np.sum([row["values"] for row in readers], axis=0)
    assert ["+" if v > 0 else "−" for v in sums] == said["words"], "evidence of both adds up"
    assert [np.shape(panel["values"]) for panel in denoised["panels"]] == [(10, 12)] * 3


@pytest.mark.parametrize("reads", READS)
def test_the_readers_evidence_adds_up_to_the_log_odds(reads):
    p = settings(reads=reads)
    net, sets = network(p)
    net.layers[1].bias.assign([0.7])
    x = sets.held_out.x[:20]
    assert sigmoid(sum(evidence(net, x, p))) == pytest.approx(np.asarray(net(x))[..., 0], abs=1e-5)


def test_the_part_drawn_holds_a_flip():
    y = np.zeros((3, 40), bool)
    y[2, 21:] = True
    assert with_a_flip(y) == 2 and around(y[2]) == slice(13, 29)
    assert with_a_flip(y[:2]) == 0 and around(y[0]) == slice(12, 28)
    y[1, 2:] = True  # too early
    assert with_a_flip(y[:2]) == 0 and around(y[1]) == slice(0, 16)


def test_no_flip_is_no_error():
    p = settings(flips=0.0)
    net, sets = network(p)
    assert LESSON.views[2].draw(net, sets, p)["series"][0]["y"] == []
    assert len(LESSON.views[0].draw(net, sets, p)["columns"]) == 12


@pytest.mark.slow
def test_it_trains_in_a_session():
    events = []
    p = settings(units=8, steps=20, sequences=500, epochs=8, noise=0.5)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed"
    assert 0.9 < finished.metrics["val_accuracy"] < finished.metrics["limit"] + 0.01
    assert {e.view for e in events if e.kind == "snapshot"} == {"answers", "denoised", "flip"}


def test_worked_numbers_of_the_page():
    page = LESSON.theory()
    assert "= 0.82" in page and pytest.approx(0.82) == 0.9**2 + 0.1**2
    before = float(through(np.log(0.9 / 0.1), 0.1))
    assert before == pytest.approx(np.log(0.82 / 0.18)) and f"{before:.3f} in log-odds" in page
    one_way, both = before - 1, before - 1 - before
    assert f"sum is {one_way:.3f}" in page and both == pytest.approx(-1)
    assert f"{sigmoid(one_way):.3f}" in page and f"{sigmoid(both):.3f}" in page


def test_every_row_of_the_curriculum():
    assert LESSON.rows == ("001/brnn",)
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


def right(experiment="", **settings_):
    return trained("bidirectional-rnn", experiment, **settings_)["val_accuracy"]


@pytest.mark.slow
@pytest.mark.answer("ahead")
@pytest.mark.answer("behind")
def test_the_answers_about_shifted_targets():
    assert right("later") == pytest.approx(0.94, abs=0.015)
    assert right("later-one-way") == pytest.approx(0.75, abs=0.015)
    assert right("later-one-way", units=23) == pytest.approx(0.75, abs=0.015)
    late, both = right("earlier-one-way"), right(shift=-4)
    assert late == pytest.approx(0.945, abs=0.01) and both == pytest.approx(0.947, abs=0.01)


@pytest.mark.slow
@pytest.mark.answer("flip")
@pytest.mark.answer("cheat")
def test_the_answers_about_the_present_and_the_next_input():
    assert right("now-one-way") == pytest.approx(0.93, abs=0.01)
    assert right() == pytest.approx(0.96, abs=0.01)
    assert right("cheating") > 0.99
    assert right("cheating", reads="forward") == pytest.approx(0.95, abs=0.01)
