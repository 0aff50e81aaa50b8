"""Memorizing and early stopping: the sets, the checkpoint, and the page's worked stops."""

import json
import re

import measuring
import numpy as np
import pytest

from lessons.overfitting import LESSON
from lessons.overfitting.model import Checkpoint, moons
from lessons.overfitting.views import cross_entropy, forward, judged, unseen
from tui_dl.engine.session import Session
from tui_dl.errors import LessonError

PAGE = LESSON.theory()
WORKED = (0.60, 0.45, 0.40, 0.42, 0.395, 0.41, 0.43, 0.44)


def prepared(**values):
    p = LESSON.parameters.of(values)
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def view(name, p, data, model):
    return next(v for v in LESSON.views if v.name == name).draw(model, data, p)


def trained(**values):
    p = LESSON.parameters.of({"epochs": 40, "units": 16, "learning_rate": 0.02, **values})
    events = []
    finished = Session(LESSON, p, emit=events.append, views=False).run()
    return finished, [e.metrics for e in events if e.kind == "epoch"]


def test_the_held_back_points_are_never_trained_on():
    p, data, _ = prepared(samples=50, validation=0.3)
    assert (len(data.x), len(data.held_out.x)) == (35, 15)
    seen, held = ({tuple(row) for row in x.tolist()} for x in (data.x, data.held_out.x))
    tested = {tuple(row) for row in unseen(p.noise)[0].tolist()}
    assert len(seen) == 35 and not seen & held and not (seen | held) & tested
    assert "35 points to train on, 15 held back" in data.note


def test_a_split_that_leaves_nothing_is_refused_or_cannot_be():
    for share in (0.1, 0.9):
        _, data, _ = prepared(samples=8, validation=share)
        assert len(data.x) >= 1 and len(data.held_out.x) >= 1
    p = LESSON.parameters.model_construct(samples=8, validation=1.0, noise=0.1)
    with pytest.raises(LessonError):
        LESSON.data(p, np.random.default_rng(0))


