"""Dropout: the page's numbers over all masks, our layer against Keras's, the views."""

import itertools
import json

import numpy as np
import pytest
from measuring import trained

from lessons.dropout import LESSON, views
from lessons.dropout.model import OwnDropout
from tui_dl.engine.session import Session
from tui_dl.events import Note

PAGE = LESSON.theory()
RESCALES = ["training", "inference", "never"]


def prepared(**values):
    p = LESSON.parameters.of({"images": "digits", "units": 16, "training_images": 80, **values})
    data = LESSON.data(p, np.random.default_rng(0))
    return p, data, LESSON.model(p, data)


def test_as_many_labels_are_wrong_as_asked():
    right, some = (
        LESSON.data(
            LESSON.parameters.of({"images": "digits", "training_images": 1400, "wrong_labels": w}),
            np.random.default_rng(0),
        )
        for w in (0.0, 0.5)
    )
    assert np.array_equal(right.x, some.x) and np.array_equal(right.held_out.y, some.held_out.y)
    assert np.mean(right.y != some.y) == pytest.approx(0.45, abs=0.04)  # 1 in 10 stays right
    assert some.y.dtype == right.y.dtype == np.int32


def view(name, *of):
    return next(v for v in LESSON.views if v.name == name).draw(of[2], of[1], of[0])


def layers(model, kind):
    return [layer for layer in model.layers if layer.name.startswith(kind)]


def test_the_worked_masks_are_right_and_on_the_page():
    h, w, r = np.array([2, 1, 0, 4.0]), np.array([0.5, 1, -1, 0.25]), 0.5
    every = np.array(list(itertools.product([0, 1], repeat=4)))
    received = every * h / (1 - r) @ w
    by_mask = dict(zip(map(tuple, every.tolist()), received, strict=True))
    assert h @ w == 3 and by_mask[1, 0, 1, 1] == 4 and by_mask[0, 1, 0, 0] == 2
    assert received.mean() == 3 and (every * h @ w).mean() == 1.5
    assert received.var() == pytest.approx((w**2 * h**2 * r / (1 - r)).sum())
    assert f"{received.std():.3f}" == "1.732"
    for text in ("1 + 1 + 0 + 1 = 3", "2 + 0 + 0 + 2 = 4", "all 16 masks", "1.732", "be 1.5"):
        assert text in " ".join(PAGE.split())


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_our_layer_drops_and_enlarges_as_keras_s_does(rate):
    import keras

    h = np.random.default_rng(0).normal(size=(200, 300)).astype("float32")
    spread = np.sqrt(rate / (1 - rate) * np.mean(h**2))
    for layer in (OwnDropout(rate), keras.layers.Dropout(rate)):
        y = np.asarray(layer(h, training=True))
        gone = y == 0
        assert gone.mean() == pytest.approx(rate, abs=0.01)
        np.testing.assert_allclose(y[~gone], h[~gone] / (1 - rate), rtol=1e-5)
        assert (y - h).std() == pytest.approx(spread, rel=0.05)
        assert (y - h).mean() == pytest.approx(0, abs=0.03)
        assert not np.array_equal(y, layer(h, training=True)), "a new mask at every call"
        np.testing.assert_array_equal(layer(h, training=False), h)


@pytest.mark.parametrize(("rescale", "inference"), [("inference", 0.75), ("never", 1)])
def test_where_the_factor_stands(rescale, inference):
    h, layer = np.ones((50, 50), "float32"), OwnDropout(0.25, rescale)
    assert set(np.unique(layer(h, training=True))) == {0.0, 1.0}
    assert set(np.unique(layer(h, training=False))) == {inference}


def test_our_layer_survives_saving(tmp_path):
    import keras

    _, data, model = prepared(rescale="inference", rate=0.3)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(data.x[:5]), again(data.x[:5]))


def test_the_model_has_the_layers_and_the_numbers_of_the_form():
    _, _, model = prepared(units=128, hidden_layers=3, rate=0.4, input_rate=0.1, learning_rate=0.02)
    assert model.count_params() == 65 * 128 + 2 * 129 * 128 + 129 * 10
    assert [layer.rate for layer in layers(model, "dropout")] == pytest.approx([0.1, 0.4, 0.4, 0.4])
    assert {type(layer).__name__ for layer in layers(model, "dropout")} == {"Dropout"}
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
    _, _, ours = prepared(rescale="never")
    assert {layer.rescale for layer in layers(ours, "dropout")} == {"never"}


def test_only_few_images_train_and_all_others_stay_unseen():
    p, few, _ = prepared()
    _, every, _ = prepared(training_images=60_000)
    assert few.x.shape == (80, 8, 8) and few.y.shape == (80,)
    assert len(every.x) == 1437 and len(few.held_out.x) == len(every.held_out.x) == 360
    assert "80 images" in few.name and few.x.min() >= 0 and few.x.max() <= 1
    again = LESSON.data(p, np.random.default_rng(0))
    assert np.array_equal(few.x, again.x)


