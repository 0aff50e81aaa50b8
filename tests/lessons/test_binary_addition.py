"""The adder: its sums, its size, a solution by hand, and its views."""

import itertools
import json
import math

import numpy as np
import pytest
from measuring import history, trained

from lessons.binary_addition import LESSON
from lessons.binary_addition.model import bits, data, model
from lessons.binary_addition.views import carries, outputs, states
from tests.making import changed
from tui_dl.engine.session import Session

RNG = np.random.default_rng


def settings(**values):
    return LESSON.parameters.of(values)


@pytest.fixture(scope="module")
def sums():
    return data(settings(), RNG(0))


@pytest.fixture(scope="module")
def by_hand(sums):
    """Return the adder of the page: three ReLU units."""
    adder = model(settings(units=3), sums)
    W = np.array([[0, 0, 0], [1, 1, 1], [-1, -1, -1]], "float32")  # row j leads from unit j
    adder.set_weights([
        np.ones((2, 3)), W, np.array([0, -1, -2]), 10 * np.array([[1], [-2], [2]]), np.array([-5]),
    ])  # fmt: skip
    return adder


def test_data_are_8_bit_sums_lowest_bit_first(sums):
    assert sums.x.shape == (10_000, 8, 2) and sums.y.shape == (10_000, 8, 1)
    assert sums.held_out.x.shape == (9_999, 8, 2) and sums.held_out.y.shape == (9_999, 8, 1)
    value = 2 ** np.arange(8)
    a, b = sums.x[..., 0] @ value, sums.x[..., 1] @ value
    assert np.array_equal(a + b, sums.y[..., 0] @ value)
    assert a.max() == b.max() == 127 and a.min() == 0
    assert bits(np.array([6])).tolist() == [[0, 1, 1, 0, 0, 0, 0, 0]]


def test_the_same_seed_draws_the_same_sums(sums):
    assert np.array_equal(data(settings(), RNG(0)).x, sums.x)
    assert not np.array_equal(data(settings(), RNG(1)).x, sums.x)


def test_parameter_counts_stand_on_the_page(sums):
    layers = model(settings(), sums).layers
    assert [layer.count_params() for layer in layers] == [16 * 2 + 16 * 16 + 16, 17]
    page = LESSON.theory()
    assert "304 weights" in page and "17 in the output" in page


def test_settings_reach_the_layers(sums):
    adder = model(
        settings(dropout=0.5, recurrent_dropout=0.3, unroll=True, activation="tanh"), sums
    )
    layer = adder.layers[0].get_config()
    assert (layer["dropout"], layer["recurrent_dropout"], layer["unroll"]) == (0.5, 0.3, True)
    assert layer["activation"] == "tanh" and adder.loss == "mean_squared_error"


@pytest.mark.parametrize(("name", "rate"), [("sgd", 0.1), ("adam", 0.001)])
def test_the_optimizer_takes_the_rate(sums, name, rate):
    optimizer = model(settings(optimizer=name, learning_rate=rate), sums).optimizer
    assert type(optimizer).__name__.lower() == name
    assert float(optimizer.learning_rate) == pytest.approx(rate)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_states_and_outputs_are_the_models_own(sums, activation):
    p = settings(activation=activation, units=5)
    adder = model(p, sums)
    ours = outputs(adder, states(adder, sums.x[:50], p))
    assert np.allclose(ours, np.asarray(adder(sums.x[:50]))[..., 0], atol=1e-5)


def test_three_units_add_without_a_mistake(sums, by_hand):
    assert by_hand.count_params() == 22 and "22 weights" in LESSON.theory()
    y = np.asarray(by_hand(sums.held_out.x))
    assert np.array_equal(y > 0.5, sums.held_out.y > 0.5)
    for answer in (y.min(), y.max()):
        assert f"{answer:.4f}" in LESSON.theory()


