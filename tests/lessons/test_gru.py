"""Two gates: the step by hand against Keras, the two tasks, the views, the page."""

import json

import numpy as np
import pytest
from measuring import trained

from lessons.gru import LESSON
from lessons.gru.model import LONGER, UNSEEN, data, gru_step, model, sigmoid
from lessons.gru.views import best_line, trace
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

RNG = np.random.default_rng
CELLS = ("gru", "lstm")
TASKS = ("message", "counting")


def settings(**values):
    return LESSON.parameters.of({"units": 5, "steps": 12, "sequences": 100, **values})


def network(p, seed=0):
    """Return a model with random weights and biases, and its data."""
    sets = data(p, RNG(seed))
    net = model(p, sets)
    rng = RNG(seed + 1)
    net.set_weights([0.5 * rng.normal(size=w.shape) for w in net.get_weights()])
    return net, sets


def test_the_message_comes_first_and_alone():
    sets = data(settings(), RNG(0))
    assert sets.x.shape == (100, 12, 2) and sets.y.shape == (100, 1)
    assert sets.held_out.x.shape == (UNSEEN, 12, 2)
    assert np.array_equal(sets.x[:, 0, 0], 2 * sets.y[:, 0] - 1) and not sets.x[:, 1:, 0].any()
    assert sets.held_out.x[..., 1].std() == pytest.approx(2, rel=0.1)
    assert 0.3 < sets.y.mean() < 0.7


def test_rooms_are_counted():
    sets = data(settings(task="counting", steps=40), RNG(0))
    assert sets.held_out.x.shape == (UNSEEN, LONGER * 40, 2) and sets.held_out.y.shape[1:] == (
        160,
        1,
    )
    people = np.cumsum(sets.held_out.x[..., 0] - sets.held_out.x[..., 1], axis=1)
    assert people.min() == 0 and not (sets.held_out.x.sum(axis=-1) > 1).any()
    assert np.array_equal(sets.held_out.y[..., 0], people == 0)
    seen = np.cumsum(sets.x[..., 0] - sets.x[..., 1], axis=1).max()
    assert people.max() > seen + 10, "crowds larger than any shown in training"
    assert 0.1 < sets.y.mean() < 0.6


@pytest.mark.parametrize("cell, count", [("gru", 13056), ("lstm", 17152)])
def test_parameter_counts(cell, count):
    p = settings(cell=cell, units=64)
    net = model(p, data(p, RNG(0)))
    assert [layer.count_params() for layer in net.layers] == [count, 65]
    assert f"= {count:,}" in LESSON.theory()
    assert LESSON.measure(net, data(p, RNG(0)), p) == {"weights": count}


@pytest.mark.parametrize("cell", CELLS)
def test_keep_bias_opens_the_gate_that_keeps(cell):
    p = settings(cell=cell, keep_bias=2.0)
    net, sets = model(p, data(p, RNG(0))), data(p, RNG(0))
    still = np.zeros_like(sets.x[:1, :1])
    gates = {name: values[0, 0] for name, values in trace(net, still, p).items()}
    keeps, others = {"gru": ("z", "r"), "lstm": ("f", "io")}[cell]
    assert gates[keeps] == pytest.approx(np.full(5, sigmoid(np.array(2.0))))
    assert all(gates[name] == pytest.approx(np.full(5, 0.5)) for name in others)


@pytest.mark.parametrize("cell", CELLS)
def test_the_steps_by_hand_give_the_models_answers(cell):
    p = settings(cell=cell, task="counting")
    net, sets = network(p)
    w, b = (np.asarray(v) for v in net.layers[1].weights)
    h = trace(net, sets.held_out.x[:4], p)["h"]
    assert h.shape == (48, 4, 5)
    answers = sigmoid(h @ w + b).transpose(1, 0, 2)
    assert np.allclose(answers, np.asarray(net(sets.held_out.x[:4])), atol=1e-5)


def test_a_gru_never_leaves_its_range_and_an_lstms_cell_state_does():
    x = np.zeros((1, 60, 2), "float32")
    x[..., 0] = 1
    for cell, kept in (("gru", "h"), ("lstm", "c")):
        p = settings(cell=cell)
        net, _ = network(p)
        net.set_weights([4 * np.abs(w) for w in net.get_weights()])
        largest = np.abs(trace(net, x, p)[kept]).max()
        assert largest <= 1 if cell == "gru" else largest > 20


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cell", CELLS)
def test_views_are_plain_and_show_the_traced_steps(cell, task):
    p = settings(cell=cell, task=task, units=20)
    net, sets = network(p)
    gates, reading, state = (view.draw(net, sets, p) for view in LESSON.views)
    json.dumps([gates, reading, state], allow_nan=False)
    rows = {row["name"]: row for row in gates["rows"] if "name" in row}
    shown = [int(t) for t in gates["columns"]]
    unit, kept = int(gates["title"].split()[1]) - 1, "h" if cell == "gru" else "c"
    steps = {k: v[:, 0] for k, v in trace(net, sets.held_out.x[:1], p).items()}
    told = {k: v[shown, unit] for k, v in steps.items()}
    if cell == "gru":
        told["1−z"] = 1 - told["z"]
    names = {"gru": ("z", "1−z", "r"), "lstm": ("f", "i", "o")}[cell]
    bars = {row["name"].split()[-1]: row["values"] for row in gates["rows"] if row.get("bars")}
    assert tuple(bars) == names
    assert all(bars[name] == pytest.approx(told[name]) for name in names)
    assert rows[f"state {kept}"]["values"] == pytest.approx(told[kept])
    length = len(steps[kept])
    assert np.shape(state["values"]) == (16, min(length, 36)) and state["high"] == -state["low"]
    assert float(state["title"].split("= ")[1]) >= np.abs(state["values"]).max() - 0.005
    right = reading["series"][0]["y"]
    assert len(set(right)) == 1 if task == "message" else min(right) >= 0 and max(right) > 1
    assert len(right) == length == len(reading["series"][1]["y"])


