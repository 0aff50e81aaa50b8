"""Labels and losses: both readings of a label, the refused pairs, the page's numbers."""

import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import history, trained

from lessons.labels_and_losses import LESSON
from lessons.labels_and_losses.model import refusal, unchecked_categorical, unchecked_sparse
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()
Y = np.array([0.1, 0.7, 0.2])
PAIRS = [("one-hot", "categorical"), ("integers", "sparse")]
CROSSED = [("integers", "categorical"), ("one-hot", "sparse")]


def prepared(labels="one-hot", loss="categorical", **values):
    p = LESSON.parameters.of({"images": "digits", "labels": labels, "loss": loss, **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def draw(name, *inputs):
    return next(view for view in LESSON.views if view.name == name).draw(*inputs)


def test_the_worked_numbers_are_right_and_on_the_page():
    e = -np.log(Y)
    assert np.exp([0, 1.946, 0.693]) == pytest.approx([1, 7, 2], abs=0.01)
    assert "The logits 0, 1.946 and 0.693 have the exponentials 1, 7 and 2" in PAGE
    numbers = [e[1], e.sum(), 3 * np.log(3), e[0] + e[1] + e[0]]
    assert [f"{n:.3f}" for n in numbers] == ["0.357", "4.269", "3.296", "4.962"]
    best = -9 * np.log(0.9) - np.log(0.1)
    assert all(f"**{n:.3f}**" in PAGE for n in [*numbers, best])


def test_the_unchecked_formulas_give_the_worked_numbers():
    y = Y[None].astype("float32")
    row, one = np.array([[0, 1, 0]], "float32"), np.array([1])
    assert float(unchecked_categorical(one, y)[0]) == pytest.approx(4.269, abs=5e-4)
    assert float(unchecked_sparse(row, y)[0]) == pytest.approx(4.962, abs=5e-4)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=10, max_size=10), st.integers(0, 9))
def test_both_losses_are_minus_the_logarithm_of_the_right_output(scores, truth):
    import keras

    y = (np.array(scores) / sum(scores)).astype("float32")[None]
    expected = -np.log(y[0, truth])
    row = np.eye(10, dtype="float32")[[truth]]
    categorical = keras.losses.categorical_crossentropy(row, y)
    sparse = keras.losses.sparse_categorical_crossentropy(np.array([truth]), y)
    np.testing.assert_allclose([categorical[0], sparse[0]], expected, rtol=1e-4, atol=1e-5)


def test_nothing_is_better_than_one_tenth_and_nine_tenths_crosswise():
    rng = np.random.default_rng(0)
    outputs = rng.dirichlet(np.ones(10), 200).astype("float32")
    flat, cost = np.full((1, 10), 0.1, "float32"), np.asarray
    for t in (1, 9):
        label = np.array([t])
        assert cost(unchecked_categorical(label, flat)) < min(
            cost(unchecked_categorical(np.full(200, t), outputs))
        )
    row = np.eye(10, dtype="float32")[[4]]
    best = np.array([[0.9, 0.1, *[0.0] * 8]], "float32")
    assert cost(unchecked_sparse(row, best))[0] == pytest.approx(3.251, abs=1e-3)
    assert cost(unchecked_sparse(row.repeat(200, 0), outputs)).min() > 3.251


def test_labels_say_the_same_in_both_forms():
    (_, rows, _), (_, numbers, _) = prepared(*PAIRS[0]), prepared(*PAIRS[1])
    assert rows.y.shape == (1437, 10) and rows.held_out.y.shape == (360, 10)
    assert set(np.unique(rows.y)) == {0, 1} and (rows.y.sum(axis=1) == 1).all()
    assert np.array_equal(rows.y.argmax(axis=1), numbers.y)
    assert np.array_equal(rows.x, numbers.x)