def test_the_table_of_the_page():
    for s in range(4):
        h = [max(s, 0), max(s - 1, 0), max(s - 2, 0)]
        row = [s, *h, h[1] - h[2], h[0] - 2 * h[1] + 2 * h[2]]
        assert row[4:] == [s // 2, s % 2]
        assert "| " + " | ".join(map(str, row)) + " |" in LESSON.theory()


def test_share_of_pairs_seen_in_training():
    share = 1 - (1 - 1 / 128**2) ** 10_000
    assert f"{100 * share:.0f} %" in LESSON.theory() and math.isclose(share, 0.457, abs_tol=1e-3)


def test_the_ceiling_that_input_dropout_sets():
    a, b = np.divmod(np.arange(128**2), 128)
    right = bits(a + b)

    def knowing(number):
        """Return the share of bits that the best guess gets right for each value of `number`."""
        ones = np.array([right[number == n].mean(axis=0) for n in np.unique(number)])
        return np.maximum(ones, 1 - ones).mean()

    one, none = knowing(a), knowing(0 * a)
    ceiling = 0.25 + 0.5 * one + 0.25 * none
    worked = f"0.25 · 1 + 0.5 · {one:.3f} + 0.25 · {none:.3f} = {ceiling:.3f}"
    assert worked in LESSON.theory()


def test_dropout_hides_a_number_for_all_steps(sums):
    adder = model(settings(units=2, activation="relu", dropout=0.5), sums)
    adder.layers[0].set_weights([np.eye(2), np.zeros((2, 2)), np.zeros(2)])
    seen = np.asarray(adder.layers[0](np.ones((200, 8, 2), "float32"), training=True))
    assert np.array_equal(seen, np.repeat(seen[:, :1], 8, axis=1))
    assert set(np.unique(seen)) == {0, 2} and 0.4 < (seen > 0).mean() < 0.6


@pytest.mark.slow
def test_what_dropout_taught_shows_when_the_inputs_are_doubled():
    kept = {}

    def keep(model, data, p):
        kept.update(model=model, x=data.held_out.x, right=data.held_out.y == 1)
        return {}

    lesson = changed(LESSON, measure=keep)
    p = settings(dropout=0.5)
    finished = Session(lesson, p, seed=0, emit=lambda _: None, views=False).run()
    assert finished.metrics["accuracy"] < 0.66  # near the ceiling given on the page
    plain, doubled = (
        np.mean((np.asarray(kept["model"](k * kept["x"])) > 0.5) == kept["right"]) for k in (1, 2)
    )
    assert plain < 0.92 and doubled > 0.92
    page = LESSON.theory()
    assert "Over ten seeds 0.51 to 0.90 of the unseen bits" in page and "0.93 to 0.995 are" in page


def test_carries_by_integer_arithmetic(sums):
    value = 2 ** np.arange(8)
    for pair, got in zip(sums.x[:200], carries(sums.x[:200]), strict=True):
        a, b = int(pair[:, 0] @ value), int(pair[:, 1] @ value)
        low = [2 ** (t + 1) for t in range(8)]
        assert got.tolist() == [float(a % n + b % n >= n) for n in low]


def rows_of(payload):
    return {row["name"]: row for row in payload["rows"]}


def test_pictures_of_the_adder_by_hand(sums, by_hand):
    p = settings(units=3)
    one, six, carry = (view.draw(by_hand, sums, p) for view in LESSON.views)
    json.dumps([one, six, carry], allow_nan=False)
    rows = rows_of(one)
    written = {name: "".join(row["words"]) for name, row in rows.items() if "words" in row}
    assert written["a = 90"] == f"{90:08b}" and written["b = 45"] == f"{45:08b}"
    assert written["network"] == written["a + b"] == f"{135:08b}" and "says 135" in one["title"]
    assert written["in state h"] == written["carry"] == "11110000"
    assert one["columns"] == ["128", "64", "32", "16", "8", "4", "2", "1"]
    assert {*rows["network"]["marks"], *rows["in state h"]["marks"]} == {"✓"}
    assert rows["ŷ"]["values"] == pytest.approx([0.9933, *[0.0067] * 4, *[0.9933] * 3], abs=1e-4)
    assert six["title"] == "6 of 6 sums right"
    assert rows_of(six)["127 + 1"]["tokens"] == [*"10000000", "= 128"]
    assert "100%" in carry["title"]
    assert sum(sum(layer["counts"]) for layer in carry["layers"]) == 100 * 8


def test_pictures_tell_wrong_sums_from_right_ones(sums, by_hand):
    weights = by_hand.get_weights()
    deaf = model(settings(units=3), sums)
    deaf.set_weights([weights[0], 0 * weights[1], *weights[2:]])  # no carry gets through
    one, six, _ = (view.draw(deaf, sums, settings(units=3)) for view in LESSON.views)
    rows = rows_of(one)
    xor = f"{90 ^ 45:08b}"
    assert "".join(rows["network"]["words"]) == xor and f"says {90 ^ 45}" in one["title"]
    right = "".join("✓" if a == b else "✗" for a, b in zip(xor, f"{135:08b}", strict=True))
    assert "".join(rows["network"]["marks"]) == right and "✗" in right
    marks = {name: row["marks"] for name, row in rows_of(six).items()}
    assert marks["5 + 10"] == [*" " * 8, "✓"] and six["title"] == "1 of 6 sums right"
    assert marks["127 + 1"] == [*"✗✗✗✗✗✗✗ ", "✗"] and marks["3 + 5"] == [*"    ✗✗✗ ", "✗"]


def test_dead_units_leave_the_carry_to_the_others(sums, by_hand):
    W_in, W, b, W_out, b_out = by_hand.get_weights()
    wide = model(settings(units=6), sums)
    wide.set_weights([
        np.pad(W_in, ((0, 0), (0, 3))), np.pad(W, (0, 3)), np.append(b, [-1, -1, -1]),
        np.pad(W_out, ((0, 3), (0, 0))), b_out,
    ])  # fmt: skip
    assert "100%" in LESSON.views[2].draw(wide, sums, settings(units=6))["title"]


def test_a_session_learns_to_add():
    events = []
    p = settings(optimizer="adam", learning_rate=0.01, batch_size=50, epochs=3, unroll=True)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["val_accuracy"] > 0.99
    assert {e.view for e in events if e.kind == "snapshot"} == {"sum", "sums", "carry"}


def test_every_row_of_the_curriculum():
    names = ["128", "sigmoid", "tanh", "adam", "dropout", "recurrent-dropout", "unroll"]
    both = {f"{article}/rnn-{name}" for article in ("000", "001") for name in names}
    assert len(LESSON.rows) == 15 and set(LESSON.rows) == both | {"000/rnn-base"}
    assert LESSON.experiment("base").settings == {}
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


@pytest.mark.slow
@pytest.mark.answer("rule")
@pytest.mark.answer("state")
def test_the_answers_about_sudden_learning():
    base = history("binary-addition", "val_accuracy")
    assert base[0] > 0.99 and min(base) > 0.99
    assert trained("binary-addition", seed=1)["val_accuracy"] == pytest.approx(0.92, abs=0.02)
    tanh = history("binary-addition", "accuracy", "tanh")
    assert tanh[0] < 0.9 and tanh[1] > 0.99
    sigmoid = history("binary-addition", "accuracy", "sigmoid")
    assert max(sigmoid[:2]) < 0.6
    assert trained("binary-addition", "sigmoid", seed=2)["val_accuracy"] < 0.9
    assert trained("binary-addition", "sigmoid", seed=1)["val_accuracy"] > 0.9


@pytest.mark.slow
@pytest.mark.answer("size")
def test_the_answer_about_more_and_fewer_units():
    assert trained("binary-addition", "units-128", seed=1)["val_accuracy"] > 0.99
    three = [trained("binary-addition", seed=s, units=3)["val_accuracy"] for s in range(3)]
    assert all(0.49 < accuracy < 0.97 for accuracy in three)


@pytest.mark.slow
@pytest.mark.answer("adam")
def test_the_answer_about_adam():
    losses = history("binary-addition", "val_loss", "adam")
    assert losses[-1] < 1e-6
    assert sum(a > 8 * b for a, b in itertools.pairwise(losses)) >= 3
    assert 1e-4 < trained("binary-addition")["val_loss"] < 1e-3


@pytest.mark.slow
@pytest.mark.answer("dropout")
@pytest.mark.answer("unroll")
def test_the_answers_about_dropout_and_unrolling():
    hidden = trained("binary-addition", "dropout")
    assert 0.61 < hidden["accuracy"] < 0.65 and hidden["val_accuracy"] < 0.95
    cut = trained("binary-addition", "recurrent-dropout", seed=2)
    assert hidden["val_accuracy"] < cut["val_accuracy"] and 0.93 < cut["val_accuracy"] < 0.99
    unrolled, looped = trained("binary-addition", "unroll"), trained("binary-addition")
    assert unrolled["val_loss"] == pytest.approx(looped["val_loss"], rel=0.1)
    assert unrolled["val_accuracy"] > 0.999