@pytest.mark.parametrize("task", TASKS)
def test_the_answers_drawn_are_the_models(task):
    p = settings(task=task)
    net, sets = network(p)
    gates = LESSON.views[0].draw(net, sets, p)
    rows = {row["name"]: row for row in gates["rows"] if "name" in row}
    y = np.asarray(net(sets.held_out.x[:1])).ravel()
    shown = [int(t) for t in gates["columns"]]
    if task == "message":
        says, right = y[-1:] > 0.5, sets.held_out.y[0] == 1
        assert rows["message"]["words"][0] == ("+1" if right[0] else "−1")
    else:
        says, right = y[shown] > 0.5, sets.held_out.y[0, shown, 0] == 1
        assert [n == "0" for n in rows["people"]["words"]] == right.tolist()
        assert rows["people"]["words"][-3] == "0" and rows["comes"]["words"][-3] == "−1"
    yes, no = ("+", "−") if task == "message" else ("0", "≥1")
    count = len(says)
    assert rows["answer"]["words"][-count:] == [yes if each else no for each in says]
    assert rows["answer"]["marks"][-count:] == ["✓" if each else "✗" for each in says == right]


def test_a_reading_is_the_best_straight_line():
    rows = RNG(0).normal(size=(80, 4))
    wanted = RNG(1).normal(size=80)
    expected = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    assert best_line(rows, wanted) == pytest.approx(expected, abs=1e-6)


def test_counted_is_the_share_of_faultless_sequences():
    class Guess:
        layers = model(settings(), data(settings(), RNG(0))).layers

        def __call__(self, x, training=False):
            people = np.cumsum(x[..., 0] - x[..., 1], axis=1)
            answers = (people == 0).astype("float32")
            answers[:50, -1] = 1 - answers[:50, -1]
            return answers[..., None]

    p = settings(task="counting")
    assert LESSON.measure(Guess(), data(p, RNG(0)), p)["counted"] == 1 - 50 / UNSEEN


@pytest.mark.slow
def test_it_trains_in_a_session():
    events = []
    p = settings(units=16, sequences=500, epochs=8)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["val_accuracy"] > 0.95
    assert {e.view for e in events if e.kind == "snapshot"} == {"gates", "state", "reading"}


def test_worked_numbers_of_the_page():
    page = LESSON.theory()
    state = {"h": np.array([[0.5]])}
    u, v = np.array([np.log(9), 0, -50.0]), np.zeros(3)  # z = 0.9, r = ½, g = −1
    h = gru_step(state, np.zeros((1, 1)), np.zeros((1, 3)), np.zeros((1, 3)), np.array([u, v]))["h"]
    assert h[0, 0] == pytest.approx(0.35) and "= 0.35" in page
    z = float(sigmoid(np.array(3.0)))
    assert f"{z:.3f}" in page and f"{z**39:.3f} of the message" in page
    assert f"{13056 / 17152:.0%}".replace("%", " %") in page
    assert f"{1 - 3 / 160:.0%}".replace("%", " %") in page


def test_every_row_of_the_curriculum():
    assert LESSON.rows == ("001/gru",)
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


def outcome(seconds, **finals):
    return Outcome(tuple(finals | {"seconds": each} for each in seconds))


def test_the_claim_can_fail():
    (claim,) = (c for e in LESSON.experiments for c in e.claims)
    arms = {
        "this": outcome([2.0, 5.0, 5.0], val_accuracy=1.0, weights=13056),  # two were held up
        "lstm": outcome([2.5, 2.5, 2.5], val_accuracy=1.0, weights=17152),
        "gru counts": outcome([1.0], counted=0.4),
        "lstm counts": outcome([1.0], counted=0.8),
    }
    assert claim.check(arms)
    assert not claim.check(arms | {"this": outcome([2.6], val_accuracy=1.0, weights=13056)})
    assert not claim.check(arms | {"this": outcome([2.0], val_accuracy=0.9, weights=13056)})
    assert not claim.check(arms | {"lstm counts": outcome([1.0], counted=0.5)})


@pytest.mark.slow
@pytest.mark.answer("cells")
@pytest.mark.answer("half-open")
def test_the_answers_about_the_message():
    assert trained("gru", "message")["val_accuracy"] > 0.99
    assert trained("gru", "lstm")["val_accuracy"] > 0.99
    ends = [trained("gru", "half-open", seed=s)["val_accuracy"] for s in (0, 1, 2)]
    assert max(ends) > 0.95 and sorted(ends)[1] < 0.6


@pytest.mark.slow
@pytest.mark.answer("counting")
@pytest.mark.answer("flattering")
def test_the_answers_about_counting():
    gru, lstm = (trained("gru", name) for name in ("counting-gru", "counting-lstm"))
    assert gru["val_accuracy"] > 0.9 and gru["counted"] < 0.6
    assert lstm["counted"] > gru["counted"] + 0.2
