"""The gates: the peephole cell against Keras and finite differences, the traces, the page."""

import json

import numpy as np
import pytest
from measuring import trained

from lessons.lstm import LESSON
from lessons.lstm.model import PeepholeLSTMCell, data, model
from lessons.lstm.views import carousel, left_by_lag, plain_chain, plain_states, sigmoid, trace
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

RNG = np.random.default_rng
CELLS = ("lstm", "peephole", "simple_rnn")


def settings(**values):
    return LESSON.parameters.of(values)


def network(p, seed=0):
    """Return a model with random weights, biases and peepholes, and its data."""
    sets = data(p, RNG(seed))
    net = model(p, sets)
    rng = RNG(seed + 1)
    net.set_weights([0.5 * rng.normal(size=w.shape) for w in net.get_weights()])
    return net, sets


def test_the_message_comes_first_and_alone():
    sets = data(settings(lag=7, sequences=300), RNG(0))
    assert sets.x.shape == (300, 8, 2) and sets.y.shape == (300, 1)
    assert sets.held_out.x.shape == (1000, 8, 2) and sets.held_out.y.shape == (1000, 1)
    assert np.array_equal(sets.x[:, 0, 0], 2 * sets.y[:, 0] - 1) and not sets.x[:, 1:, 0].any()
    assert sets.held_out.x[..., 1].std() == pytest.approx(2, rel=0.05)
    assert 0.4 < sets.held_out.y.mean() < 0.6


COUNTS = {"simple_rnn": 304, "lstm": 1216, "peephole": 1264}


@pytest.mark.parametrize("cell", CELLS)
def test_parameter_counts(cell):
    p = settings(cell=cell, lag=3)
    net = model(p, data(p, RNG(0)))
    assert [layer.count_params() for layer in net.layers] == [COUNTS[cell], 17]
    page = LESSON.theory()
    assert "= 304" in page and "1216" in page and "3 · 16 = 48" in page


@pytest.mark.parametrize("cell", ["lstm", "peephole"])
def test_forget_bias_opens_the_forget_gate_alone(cell):
    p = settings(cell=cell, lag=3, units=4, forget_bias=3.0)
    bias = np.asarray(model(p, data(p, RNG(0))).layers[0].cell.bias)
    assert bias.tolist() == [0] * 4 + [3] * 4 + [0] * 8


