"""Encoder and decoder: sums as text, teacher forcing and free running, the views, the page."""

import json

import numpy as np
import pytest
from measuring import history, trained

from lessons.seq2seq import LESSON
from lessons.seq2seq.model import data, free, model, taught
from lessons.seq2seq.text import END, START, SYMBOLS, one_hot, to_indices, to_texts
from lessons.seq2seq.views import look
from tui_dl.engine.session import Session

RNG = np.random.default_rng


def settings(**values):
    return LESSON.parameters.of({"units": 8, "pairs": 300, **values})


def network(p, spread=1.0):
    """Return a model with random weights and biases, and its data."""
    sets = data(p, RNG(0))
    net = model(p, sets)
    rng = RNG(1)
    net.set_weights([spread * rng.normal(size=w.shape) for w in net.get_weights()])
    return net, sets


# Data.


def test_sums_are_right_and_no_pair_comes_twice():
    sets = data(settings(pairs=8000), RNG(0))
    assert sets.x.shape == (8000, 5) and sets.y.shape == (8000, 4)
    assert sets.held_out.x.shape == (2000, 5) and sets.held_out.y.shape == (2000, 4)
    questions = to_texts(np.concatenate([sets.x, sets.held_out.x]))
    answers = to_texts(np.concatenate([sets.y, sets.held_out.y]))
    assert [sum(map(int, q.split("+"))) for q in questions] == [int(a) for a in answers]
    assert len(set(questions)) == 10_000, "all pairs of 0…99, each once"


def test_answers_end_and_may_be_turned_round():
    plain, turned = (data(settings(lowest_first=on), RNG(3)) for on in (False, True))
    assert (plain.y[:, -1] == END).all() and np.array_equal(plain.x, turned.x)
    assert [a[::-1] for a in to_texts(turned.y)] == to_texts(plain.y)


@pytest.mark.parametrize("digits, most", [(1, 80), (2, 300), (3, 300)])
def test_sizes_by_digits(digits, most):
    sets = data(settings(digits=digits), RNG(0))
    assert len(sets.x) == most and sets.x.shape[1] == 2 * digits + 1
    assert len(sets.held_out.x) == (20 if digits == 1 else 2000)
    assert sets.y.max() < len(SYMBOLS) - 2, "answers hold digits and ends"


def test_texts_and_indices():
    texts = [" 5+12", "57+80"]
    assert to_texts(to_indices(texts)) == ["5+12", "57+80"]
    assert to_texts(to_indices(["17 3", "    "])) == ["17", ""]


# Model.


def test_parameter_count():
    p = LESSON.parameters()
    net = model(p, data(p, RNG(0)))
    gru = 3 * 128 * (13 + 128 + 2)
    assert [layer.count_params() for layer in net.layers] == [gru, gru, 13 * 129]
    assert f"{gru:,} weights" in LESSON.theory() and "13 · (128 + 1) = 1677" in LESSON.theory()


def by_hand(net, x, shown):
    """Decode letter by letter with the layers alone; `shown(step, letter)` is the next input."""
    h = np.asarray(net.encoder(one_hot(x)))
    letter, written = np.full(len(x), START), []
    for step in range(net.length):
        h = np.asarray(net.decoder(one_hot(letter[:, None]), initial_state=h))[:, 0]
        written.append(np.asarray(net.letters(h)))
        letter = shown(step, written[-1].argmax(axis=-1))
    return np.stack(written, axis=1)


@pytest.mark.parametrize("reverse", [False, True])
def test_free_running_feeds_back_its_own_letters(reverse):
    net, sets = network(settings(reverse=reverse))
    x = sets.held_out.x[:20]
    expected = by_hand(net, x, lambda step, own: own)
    assert np.allclose(np.asarray(net(x)), expected, atol=1e-4)
    assert len({tuple(row) for row in expected.argmax(axis=-1)}) > 3


def test_teaching_feeds_in_the_right_letters():
    net, sets = network(settings())
    x, y = sets.held_out.x[:20], sets.held_out.y[:20]
    expected = by_hand(net, x, lambda step, own: y[:, step])
    assert np.allclose(np.asarray(taught(net, x, y)), expected, atol=1e-4)
    assert np.allclose(np.asarray(net((x, y))), expected, atol=1e-4)
    assert not np.allclose(expected, np.asarray(free(net, x)), atol=0.1)