@pytest.mark.parametrize("labels, loss", PAIRS)
def test_what_fits_is_accepted(labels, loss):
    p, data, model = prepared(labels, loss)
    assert refusal(p, data.y) == "" and LESSON.measure(model, data, p) == {"refused": 0}
    assert model.loss == f"{'sparse_' if loss == 'sparse' else ''}categorical_crossentropy"
    assert "fit" in draw("verdict", model, data, p)["title"]


@pytest.mark.parametrize(
    "labels, loss", [CROSSED[0], *(pytest.param(*c, marks=pytest.mark.slow) for c in CROSSED[1:])]
)
def test_what_keras_refuses_is_shown_and_does_not_end_the_run(labels, loss):
    p, data, model = prepared(labels, loss, units=8, epochs=1)
    import keras

    strict = keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten()])
    strict.add(keras.layers.Dense(10, "softmax"))
    strict.compile(loss=f"{'sparse_' if loss == 'sparse' else ''}categorical_crossentropy")
    with pytest.raises(ValueError, match=re.escape(refusal(p, data.y).split(" Received")[0])):
        strict.fit(data.x[:8], data.y[:8], verbose=0)
    shown = draw("verdict", model, data, p)["rows"]
    assert refusal(p, data.y) in " ".join(row[1] for row in shown)
    events = []
    finished = Session(LESSON, p, emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["refused"] == 1
    assert not [e for e in events if e.kind == "note"]


@pytest.mark.slow
def test_the_unchecked_runs_learn_the_flat_and_the_lopsided_answer():
    for pair, expected in zip(CROSSED, ([0.1] * 10, [0.9, 0.1, *[0.0] * 8]), strict=True):
        p, data, model = prepared(*pair, dropout=0.0, units=64)
        model.optimizer.learning_rate = 0.01
        model.fit(data.x, data.y, batch_size=128, epochs=8, verbose=0)
        rows = np.array(draw("ten-images", model, data, p)["values"])
        assert rows.shape == (10, 10)
        np.testing.assert_allclose(rows, [expected] * 10, atol=0.05)


def test_the_network_is_the_source_s():
    _, _, model = prepared(units=512)
    assert model.count_params() == 65 * 512 + 513 * 512 + 513 * 10
    assert [layer.rate for layer in model.layers if "dropout" in layer.name] == [0.2, 0.2]


@pytest.mark.parametrize("labels, loss", PAIRS + CROSSED)
def test_every_picture_is_plain_data_and_leaves_the_model_alone(labels, loss):
    p, data, model = prepared(labels, loss, units=16)
    before = model.get_weights()
    for each in LESSON.views:
        json.dumps(each.draw(model, data, p), allow_nan=False)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize("labels, loss", PAIRS + CROSSED)
def test_one_label_in_both_forms_and_what_each_loss_adds_up(labels, loss):
    p, data, model = prepared(labels, loss, units=16)
    classes = data.held_out.y if labels == "integers" else data.held_out.y.argmax(axis=1)
    at = int(np.flatnonzero(classes > 1)[0])
    truth, cost = int(classes[at]), -np.log(np.asarray(model(data.held_out.x), float)[at])
    tile, label = draw("one-image", model, data, p)["panels"]
    assert tile["tiles"][0]["values"] == data.held_out.x[at].tolist()
    rows = {row["name"]: row.get("words") or row["values"] for row in label["rows"]}
    assert rows["one-hot"].index("1") == rows["integer"].index("↑") == truth
    assert rows["ŷ"] == pytest.approx(np.exp(-cost).tolist())
    assert rows["int→row"] == [str(truth)] * 10 and rows["row→int"] == ["9", "1", *["0"] * 8]
    right, wrong = (panel["values"] for panel in draw("shares", model, data, p)["panels"])
    assert right[truth] == sum(right) == pytest.approx(cost[truth])
    crossed = truth * cost if loss == "categorical" else [9 * cost[0], cost[1], *[0] * 8]
    np.testing.assert_allclose(wrong, crossed, rtol=1e-5)
    _check_against_the_run(p, data, model, at, (right, wrong))


def _check_against_the_run(p, data, model, at, parts):
    """Check that the panel marked as this run's adds up to the loss that the model trains on."""
    import keras

    x, t = data.held_out.x[at : at + 1], data.held_out.y[at : at + 1]
    trained = float(np.squeeze(keras.losses.get(model.loss)(t, model(x))))
    panels = draw("shares", model, data, p)["panels"]
    (here,) = [i for i, panel in enumerate(panels) if panel["title"].startswith("•")]
    assert here == int(bool(refusal(p, data.y))) and sum(parts[here]) == pytest.approx(
        trained, rel=1e-4
    )
    assert f"{trained:.2f}" in panels[here]["title"]


def test_ten_images_are_one_of_each_class():
    p, data, model = prepared(*PAIRS[1], units=32, dropout=0.0)
    model.fit(data.x, data.y, batch_size=32, epochs=8, verbose=0)
    shown = draw("ten-images", model, data, p)
    rows = np.array(shown["values"])
    right = int((rows.argmax(axis=1) == np.arange(10)).sum())
    assert right >= 9 and f"{right} of 10 right" in shown["title"]


def outcome(loss, accuracy, refused):
    final = {"val_accuracy": accuracy, "refused": refused}
    return Outcome((final,) * 3, ({"loss": (loss,)},) * 3)


def test_claims_can_fail():
    claims = {c.row: c for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {"000/sparse", "001/onehot-error"} == set(LESSON.rows)
    same, error = claims["000/sparse"], claims["001/onehot-error"]
    good, wrong = outcome(1.0, 0.97, 0), outcome(104.0, 0.1, 1)
    assert same.check({"this": good, "one-hot": good, "sparse, one-hot": wrong})
    for bad in (outcome(1.1, 0.97, 0), outcome(1.0, 0.9, 0), outcome(1.0, 0.97, 1)):
        assert not same.check({"this": bad, "one-hot": good, "sparse, one-hot": wrong})
    assert not same.check({"this": good, "one-hot": good, "sparse, one-hot": good})
    assert error.check({"this": wrong, "sparse": good})
    assert not error.check({"this": good, "sparse": good})
    assert not error.check({"this": wrong, "sparse": wrong})


NAME = "labels-and-losses"


@pytest.mark.slow
@pytest.mark.answer("same")
def test_the_answer_about_the_matching_pairs():
    one_hot = history(NAME, "loss", images="digits")
    assert history(NAME, "loss", "sparse") == pytest.approx(one_hot, rel=0.01, abs=0.002)
    end = trained(NAME, "sparse")
    assert end["loss"] == pytest.approx(0.029, abs=0.01)
    assert end["val_accuracy"] == pytest.approx(0.989, abs=0.012)


@pytest.mark.answer("accepted")
def test_the_answer_about_the_accepted_pairs():
    for labels, loss in PAIRS + CROSSED:
        p, data, _ = prepared(labels, loss, units=1)
        assert bool(refusal(p, data.y)) == ((labels, loss) in CROSSED)


@pytest.mark.slow
@pytest.mark.answer("mismatch")
@pytest.mark.answer("mismatch-sparse")
def test_the_answers_about_the_unchecked_runs():
    for name in ("mismatch", "mismatch-sparse"):
        assert trained(NAME, name)["val_accuracy"] == pytest.approx(0.108, abs=0.03)
    assert trained(NAME, "mismatch-sparse")["loss"] == pytest.approx(3.275, abs=0.03)


@pytest.mark.answer("share")
def test_the_answer_about_shares():
    flat = np.full((2, 10), 0.1, "float32")
    nothing, most = np.asarray(unchecked_categorical(np.array([0, 9]), flat))
    assert nothing == 0 and most == pytest.approx(207, abs=0.5)
    assert np.log(10) == pytest.approx(2.3, abs=0.01)