def test_without_peepholes_the_cell_is_keras_lstm():
    import keras

    x = RNG(0).normal(size=(6, 9, 2)).astype("float32")
    ours = keras.layers.RNN(PeepholeLSTMCell(5), return_sequences=True)
    theirs = keras.layers.LSTM(5, return_sequences=True)
    ours.build(x.shape)
    theirs.build(x.shape)
    weights = [RNG(1).normal(size=w.shape) for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights([*weights, *np.zeros((3, 5))])
    assert np.allclose(np.asarray(ours(x)), np.asarray(theirs(x)), atol=1e-5)
    ours.set_weights([*weights, *np.ones((3, 5))])
    assert not np.allclose(np.asarray(ours(x)), np.asarray(theirs(x)), atol=1e-2)


def test_the_peephole_cells_gradient_equals_finite_differences():
    import keras
    import tensorflow as tf

    x = tf.constant(RNG(0).normal(size=(4, 6, 2)))
    cell = PeepholeLSTMCell(3, dtype="float64")
    layer = keras.layers.RNN(cell, dtype="float64")
    layer.build(x.shape)
    rng = RNG(1)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    with tf.GradientTape() as tape:
        E = tf.reduce_sum(layer(x) ** 2)
    slopes = tape.gradient(E, [w.value for w in layer.trainable_weights])
    assert len(slopes) == 6
    for weight, slope in zip(layer.trainable_weights, slopes, strict=True):
        along = rng.normal(size=weight.shape)
        start = np.asarray(weight)
        ends = []
        for by in (1e-6, -1e-6):
            weight.assign(start + by * along)
            ends.append(float(tf.reduce_sum(layer(x) ** 2)))
        weight.assign(start)
        expected = (ends[0] - ends[1]) / 2e-6
        assert abs(expected) > 1e-6
        assert float(np.sum(np.asarray(slope) * along)) == pytest.approx(
            expected, rel=1e-5, abs=1e-8
        )


@pytest.mark.parametrize("cell", CELLS)
def test_the_traced_states_give_the_models_answer(cell):
    p = settings(cell=cell, lag=12, units=5)
    net, sets = network(p)
    w, b = (np.asarray(v) for v in net.layers[1].weights)
    for x in sets.held_out.x[:4]:
        h = trace(net, x, p)["h"]
        assert h.shape == (13, 5)
        assert sigmoid(h[-1] @ w + b) == pytest.approx(np.asarray(net(x[None]))[0], abs=1e-5)


def test_carousel_is_the_product_of_forget_gates():
    f = RNG(0).uniform(0.5, 1, size=(6, 1))
    assert carousel(f) == pytest.approx([np.prod(f[6 - k :]) for k in range(6)])
    assert carousel(np.ones((51, 3))) == pytest.approx(np.ones(51))


def test_the_cell_state_forgets_by_its_forget_gates():
    p = settings(cell="lstm", lag=9, units=4)
    net, sets = network(p)
    steps = trace(net, sets.held_out.x[0], p)
    taken_in = steps["c"][1:] - steps["f"][1:] * steps["c"][:-1]
    assert (np.abs(taken_in) <= steps["i"][1:] + 1e-9).all()
    assert left_by_lag(net, sets.held_out.x[0], p) == pytest.approx(carousel(steps["f"]))


def test_plain_chain_is_the_slope_of_the_last_state():
    p = settings(cell="simple_rnn", lag=6, units=3)
    net, sets = network(p)
    W_in, W, b = (np.asarray(w, "float64") for w in net.layers[0].weights)
    x = sets.held_out.x[0].astype("float64")
    h = plain_states(x, W_in, W, b)

    def last(state, lag):
        for t in range(7 - lag, 7):
            state = np.tanh(x[t] @ W_in + state @ W + b)
        return state

    for lag in range(7):
        nudges = 1e-6 * np.eye(3)
        slope = [(last(h[6 - lag] + n, lag) - last(h[6 - lag] - n, lag)) / 2e-6 for n in nudges]
        expected = np.sqrt(np.sum(np.square(slope)) / 3)
        assert plain_chain(h, W)[lag] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_views_are_plain_and_show_the_traced_steps(cell):
    p = settings(cell=cell, lag=9, units=5)
    net, sets = network(p)
    gates, kept, gradient = (view.draw(net, sets, p) for view in LESSON.views)
    json.dumps([gates, kept, gradient], allow_nan=False)
    rows = {row["name"]: row for row in gates["rows"] if "name" in row}
    steps = trace(net, sets.held_out.x[0], p)
    unit = int(gates["title"].split()[1].strip(":")) - 1
    state = "h" if cell == "simple_rnn" else "c"
    assert rows[f"state {state}"]["values"] == pytest.approx(steps[state][:, unit])
    shown = {name[-1]: row["values"] for name, row in rows.items() if row.get("bars")}
    assert set(shown) == (set() if cell == "simple_rnn" else set("ifo"))
    assert all(values == pytest.approx(steps[gate][:, unit]) for gate, values in shown.items())
    assert all(s["y"][0] == pytest.approx(1) and len(s["y"]) == 10 for s in gradient["series"])
    assert LESSON.measure(net, sets, p)["gradient_left"] > 0


@pytest.mark.parametrize("cell", CELLS)
def test_the_answers_drawn_are_the_models(cell):
    p = settings(cell=cell, lag=60, units=5)
    net, sets = network(p)
    gates, kept, _ = (view.draw(net, sets, p) for view in LESSON.views)
    y = np.asarray(net(sets.held_out.x))[:, 0]
    said = sets.held_out.y[:, 0] == 1
    rows = [*np.flatnonzero(said)[:10], *np.flatnonzero(~said)[:10]]
    values = np.array(kept["values"])
    assert values.shape == (20, 36) and values[:, -1] == pytest.approx(2 * y[rows] - 1, abs=1e-5)
    assert kept["row_labels"] == ["+1"] * 10 + ["−1"] * 10
    assert kept["title"].startswith(f"{np.mean((y[rows] > 0.5) == said[rows]):.0%} of these 20")
    answers = gates["rows"][-1]
    assert answers["words"][-1] == ("+" if y[0] > 0.5 else "−")
    assert answers["marks"][-1] == ("✓" if (y[0] > 0.5) == said[0] else "✗")
    assert gates["columns"][0] == "0" and gates["columns"][-1] == "60"


def test_the_peephole_model_is_saved_and_read_back(tmp_path):
    import keras

    p = settings(cell="peephole", lag=4, units=3)
    net, sets = network(p)
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert np.allclose(np.asarray(again(sets.x[:5])), np.asarray(net(sets.x[:5])))


@pytest.mark.slow
def test_peepholes_train_in_a_session():
    events = []
    p = settings(cell="peephole", lag=10, units=8, epochs=4, sequences=1000)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["val_accuracy"] > 0.95
    assert {e.view for e in events if e.kind == "snapshot"} == {"gates", "memory", "gradient"}


def test_a_plain_network_can_latch_the_message():
    """A SimpleRNN unit with the page's weights is saturated by the message and stays so."""
    p = settings(cell="simple_rnn", units=1)
    sets = data(p, RNG(0))
    net = model(p, sets)
    net.set_weights(
        [np.array([[5], [0]]), np.array([[3]]), np.zeros(1), np.ones((1, 1)), np.zeros(1)]
    )
    h = plain_states(sets.held_out.x[0], *(np.asarray(w) for w in net.layers[0].weights))
    assert f"$h$ stays at {abs(h[-1, 0]):.3f}" in LESSON.theory()
    assert np.array_equal(np.asarray(net(sets.held_out.x)) > 0.5, sets.held_out.y == 1)


def accuracies(*values):
    return Outcome(tuple({"val_accuracy": value} for value in values))


def test_the_claim_is_about_most_of_many_runs():
    (claim,) = LESSON.experiment("simple-rnn").claims
    assert claim.seeds == 30
    lstm = accuracies(*[1.0] * 29, 0.943)
    measured = accuracies(*[0.51] * 25, 0.915, *[1.0] * 4)
    assert claim.check({"this": measured, "lstm": lstm})
    assert not claim.check({"this": lstm, "lstm": lstm})
    assert not claim.check({"this": measured, "lstm": measured})
    counts = "Of 30 plain networks 25 stay below 0.6", "One ends at 0.915, and four reach 1.00"
    assert all(text in LESSON.theory() for text in (*counts, "29 of 30 LSTMs end above 0.95"))


def test_worked_numbers_of_the_page():
    page = LESSON.theory()
    for bias, steps in ((1, 8), (3, 3)):
        f = float(sigmoid(np.array(bias)))
        assert f"{f:.3f} per step" in page and f"{f**50:.{steps}f}" in page


def test_every_row_of_the_curriculum():
    names = ["cec", "input-gate", "output-gate", "forget-gate", "peephole"]
    topics = {f"001/{name}" for name in names}
    assert set(LESSON.rows) == topics | {"001/lstm-lag"}
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


@pytest.mark.slow
@pytest.mark.answer("no-gates")
@pytest.mark.answer("short")
def test_the_answers_about_plain_networks():
    assert trained("lstm", "simple-rnn")["val_accuracy"] < 0.6
    assert trained("lstm", "simple-rnn", seed=17)["val_accuracy"] > 0.95
    assert all(trained("lstm", "short-lag", seed=s)["val_accuracy"] > 0.99 for s in (0, 1))


@pytest.mark.slow
@pytest.mark.answer("bias")
@pytest.mark.answer("hundred")
@pytest.mark.answer("peepholes")
def test_the_answers_about_gates():
    assert trained("lstm", "forget-bias-1")["val_accuracy"] < 0.6
    assert trained("lstm", "forget-bias-1", seed=10)["val_accuracy"] > 0.9
    assert trained("lstm", "lag-100")["val_accuracy"] > 0.99
    assert trained("lstm", "peephole")["val_accuracy"] > 0.99
    assert float(sigmoid(np.array(5.0))) ** 100 == pytest.approx(0.5, abs=0.02)