def test_reverse_reads_from_the_end():
    net, sets = network(settings(reverse=True))
    plain, _ = network(settings(reverse=False))
    x = sets.held_out.x[:5]
    assert np.allclose(np.asarray(net(x)), np.asarray(plain(x[:, ::-1].copy())), atol=1e-5)


@pytest.mark.parametrize("teacher", [True, False])
def test_training_is_taught_or_free_and_testing_free(teacher):
    """A training step uses teacher forcing if it is on; a test step always runs freely."""
    import keras

    net, sets = network(settings(teacher_forcing=teacher))
    x, y = sets.held_out.x[:20], sets.held_out.y[:20]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    free_loss, taught_loss = float(loss(y, net(x))), float(loss(y, taught(net, x, y)))
    assert abs(free_loss - taught_loss) > 0.01
    assert float(net.test_step((x, y))["loss"]) == pytest.approx(free_loss, rel=1e-4)
    net.reset_metrics()
    expected = taught_loss if teacher else free_loss
    assert float(net.train_step((x, y))["loss"]) == pytest.approx(expected, rel=1e-4)


def test_whole_answers_are_right_taught_where_they_are_right_free():
    """Whole answers are right with forcing where they are in free runs, as the page says.

    Up to the first mistake both decoders have read the same letters.
    """
    net, sets = network(settings(), spread=0.5)
    x, y = sets.held_out.x[:400], np.asarray(net(sets.held_out.x[:400])).argmax(axis=-1)
    y[::2] = sets.held_out.y[:400:2]
    _, with_teacher, alone = look(net, x, y)
    right = (alone == y).all(axis=1)
    assert np.array_equal(right, (with_teacher == y).all(axis=1))
    assert 0.4 < right.mean() < 0.9 and (with_teacher != alone).any()


def test_measure_counts_whole_answers_and_letters():
    class Writer:
        def look(self, x, y):
            alone = y.copy()
            alone[:200, 1:3] += 1
            with_teacher = y.copy()
            with_teacher[:200, 1] += 1
            return np.zeros((len(x), 2)), np.eye(20)[with_teacher], np.eye(20)[alone]

    p = settings()
    figures = LESSON.measure(Writer(), data(p, RNG(0)), p)
    assert figures == pytest.approx(
        {"exact_match": 0.9, "letters_free": 0.95, "letters_taught": 0.975}
    )


def test_the_model_is_saved_and_read_back(tmp_path):
    import keras

    net, sets = network(settings(reverse=True))
    net.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras", compile=False)
    x = sets.held_out.x[:5]
    assert np.allclose(np.asarray(again(x)), np.asarray(net(x)), atol=1e-6)


# Views, the run, the page.


@pytest.mark.parametrize("lowest_first", [False, True])
def test_views_are_plain(lowest_first):
    p = settings(lowest_first=lowest_first)
    net, sets = network(p)
    writing, letters, examples, state = (view.draw(net, sets, p) for view in LESSON.views)
    json.dumps([writing, letters, examples, state], allow_nan=False)
    x, y = sets.held_out.x[:64], sets.held_out.y[:64]
    free_letters = np.asarray(net(x)).argmax(axis=-1)
    for row, said, right in zip(examples["rows"], free_letters, y, strict=False):
        *tokens, verdict = row["tokens"]
        assert tokens == ["·" if i == END else SYMBOLS[i] for i in said]
        assert [mark == "" for mark in row["marks"][:-1]] == (said == right).tolist()
        assert (verdict == " ✓") == (said == right).all()
    shares = {row["name"]: row["values"] for row in letters["rows"] if "values" in row}
    assert shares["✓ free"] == pytest.approx((free_letters == y).mean(axis=0))
    forced = np.asarray(net((x, y))).argmax(axis=-1)
    assert shares["✓ forced"] == pytest.approx((forced == y).mean(axis=0))
    assert shares["✓ so far"] == sorted(shares["✓ so far"], reverse=True)
    assert sum(len(group["x"]) for group in state["groups"]) == 64