@pytest.mark.parametrize("rescale", RESCALES)
def test_the_pictures_compute_what_keras_infers(rescale):
    p, data, model = prepared(rescale=rescale, input_rate=0.2)
    model.fit(data.x, data.y, batch_size=8, epochs=2, verbose=0)
    ours = views.forward(model, data.held_out.x, p, None)
    np.testing.assert_allclose(ours, model(data.held_out.x, training=False), atol=1e-5)


@pytest.mark.parametrize("rescale", RESCALES)
def test_thinned_networks_agree_with_keras_on_average(rescale):
    p, data, model = prepared(rescale=rescale, rate=0.5)
    images = np.repeat(data.held_out.x[:1], 4000, axis=0)
    ours = views.forward(model, images, p, np.random.default_rng(0))
    keras_s = np.asarray(model(images, training=True))
    np.testing.assert_allclose(ours.mean(0), keras_s.mean(0), atol=0.01)
    np.testing.assert_allclose(ours.std(0), keras_s.std(0), atol=0.01)


@pytest.mark.parametrize("settings", [{}, {"rate": 0.0}, {"rescale": "never", "rate": 0.9}])
def test_every_picture_is_plain_data_and_takes_no_seed(settings):
    of = prepared(**settings)
    before = [np.array(v) for v in of[2].variables]
    for each in LESSON.views:
        json.dumps(each.draw(of[2], of[1], of[0]), allow_nan=False)
    assert all(map(np.array_equal, before, of[2].variables))


def crossed(picture):
    return [[value is None for value in layer["values"]] for layer in picture["layers"]]


def test_masks_cross_out_the_dropped_units_and_change_with_the_steps():
    of = prepared(rate=0.5, units=60)
    first = view("masks", *of)
    assert [layer["name"] for layer in first["layers"]] == ["pixels", "h⁽¹⁾", "h⁽²⁾", "ŷ"]
    assert [len(layer["values"]) for layer in first["layers"]] == [6, 6, 6, 10]
    assert not any(crossed(first)[0] + crossed(first)[-1]) and any(map(any, crossed(first)))
    assert first == view("masks", *of)
    of[2].fit(of[1].x, of[1].y, batch_size=40, epochs=1, verbose=0)
    assert crossed(view("masks", *of)) != crossed(first)
    whole = view("masks", *prepared(rate=0.0))
    assert not any(map(any, crossed(whole))) and whole["title"].startswith("this step 0 of 32")


def test_a_thinned_network_passes_on_what_is_left_of_each_layer():
    p, data, model = prepared(rate=0.5, units=60, input_rate=0.2)
    drawn = views.thin(model, data.x[0], p, np.random.default_rng(1))
    np.testing.assert_array_equal(drawn[0].h, data.x[0].ravel())
    for before, layer, number, rate in zip(drawn, drawn[1:], (1, 2), (0.2, 0.5), strict=False):
        W, b = model.get_layer(f"hidden_{number}").get_weights()
        sent = np.where(before.passed, before.h, 0) / (1 - rate)
        np.testing.assert_allclose(layer.h, np.maximum(sent @ W + b, 0), atol=1e-5)
        np.testing.assert_array_equal(layer.W, W)
    off = sum(int(np.sum(~layer.passed)) for layer in drawn[1:-1])
    assert 0.3 < off / 120 < 0.7
    assert drawn[-1].h.sum() == pytest.approx(1, abs=1e-5)


def test_of_many_hidden_layers_the_first_two_and_the_last_are_drawn():
    picture = view("masks", *prepared(hidden_layers=5))
    assert [layer["name"] for layer in picture["layers"]][1:4] == ["h⁽¹⁾", "h⁽²⁾", "h⁽⁵⁾"]
    between = [np.abs(table).max() > 0 for table in picture["weights"]]
    assert between == [True, True, False, True]  # no weights join layers 2 and 5


def test_the_three_losses_are_those_of_the_network():
    p, data, model = prepared()
    dropped, whole, unseen = view("losses", p, data, model)["values"]
    n = views.IMAGES
    seen = model.evaluate(data.x[:n], data.y[:n], verbose=0)[0]
    held = model.evaluate(data.held_out.x[:n], data.held_out.y[:n], verbose=0)[0]
    assert (whole, unseen) == pytest.approx((seen, held), abs=1e-4)
    assert dropped != pytest.approx(whole, abs=1e-3)


