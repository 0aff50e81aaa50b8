"""Iris: data, the 99 numbers, softmax and its gradient, views, the page's numbers."""

import json
import re

import numpy as np
import pytest
from measuring import history, trained

from lessons.iris import LESSON
from lessons.iris.experiments import jumps
from lessons.iris.model import data, model
from lessons.iris.views import FEATURES, switches
from tui_dl.engine.session import Session
from tui_dl.experiment import Outcome

PAGE = LESSON.theory()


def settings(**values):
    return LESSON.parameters.of(values)


def flowers(seed=0):
    return data(settings(), np.random.default_rng(seed))


def network(p=None, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    return model(p or settings(), flowers())


def softmax(v):
    return np.exp(v) / np.exp(v).sum(axis=-1, keepdims=True)


def test_data_are_the_150_flowers_split():
    sets = flowers()
    assert sets.x.shape == (120, 4) and sets.held_out.x.shape == (30, 4)
    assert set(sets.y) == set(sets.held_out.y) == {0, 1, 2}
    counts = np.bincount(np.concatenate([sets.y, sets.held_out.y]))
    assert counts.tolist() == [50, 50, 50] and len(sets.classes) == 3
    petal = FEATURES.index("petal length")
    assert sets.x[sets.y == 0, petal].max() < 2 < 2.9 < sets.x[sets.y == 2, petal].min()


def test_the_layers_hold_99_numbers():
    net = network()
    assert [layer.count_params() for layer in net.layers] == [60, 39]
    assert "4·12 + 12 = 60 and 12·3 + 3 = 39" in PAGE and "**99**" in PAGE
    wide = network(settings(units=7, activation="sigmoid"))
    assert wide.count_params() == 5 * 7 + 8 * 3
    assert wide.layers[0].activation.__name__ == "sigmoid"


def test_the_network_computes_what_the_page_says():
    net, sets = network(), flowers()
    w1, b1, w2, b2 = (w.astype(float) for w in net.get_weights())
    h = np.maximum(sets.x @ w1 + b1, 0)
    y = softmax(h @ w2 + b2)
    np.testing.assert_allclose(np.asarray(net(sets.x)), y, atol=1e-5)
    loss = net.evaluate(sets.x, sets.y, verbose=0, return_dict=True)["loss"]
    assert loss == pytest.approx(-np.log(y[np.arange(120), sets.y]).mean(), rel=1e-4)


def test_the_derivative_of_softmax_with_cross_entropy():
    import keras
    import tensorflow as tf

    v = tf.Variable([[2.0, 1.0, 0.1]])
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy(np.array([1]), tf.nn.softmax(v))
    got = np.asarray(tape.gradient(loss, v))[0]
    np.testing.assert_allclose(got, softmax(np.array([2, 1, 0.1])) - [0, 1, 0], atol=1e-5)


def test_worked_numbers():
    v = np.array([2, 1, 0.1])
    powers, y = np.exp(v), softmax(v)
    page = re.sub(r"\s+", " ", PAGE)
    assert "{:.3f}, {:.3f} and {:.3f}, with sum {:.3f}".format(*powers, powers.sum()) in page
    for number in (*y, *-np.log(y), np.log(3)):
        assert f"**{number:.3f}**" in page
    assert f"{100 / 30:.1f} %" in page


def gradient_norm(activation, seed):
    import tensorflow as tf

    sets = flowers(seed)
    net = network(settings(activation=activation), seed)
    with tf.GradientTape() as tape:
        loss = net.compute_loss(sets.x, sets.y, net(sets.x))
    return float(tf.norm(tape.gradient(loss, net.layers[0].kernel)))


def test_sigmoid_s_first_gradients_are_about_ten_times_smaller():
    ratios = [gradient_norm("relu", s) / gradient_norm("sigmoid", s) for s in range(3)]
    assert 7 < np.median(ratios) < 15 and "about ten times smaller" in PAGE


@pytest.mark.slow
def test_slow_is_not_stopped():
    """With 200 epochs the sigmoid network reaches the accuracy on the page."""
    p = settings(activation="sigmoid", epochs=200)
    finished = Session(LESSON, p, emit=lambda _: None, views=False).run()
    assert finished.metrics["accuracy"] == pytest.approx(0.97, abs=0.03)
    assert "the accuracy reaches 0.97" in PAGE


@pytest.mark.slow
def test_the_sigmoids_accuracy_after_ten_epochs():
    """The sigmoid network's accuracies over ten seeds match the page; a flower is 0.008."""
    p = settings(activation="sigmoid", epochs=10)
    runs = [Session(LESSON, p, seed=s, emit=lambda _: None, views=False).run() for s in range(10)]
    accuracies = sorted(run.metrics["accuracy"] for run in runs)
    assert "0.57 in the median of ten seeds, from 0.38 to 0.78" in re.sub(r"\s+", " ", PAGE)
    measured = accuracies[0], np.median(accuracies), accuracies[-1]
    assert measured == pytest.approx((0.38, 0.57, 0.78), abs=0.05)


def length_network():
    """Return a network whose first unit reads the petal length from 2 cm on, the others nothing."""
    net = network()
    kernel, bias = np.zeros((4, 12)), np.zeros(12)
    kernel[2, 0], bias[0] = 1.0, -2.0
    out = np.zeros((12, 3))
    out[0] = [-1.0, 0.0, 1.0]
    net.set_weights([kernel, bias, out, np.array([0.45, 0.0, -2.75])])
    return net


def test_species_and_lines_over_the_petals():
    net, sets = length_network(), flowers()
    petals = LESSON.views[0].draw(net, sets, settings())
    json.dumps(petals, allow_nan=False)
    species = np.array(petals["regions"]["values"])
    assert species.shape == (24, 32) and (species == species[0]).all()
    assert species[0, 0] == 0 and species[0, 18] == 1 and species[0, -1] == 2
    assert petals["lines"] == [{"name": "unit 1", "x": [2, 2], "y": [0, 3], "quiet": True}]
    assert "1 of 12 units" in petals["title"]
    for k, group in enumerate(petals["groups"]):
        chosen = sets.x[sets.y == k].astype(float)
        assert group == {
            "name": sets.classes[k], "x": chosen[:, 2].tolist(), "y": chosen[:, 3].tolist(),
        }  # fmt: skip


def test_each_line_is_where_its_unit_has_u_0():
    net, sets = network(), flowers()
    W, b = (w.astype(float) for w in net.get_weights()[:2])
    lines = switches(net, sets)
    assert len(lines) == 12 and any(line["x"] for line in lines)
    for i, line in enumerate(lines):
        for length, width in zip(line["x"], line["y"], strict=True):
            x = np.array([*sets.x.mean(axis=0)[:2], length, width])
            assert x @ W[:, i] + b[i] == pytest.approx(0, abs=1e-5)
            assert 0.5 <= length <= 7.5 and 0 <= width <= 3


def test_the_hardest_flower_and_the_confusion_matrix():
    net, sets, p = length_network(), flowers(), settings()
    y = np.asarray(net(sets.held_out.x), float)
    losses = -np.log(y[np.arange(30), sets.held_out.y])
    at, hard = int(losses.argmax()), LESSON.views[1].draw(net, sets, p)
    truth = int(sets.held_out.y[at])
    name, right = sets.classes[truth], "right" if y[at].argmax() == truth else "wrong"
    assert hard["title"] == f"hardest flower, a {name}: {right}, L = {losses[at]:.2f}"
    x, hidden, out = hard["layers"]
    assert x["labels"][2] == f"p.len {sets.held_out.x[at, 2]:.1f}"
    assert max(hidden["values"]) == 1 and len(hidden["values"]) == 6
    assert out["values"] == pytest.approx(y[at].tolist())
    assert hard["weights"][0][2][0] == pytest.approx(sets.held_out.x[at, 2])
    confusion = LESSON.views[2].draw(net, sets, p)
    counts = np.array(confusion["values"])
    assert counts.sum(axis=1).tolist() == np.bincount(sets.held_out.y, minlength=3).tolist()
    right = int(np.sum(y.argmax(axis=1) == sets.held_out.y))
    assert np.trace(counts) == right and 25 <= right < 30
    assert confusion["title"] == f"{right} of 30 validation flowers are right"


@pytest.mark.parametrize("values", [{"units": 1}, {"units": 40, "activation": "tanh"}])
def test_pictures_of_narrow_and_wide_networks(values):
    p = settings(**values)
    net = network(p)
    for view in LESSON.views:
        json.dumps(view.draw(net, flowers(), p), allow_nan=False)


def outcome(accuracy, loss=(1.0,)):
    history = {"accuracy": tuple(accuracy), "loss": tuple(loss)}
    return Outcome(({"accuracy": accuracy[-1], "loss": loss[-1]},) * 3, (history,) * 3)


def test_claims_can_fail():
    claims = {c.row: c.check for e in LESSON.experiments for c in e.claims}
    assert set(claims) == {"000/iris-sigmoid", "001/iris-sigmoid", "000/iris-sgd"}
    good, poor = outcome([0.9] * 20), outcome([0.6] * 20)
    assert claims["000/iris-sigmoid"]({"this": poor, "relu": good})
    assert not claims["000/iris-sigmoid"]({"this": good, "relu": poor})
    assert claims["001/iris-sigmoid"]({"this": outcome([0.6], [1.1, 1.09])})
    assert not claims["001/iris-sigmoid"]({"this": outcome([0.6], [1.1, 0.8])})
    wild = outcome([0.8, 0.9] * 10)
    assert jumps(wild) == pytest.approx(0.1)
    assert claims["000/iris-sgd"]({"this": wild, "0.01": good})
    assert not claims["000/iris-sgd"]({"this": good, "0.01": wild})


def test_the_split_is_not_stratified():
    assert np.bincount(flowers(3).held_out.y).tolist() == [13, 12, 5]
    assert "with seed 3 only 5 of the 30 are virginica" in re.sub(r"\s+", " ", PAGE)


def counts(epochs, seed):
    """Return the confusion matrix at the end of a run."""
    shots = []
    run = Session(LESSON, settings(epochs=epochs), seed=seed, emit=shots.append).run()
    assert run.status == "completed"
    drawn = [e for e in shots if e.kind == "snapshot" and e.view == "confusion"]
    return np.array(drawn[-1].payload["values"])


@pytest.mark.slow
@pytest.mark.answer("order")
def test_the_answer_about_confused_species():
    for epochs, few, many in ((20, 1, 7), (200, 0, 3)):
        for seed in (0, 1, 2):
            found = counts(epochs, seed)
            assert few <= found.sum() - np.trace(found) <= many
            assert not found[0, 1:].any() and not found[1:, 0].any()


@pytest.mark.slow
@pytest.mark.answer("sigmoid")
def test_the_answer_about_the_sigmoid():
    losses = history("iris", "loss", "sigmoid")
    assert (losses[0], losses[19]) == pytest.approx((1.13, 0.81), abs=0.05)
    assert history("iris", "accuracy", "sigmoid")[19] == pytest.approx(0.6, abs=0.1)


@pytest.mark.slow
@pytest.mark.answer("rate")
def test_the_answer_about_the_learning_rate():
    for seed in (0, 1, 2):
        fast = history("iris", "accuracy", "fast", seed=seed, epochs=200)
        slow = history("iris", "accuracy", seed=seed, epochs=200)
        assert 0.45 < fast[0] < 0.7 and 0.2 < slow[0] < 0.4
        assert min(fast[180:]) > 0.92 and np.mean(slow[180:]) == pytest.approx(0.97, abs=0.02)


@pytest.mark.slow
@pytest.mark.answer("units")
def test_the_answer_about_units():
    one, three = (
        [trained("iris", units=units, epochs=300, seed=seed)["accuracy"] for seed in range(5)]
        for units in (1, 3)
    )
    assert sorted(one)[1] > 0.94 and min(three) > 0.94
    assert one[3] == pytest.approx(0.375)


@pytest.mark.answer("hardest")
def test_the_answer_about_the_hardest_flower():
    assert -np.log(1 / 3) == pytest.approx(1.099, abs=5e-4)
    assert np.log(2) == pytest.approx(0.693, abs=5e-4)
    assert np.argmax([0.34, 0.33, 0.33]) == 0 != np.argmax([0.33, 0.6, 0.07])