def test_the_likeliest_letters_of_a_free_run_are_drawn():
    p = settings()
    net, sets = network(p, spread=0.5)
    n = int((sets.held_out.x[:64, 0] != END).argmax())
    logits = np.asarray(net(sets.held_out.x[n : n + 1]))[0]
    P = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    reads, *ranks = LESSON.views[0].draw(net, sets, p)["rows"]
    first = ["·" if i == END else SYMBOLS[i] for i in P.argmax(axis=-1)]
    assert reads["words"] == [">", *first[:-1]]
    assert [word.split(" ")[0] for word in ranks[0]["words"]] == first
    shown = np.array([row["values"] for row in ranks[1::2]])
    assert shown == pytest.approx(-np.sort(-P, axis=-1)[:, :3].T, abs=1e-5)
    right = [i for row in ranks[::2] for i, mark in enumerate(row["marks"]) if mark == "✓"]
    assert len(right) == len(set(right)), "the right letter is marked once at most"


def test_the_state_view_shows_the_two_widest_directions():
    p = settings()
    net, sets = network(p)
    groups = LESSON.views[3].draw(net, sets, p)["groups"]
    shown = np.array([[v for g in groups for v in g[axis]] for axis in "xy"])
    state = look(net, sets.held_out.x[:64], sets.held_out.y[:64])[0]
    widest = np.linalg.svd(state - state.mean(axis=0))[1][:2]
    assert np.linalg.norm(shown, axis=1) == pytest.approx(widest, rel=1e-3)
    sums = [np.mean(g["x"]) for g in groups]
    assert sums[0] < sums[2], "the first direction points to where the sums grow"


def test_the_state_view_survives_the_smallest_data():
    p = settings(digits=1, pairs=50)
    net, sets = network(p)
    state = LESSON.views[3].draw(net, sets, p)
    assert sum(len(group["x"]) for group in state["groups"]) == 20


@pytest.mark.slow
def test_it_learns_one_digit_sums_in_a_session():
    events = []
    p = settings(digits=1, units=32, pairs=80, batch_size=20, epochs=60, learning_rate=0.01)
    finished = Session(LESSON, p, compile="graph", emit=events.append).run()
    assert finished.status == "completed" and finished.metrics["accuracy"] > 0.95
    assert finished.metrics["letters_free"] == pytest.approx(finished.metrics["val_accuracy"])
    assert {e.view for e in events if e.kind == "snapshot"} == {v.name for v in LESSON.views}
    assert not [e for e in events if e.kind == "note"]


def test_worked_numbers_of_the_page():
    page = LESSON.theory()
    p = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
    assert f"{p[0]:.3f}, {p[1]:.3f} and {p[2]:.3f}" in page
    assert f"−log {p[1]:.4f} = {-np.log(p[1]):.3f}" in page
    assert f"{0.98**3:.3f}" in page


def test_every_row_of_the_curriculum():
    assert LESSON.rows == ("001/seq2seq",)
    for experiment in LESSON.experiments:
        settings(**experiment.settings)


def epochs_to(accuracy, experiment="", **values):
    """Return the first epoch whose validation accuracy exceeds `accuracy`, or one more than all."""
    known = history("seq2seq", "val_accuracy", experiment, **values)
    return next((n + 1 for n, value in enumerate(known) if value > accuracy), len(known) + 1)


@pytest.mark.slow
@pytest.mark.answer("order")
@pytest.mark.answer("reverse")
def test_the_answers_about_the_order_of_letters():
    usual = epochs_to(0.99, epochs=32)
    assert 16 <= usual <= 32
    for experiment in ("lowest-first", "reverse"):
        assert epochs_to(0.99, experiment, epochs=16) <= min(15, usual - 6)


@pytest.mark.slow
@pytest.mark.answer("teacher")
def test_the_answer_about_teacher_forcing():
    alone, with_teacher = (
        history("seq2seq", "val_accuracy", name, epochs=15)[-1] for name in ("no-teacher", "")
    )
    assert alone > 0.95 and alone > with_teacher - 0.02


@pytest.mark.slow
@pytest.mark.answer("narrow")
@pytest.mark.answer("few")
def test_the_answers_about_a_small_state_and_little_data():
    assert trained("seq2seq", "narrow")["exact_match"] == pytest.approx(0.55, abs=0.15)
    few = trained("seq2seq", "few-sums")
    assert few["accuracy"] > 0.99 and few["val_loss"] > 1
    assert few["exact_match"] == pytest.approx(0.165, abs=0.08)


@pytest.mark.slow
@pytest.mark.answer("long")
def test_the_answer_about_three_digits():
    assert trained("seq2seq", "three-digits")["exact_match"] == pytest.approx(0.63, abs=0.15)