def test_votes_are_probabilities_and_their_mean():
    p, data, model = prepared()
    picture = view("thinned", p, data, model)
    image, heatmap = picture["panels"]
    votes = np.array(heatmap["values"])
    assert votes.shape == (9, 10)
    np.testing.assert_allclose(image["tiles"][0]["values"], data.held_out.x[0], atol=0.01)
    np.testing.assert_allclose(votes.sum(axis=1), 1, atol=0.01)
    np.testing.assert_allclose(votes[:7].mean(axis=0), votes[7], atol=0.002)
    np.testing.assert_allclose(votes[8], np.asarray(model(data.held_out.x[:1]))[0], atol=0.001)
    answers = votes.argmax(axis=1)
    assert [int(label[-1]) for label in heatmap["row_labels"]] == answers.tolist()
    agree, truth = np.sum(answers[:7] == data.held_out.y[0]), data.held_out.y[0]
    title = f"{agree} of 7 thinned networks read the {truth}; their mean reads {answers[7]}"
    assert picture["title"] == title


def test_the_gap_is_that_of_the_whole_network():
    p, data, model = prepared()
    measured = LESSON.measure(model, data, p)
    seen, unseen = (
        model.evaluate(x, y, verbose=0)
        for x, y in ((data.x, data.y), (data.held_out.x, data.held_out.y))
    )
    assert measured["gap"] == pytest.approx(unseen[0] - seen[0], abs=1e-4)
    assert measured["accuracy_gap"] == pytest.approx(seen[1] - unseen[1], abs=1e-4)


def final(**values):
    p = LESSON.parameters.of({"images": "digits", "training_images": 200, "units": 64, **values})
    events = []
    finished = Session(LESSON, p, emit=events.append).run()
    assert finished.status == "completed"
    assert not [event for event in events if isinstance(event, Note)], "a picture failed"
    return finished.metrics


@pytest.mark.slow
def test_dropout_keeps_wrong_labels_from_being_memorized():
    without, with_it = (final(rate=rate, epochs=80) for rate in (0.0, 0.5))
    assert with_it["gap"] < without["gap"] / 2
    assert without["accuracy"] > with_it["accuracy"] + 0.1


def test_rows_presets_and_the_source_s_settings():
    assert LESSON.rows == ("003/dropout",)
    for experiment in LESSON.experiments:
        LESSON.parameters.of(experiment.settings)
    source = LESSON.experiment("source").settings
    assert source == {"hidden_layers": 4, "units": 128, "rate": 0.2}


def ends(experiment, *metrics, **settings):
    """Return the median of final metrics over seeds 0, 1 and 2."""
    runs = [trained("dropout", experiment, seed=s, images="digits", **settings) for s in (0, 1, 2)]
    return [float(np.median([run[metric] for run in runs])) for metric in metrics]


@pytest.mark.slow
@pytest.mark.answer("memorize")
@pytest.mark.answer("clean")
def test_the_answers_and_the_table_of_the_page():
    shown = ("seen_loss", "gap", "val_accuracy")
    assert ends("half", *shown) == pytest.approx([0.370, -0.053, 0.917], abs=0.08)
    assert ends("without", *shown) == pytest.approx([0.069, 0.411, 0.853], abs=0.06)
    right, plain = ends("clean", *shown), ends("clean", *shown, rate=0.0)
    assert right == pytest.approx([0.005, 0.091, 0.975], abs=0.03)
    assert plain == pytest.approx([0.001, 0.098, 0.972], abs=0.03)
    for row in (right, plain):
        assert row[0] < 0.02


@pytest.mark.slow
@pytest.mark.answer("too-much")
@pytest.mark.answer("factor")
def test_the_answers_about_too_much_and_the_factor():
    loss, validation, gap = ends("too-much", "seen_loss", "val_loss", "gap")
    assert (loss, validation) == pytest.approx((0.66, 0.75), abs=0.12) and 0 < gap < 0.15
    never = ends("never-rescaled", "val_loss", "val_accuracy")
    clean = ends("clean", "val_loss", "val_accuracy")
    assert never == pytest.approx([0.25, 0.964], abs=0.07) and never[0] > 1.5 * clean[0]
    assert clean == pytest.approx([0.095, 0.975], abs=0.03)
    later, half = (ends(name, "val_accuracy")[0] for name in ("rescaled-later", "half"))
    assert later == pytest.approx(half, abs=0.03)


@pytest.mark.slow
@pytest.mark.answer("images")
@pytest.mark.answer("input")
def test_the_answers_about_more_images_and_dropped_pixels():
    assert ends("more-images", "val_accuracy")[0] > 0.95
    assert ends("more-images", "val_accuracy", rate=0.0)[0] == pytest.approx(0.864, abs=0.04)
    accuracy, loss = ends("at-the-input", "val_accuracy", "val_loss")
    assert (accuracy, loss) == pytest.approx((0.933, 0.387), abs=0.05)
    assert loss > ends("half", "val_loss")[0]
    assert ends("source", "gap")[0] == pytest.approx(0.22, abs=0.06)
    assert ends("source", "gap", rate=0.0)[0] == pytest.approx(0.67, abs=0.15)