def test_the_moons_lie_interlocked_on_half_circles():
    x, y = moons(500, 0.0, np.random.default_rng(0))
    center = np.where(y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    np.testing.assert_allclose(np.linalg.norm(x - center, axis=1), 1, atol=1e-5)
    assert np.all((x[:, 1] > center[:, 1] - 1e-6) == (y == 0))
    assert 0.4 < y.mean() < 0.6 and x.dtype == y.dtype == np.float32


def test_the_model_has_the_parameters_of_the_page():
    _, _, model = prepared()
    assert model.count_params() == 3 * 128 + 129 * 128 + 129 == 17025
    assert "17,025" in PAGE


def stops(patience, min_delta):
    """Return (last epoch, best epoch) by Keras's own EarlyStopping on the worked losses."""
    import keras

    rule = keras.callbacks.EarlyStopping("val_loss", min_delta=min_delta, patience=patience)
    rule.set_model(prepared()[2])
    rule.on_train_begin()
    for epoch, loss in enumerate(WORKED):
        rule.on_epoch_end(epoch, {"val_loss": loss})
        if rule.model.stop_training:
            break
    return epoch + 1, rule.best_epoch + 1


def test_the_worked_stops_are_keras_s_and_on_the_page():
    assert stops(2, 0) == (7, 5)
    assert stops(2, 0.01) == (5, 3)
    assert stops(1, 0)[0] == stops(0, 0)[0] == 4
    assert ", ".join(f"{v:g}" if v == 0.395 else f"{v:.2f}" for v in WORKED) in PAGE
    lines = re.findall(r"^- Patience.*?(?=^-|^$)", PAGE, re.M | re.S)
    assert "Stop after epoch 7; the best is epoch 5" in lines[0]
    assert "stop after epoch 5; the best by this rule is epoch 3" in lines[1]
    assert "stop after epoch 4. Patience 0 does the same" in lines[2]


def test_every_option_of_both_callbacks_is_explained():
    import inspect

    from keras.callbacks import EarlyStopping, ModelCheckpoint

    rows = re.findall(r"^\| `(\w+)` +\| (\w+) ", PAGE, re.M)
    for letter, callback in (("M", ModelCheckpoint), ("E", EarlyStopping)):
        options = inspect.signature(callback).parameters
        assert sorted(name for name, of in rows if letter in of) == sorted(options)
        assert len(options) == 8
    off = inspect.signature(ModelCheckpoint).parameters["save_best_only"].default
    assert off is inspect.signature(EarlyStopping).parameters["restore_best_weights"].default
    assert off is False


def test_the_baseline_must_be_beaten_too():
    import keras

    rule = keras.callbacks.EarlyStopping("val_loss", patience=2, baseline=0.3)
    rule.set_model(prepared(units=2)[2])
    rule.on_train_begin()
    rule.model.stop_training = False
    for epoch, loss in enumerate((0.6, 0.5, 0.4, 0.45)):
        rule.on_epoch_end(epoch, {"val_loss": loss})
    assert rule.model.stop_training  # each improves but the last, and none beats the baseline


@pytest.mark.parametrize(
    "name, weights_alone, accepted",
    [
        ("m.keras", False, True), ("m.h5", False, True), ("m.tf", False, False),
        ("m.weights.h5", True, True), ("m.h5", True, False),
    ],
)  # fmt: skip
def test_the_names_that_a_checkpoint_accepts(name, weights_alone, accepted):
    import keras

    def checkpoint():
        keras.callbacks.ModelCheckpoint(name, save_weights_only=weights_alone)

    if accepted:
        checkpoint()
    else:
        with pytest.raises(ValueError, match="must end in"):
            checkpoint()
    assert "`.keras` (or `.h5`, the older format)" in PAGE


def test_a_whole_number_in_save_freq_counts_batches(tmp_path):
    import keras

    _, data, model = prepared(units=2)
    file = str(tmp_path / "{epoch}-{batch}.weights.h5")
    rule = keras.callbacks.ModelCheckpoint(file, save_freq=3, save_weights_only=True)
    model.fit(data.x, data.y, batch_size=10, epochs=3, callbacks=[rule], verbose=0)
    assert len(list(tmp_path.iterdir())) == 4  # 12 batches in 3 epochs


@pytest.mark.parametrize(
    "monitor, values, kept",
    [("val_loss", WORKED, [1, 2, 3, 5]), ("val_accuracy", (0.5, 0.7, 0.7, 0.6, 0.8), [1, 2, 5])],
)
def test_the_checkpoint_keeps_what_keras_s_would(monitor, values, kept, tmp_path):
    import keras

    model = prepared(units=2)[2]
    file = str(tmp_path / "{epoch}.weights.h5")
    options = {"monitor": monitor, "save_best_only": True, "save_weights_only": True}
    keras_s = keras.callbacks.ModelCheckpoint(
        file, mode="min" if monitor == "val_loss" else "max", **options
    )
    rules = [Checkpoint(monitor, True), keras_s]
    for rule in rules:
        rule.set_model(model)
        rule.on_train_begin()
    for epoch, value in enumerate(values):
        model.layers[-1].bias.assign([float(epoch + 1)])
        for rule in rules:
            rule.on_epoch_end(epoch, {monitor: value})
    rules[0].on_train_end()
    assert [epoch for epoch, _ in model.kept] == kept
    assert sorted(int(f.name.split(".")[0]) for f in tmp_path.iterdir()) == kept
    assert model.kept_epoch == kept[-1] == float(model.layers[-1].bias[0])


@pytest.mark.slow
def test_the_best_weights_come_back_without_changing_the_curves():
    last, curves = trained()
    best, same = trained(keep="best")
    losses = [m["val_loss"] for m in curves]
    assert [m["val_loss"] for m in same] == losses
    assert best.metrics["kept_epoch"] == int(np.argmin(losses)) + 1 < 40
    assert last.metrics["kept_epoch"] == 40
    assert best.metrics["test_loss"] != last.metrics["test_loss"]


@pytest.mark.parametrize("stop", [pytest.param(False, marks=pytest.mark.slow), True])
def test_the_final_metrics_are_those_of_the_weights_that_are_kept(stop):
    finished, epochs = trained(keep="best", early_stopping=stop, patience=3, l2=0.001)
    kept = epochs[int(finished.metrics["kept_epoch"]) - 1]
    assert kept["val_loss"] == min(m["val_loss"] for m in epochs) < epochs[-1]["val_loss"]
    assert {name: finished.metrics[name] for name in kept} == kept


def test_early_stopping_ends_the_run_as_the_rule_says():
    _, curves = trained()
    losses = [m["val_loss"] for m in curves]
    finished, stopped = trained(early_stopping=True, patience=3, keep="best")
    best = finished.metrics["kept_epoch"]
    assert finished.status == "completed" and finished.epochs == len(stopped) < 40
    assert finished.epochs == best + 3
    assert losses[int(best) - 1] == min(losses[: len(stopped)])


def test_cross_entropy_is_keras_s_without_the_penalty():
    _, data, model = prepared(units=8)
    _, _, priced = prepared(units=8, l2=0.1)
    priced.set_weights(model.get_weights())
    loss, accuracy = model.evaluate(data.held_out.x, data.held_out.y, verbose=0)
    assert cross_entropy(model, data.held_out.x, data.held_out.y) == pytest.approx(
        (loss, accuracy), 1e-4
    )
    assert cross_entropy(priced, data.held_out.x, data.held_out.y)[0] == pytest.approx(loss, 1e-4)
    squares = sum(float(np.sum(np.square(layer.kernel))) for layer in model.layers[:2])
    dearer = priced.evaluate(data.held_out.x, data.held_out.y, verbose=0)[0]
    assert dearer == pytest.approx(loss + 0.1 * squares, rel=1e-4)


def test_every_picture_is_plain_data_before_and_after_training():
    p, data, model = prepared(units=8, samples=20)
    for _ in range(2):
        for each in LESSON.views:
            json.dumps(each.draw(model, data, p), allow_nan=False)
        model.fit(
            data.x, data.y, validation_data=(data.held_out.x, data.held_out.y), epochs=2, verbose=0,
            callbacks=LESSON.callbacks(p),
        )  # fmt: skip
    picture = view("saved", p, data, model)
    assert picture["groups"][0]["x"] == [epoch for epoch, _ in model.kept]
    assert picture["groups"][0]["y"] == [value for _, value in model.kept]
    assert picture["title"].startswith(f"saved {len(model.kept)} times")


def test_the_boundary_is_drawn_the_right_way_up_and_the_sets_are_three():
    p, data, model = prepared(units=2)
    zeros = [np.zeros_like(w) for w in model.get_weights()]
    zeros[0][1, 0] = zeros[2][0, 0] = zeros[4][0, 0] = 5.0  # grows with x₂ alone
    model.set_weights(zeros)
    (now,) = view("boundary", p, data, model)["panels"]
    values = np.array(now["regions"]["values"])
    assert values.shape == (24, 24) and values[0].max() < values[-1].min()
    upper, lower = now["groups"]
    assert upper["x"] == data.x[data.y == 0, 0].tolist()
    assert lower["y"] == data.x[data.y == 1, 1].tolist()
    picture = view("sets", p, data, model)
    assert "40, 60, 2000 points" in picture["title"]
    losses, accuracies = picture["panels"]
    for i, (x, y) in enumerate(
        ((data.x, data.y), (data.held_out.x, data.held_out.y), unseen(p.noise))
    ):
        expected = cross_entropy(model, x, y)
        assert (losses["values"][i], accuracies["values"][i]) == pytest.approx(expected)


def test_the_best_epoch_stands_beside_the_present_one():
    p, data, model = prepared(units=8)
    rule = Checkpoint("val_loss", restore=False)
    rule.set_model(model)
    rule.on_train_begin()
    rule.on_epoch_end(0, {"val_loss": 0.5})
    kept = forward(model.get_weights(), data.held_out.x)
    model.layers[-1].bias.assign([5.0])
    rule.on_epoch_end(1, {"val_loss": 0.9})
    picture = view("boundary", p, data, model)
    best, now = picture["panels"]
    assert best["title"] == "best: epoch 1" and now["title"] == "now"
    assert np.all(np.array(best["regions"]["values"]) < np.array(now["regions"]["values"]))
    losses = [
        judged(kept, data.held_out.y)[0],
        cross_entropy(model, data.held_out.x, data.held_out.y)[0],
    ]
    title = "validation loss {:.3g} at the best epoch, {:.3g} now".format(*losses)
    assert picture["title"] == title


def test_the_forward_pass_is_keras_s():
    _, data, model = prepared(units=8)
    y = forward(model.get_weights(), data.x)
    np.testing.assert_allclose(y, np.asarray(model(data.x))[:, 0], atol=1e-5)


def ends(experiment, metric, **settings):
    """Return a final metric of seeds 0, 1 and 2."""
    runs = (measuring.trained("overfitting", experiment, seed=s, **settings) for s in (0, 1, 2))
    return [run[metric] for run in runs]


def epochs(experiment):
    return [len(measuring.history("overfitting", "loss", experiment, seed=s)) for s in (0, 1, 2)]


@pytest.mark.slow
@pytest.mark.answer("turn")
def test_the_answer_about_the_turn():
    for seed in (0, 1, 2):
        losses = measuring.history("overfitting", "val_loss", "overfit", seed=seed)
        assert 50 <= int(np.argmin(losses)) + 1 <= 130
        assert losses[-1] > 1.4 * min(losses)
        if seed == 0:
            assert min(losses) == pytest.approx(0.35, abs=0.04) and losses[-1] > 0.9
    assert ends("overfit", "loss")[0] < 0.02


@pytest.mark.slow
@pytest.mark.answer("checkpoint")
@pytest.mark.answer("impatient")
@pytest.mark.answer("monitor")
def test_the_answers_about_stopping():
    last, best = ends("overfit", "test_loss"), ends("checkpoint", "test_loss")
    assert last == pytest.approx([1.14, 0.92, 0.67], abs=0.25)
    assert best == pytest.approx([0.41, 0.45, 0.36], abs=0.06)
    assert ends("early-stopping", "test_loss") == pytest.approx(best, abs=0.01)
    assert all(80 < count < 180 for count in epochs("early-stopping"))
    assert max(epochs("impatient")) < 25
    impatient = ends("impatient", "test_loss")
    assert impatient == pytest.approx([0.41, 0.38, 0.42], abs=0.04)
    assert impatient[1] < best[1] and impatient[2] > best[2]
    assert min(ends("wrong-number", "kept_epoch")) >= 285
    assert min(ends("wrong-number", "test_loss")) > 0.5


@pytest.mark.slow
@pytest.mark.answer("remedies")
@pytest.mark.answer("noise")
def test_the_answers_about_remedies_and_noise():
    found = [float(np.median(ends(name, "test_loss"))) for name in ("more-data", "l2", "small")]
    assert found == pytest.approx([0.25, 0.32, 0.49], abs=0.05)
    assert min(ends("small", "loss")) > 0.3
    assert min(ends("overfit", "test_accuracy", noise=0.0)) > 0.93
    assert max(ends("overfit", "test_accuracy")) < 0.9


def test_the_topics_are_here():
    assert set(LESSON.rows) == {"003/split", "003/checkpoint", "003/early-stopping"}
